import type { ContextManager } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { say } from '../preload/say.ts';
import { setProfiler } from './current.ts';
import { Profiler } from './profiler.ts';
import type { ProfileSettings } from './settings.ts';
import { trusting } from './trust.ts';

/**
 * The profiler of the thread that answers requests.
 *
 * @param exporting each is replaced by one that holds back what waits for its samples
 * @returns a processor, to be put in front of those, and behind whatever makes spans
 */
export function profileMainThread(
  settings: ProfileSettings,
  contexts: ContextManager,
  exporting: SpanProcessor[],
): SpanProcessor {
  const trusted = trusting(settings.from);
  const exporters = [...exporting];
  const profiler = new Profiler(settings, {
    contexts,
    mayAsk: ({ attributes }) => trusted(attributes['network.peer.address']),
    send: (span) => {
      for (const exporter of exporters) exporter.onEnd(span as never);
    },
    async flush() {
      await Promise.allSettled(exporters.map((exporter) => exporter.forceFlush()));
    },
    say,
  });
  exporting.splice(0, exporting.length, ...exporters.map((exporter) => profiler.holdingBack(exporter)));
  setProfiler(profiler);
  if (settings.mode === 'always') profiler.startNow();
  return profiler;
}
