import type { ContextManager } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { isAskedForProfile, setProfiler } from './current.ts';
import { Profiler } from './profiler.ts';
import type { ProfileSettings } from './settings.ts';

/**
 * The profiler of a worker: whoever asks for the work says whether it is to be profiled, and was checked there. It starts with the first
 * such task, also with `always`: a pool's threads are many, and sampling costs each of them a little even when it is idle.
 */
export function profileWorker(
  settings: ProfileSettings,
  contexts: ContextManager,
  outbox: SpanProcessor,
): { watchers: SpanProcessor[]; exporter: SpanProcessor } {
  const profiler = new Profiler(settings, {
    contexts,
    mayAsk: (_span, parent) => isAskedForProfile(parent),
    send: (span) => outbox.onEnd(span as never),
    flush: () => outbox.forceFlush(),
    // The main thread has said what there is to say.
    say: () => undefined,
  });
  setProfiler(profiler);
  return { watchers: [profiler], exporter: profiler.holdingBack(outbox) };
}
