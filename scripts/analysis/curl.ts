import type { CurlTimes } from '../model/request.ts';
import type { Span } from '../model/trace.ts';

export interface CurlPhase {
  step: 'dns' | 'connect' | 'tls' | 'prepare' | 'wait' | 'transfer';
  /** ms since curl began. */
  start: number;
  /** ms since curl began. */
  end: number;
}

/**
 * curl's running totals as phases, end to end. curl leaves 0 for steps that it did not reach: where the answer never came, the step
 * that it was busy with has all the rest.
 */
export function curlPhases(times: CurlTimes): CurlPhase[] {
  const steps: [CurlPhase['step'], number][] = [
    ['dns', times.namelookup],
    ['connect', times.connect],
    ['tls', times.appconnect],
    ['prepare', times.pretransfer],
    ['wait', times.starttransfer],
  ];
  const reached = steps.findLastIndex(([, end]) => end > 0);
  const phases: CurlPhase[] = [];
  let start = 0;
  const push = (step: CurlPhase['step'], end: number) => {
    if (end <= start) return;
    phases.push({ step, start, end });
    start = end;
  };
  for (const [step, end] of steps.slice(0, reached + 1)) push(step, Math.min(end, times.total));
  push(steps[reached + 1]?.[0] ?? 'transfer', times.total);
  return phases;
}

/** The span that curl's run became carries its times as attributes. null: not such a span. */
export function readCurlTimes(span: Span): CurlTimes | null {
  const read = (name: keyof CurlTimes) => {
    const value = span.attributes[`onetrace.curl.${name}_ms`];
    return typeof value === 'number' && value >= 0 ? value : 0;
  };
  if (!('onetrace.curl.total_ms' in span.attributes)) return null;
  return {
    namelookup: read('namelookup'),
    connect: read('connect'),
    appconnect: read('appconnect'),
    pretransfer: read('pretransfer'),
    starttransfer: read('starttransfer'),
    total: read('total'),
  };
}
