import { type CodeFunction, OURS } from './functions.ts';
import { isTracing, shownPath, stackOf } from './paths.ts';
import type { LocalRoot } from './roots.ts';
import type { Sample } from './samples.ts';
import type { SpanTree } from './span-tree.ts';

export type Kind = 'cpu' | 'gc' | 'blocked' | 'wait' | 'unknown';

/** A stretch of a request's time. All slices of a request together are the request, without gaps and overlaps. */
export interface Slice {
  /** ms since the epoch */
  from: number;
  to: number;
  kind: Kind;
  /** Of the span whose work it is; for cpu and gc. */
  spanId: string | undefined;
  /** What keeps the thread from this request, for blocked. */
  what: string | undefined;
  /** `undefined` where nothing was sampled. */
  sample: Sample | undefined;
}

/** So many intervals around a sample are taken for what it shows; beyond that nothing is known. */
const REACH = 10;

/** Work that a request leaves behind counts as its own for so long. */
const AFTERWARDS_MS = 1000;

/** What the thread did while the request was open. */
export function slice(root: LocalRoot, tree: SpanTree, samples: readonly Sample[], intervalMs: number): Slice[] {
  const { start, end } = tree.root;
  const inside = samples.filter(({ at }) => at >= start && at < end);
  const slices: Slice[] = [];
  const reach = REACH * intervalMs;
  const unknown = (from: number, to: number) => {
    if (to > from) slices.push({ from, to, kind: 'unknown', spanId: undefined, what: undefined, sample: undefined });
  };
  let from = start;
  inside.forEach((sample, index) => {
    const next = inside[index + 1];
    const until = next === undefined ? end : boundary(sample, next, tree);
    const [first, last] = sameCode(sample, inside[index - 1])
      ? [from, until]
      : [Math.max(from, sample.at - reach), until];
    const to = sameCode(sample, next) ? last : Math.min(last, sample.at + reach);
    unknown(from, first);
    slices.push({ from: first, to, sample, ...attribute(root, tree, inside, index) });
    unknown(to, until);
    from = until;
  });
  unknown(from, end);
  return slices;
}

/** Between two samples: where the span of one began or ended, else halfway. */
function boundary(a: Sample, b: Sample, tree: SpanTree): number {
  const started = tree.get(b.label?.spanId)?.start;
  const ended = tree.get(a.label?.spanId)?.end;
  const within = [started, ended].find((time) => time !== undefined && time > a.at && time < b.at);
  return a.label === b.label || within === undefined ? (a.at + b.at) / 2 : within;
}

/** The same thing goes on, however long nobody looked. */
function sameCode(a: Sample, b: Sample | undefined): boolean {
  return b !== undefined && a.kind === b.kind && a.label === b.label && a.frame?.code === b.frame?.code;
}

function attribute(
  root: LocalRoot,
  tree: SpanTree,
  samples: readonly Sample[],
  index: number,
): Pick<Slice, 'kind' | 'spanId' | 'what'> {
  const sample = samples[index] as Sample;
  const spanId = ownSpan(root, tree, sample);
  if (spanId !== undefined) return { kind: sample.kind === 'gc' ? 'gc' : 'cpu', spanId, what: undefined };
  if (sample.kind === 'idle') return { kind: 'wait', spanId, what: undefined };
  const caller = isPassedOn(sample) ? nextTo(root, tree, samples, index) : undefined;
  if (caller !== undefined) return { kind: sample.kind === 'gc' ? 'gc' : 'cpu', spanId: caller, what: undefined };
  return { kind: 'blocked', spanId, what: occupation(sample) };
}

/** The span whose work the sample shows, if it is this request's; work for a span that has ended counts for the one around it. */
function ownSpan(root: LocalRoot, tree: SpanTree, { label, at }: Sample): string | undefined {
  return label?.root === root ? tree.openAt(label.spanId, at) : undefined;
}

/**
 * The event loop reads a socket, a message is unwrapped, a span begins: nobody's context is entered yet, or it was left already, but it is
 * for whom is called next, or was called last.
 */
function isPassedOn({ kind, label, frame }: Sample): boolean {
  if (kind === 'native') return true;
  if (label !== undefined || frame === undefined) return false;
  const stack = stackOf(frame);
  return stack.some(isTracing) && !stack.some(isExport) && !stack.some(isProfiler);
}

/** The span whose work comes next, or came before; a request begins and ends in code of its own. */
function nextTo(root: LocalRoot, tree: SpanTree, samples: readonly Sample[], index: number): string | undefined {
  for (const step of [1, -1]) {
    let at = index + step;
    while (samples[at] !== undefined && isPassedOn(samples[at] as Sample)) at += step;
    const next = samples[at];
    const spanId = next === undefined ? tree.root.id : ownSpan(root, tree, next);
    if (spanId !== undefined) return spanId;
  }
  return undefined;
}

/** What else the thread is busy with. What goes on long after a request, such as a timer that it has set, is no longer the request's. */
export function occupation({ at, kind, label, frame }: Sample): string {
  if (label !== undefined && at < label.root.ended + AFTERWARDS_MS) return label.root.name;
  if (kind === 'gc') return 'garbage collection';
  if (kind === 'pause') return 'profiler';
  if (frame === undefined) return 'Node.js';
  const stack = stackOf(frame);
  if (stack.some(isExport)) return 'exporting spans';
  if (stack.some(isProfiler)) return 'profiler';
  if (stack.some(isModuleLoader)) return 'module loading';
  if (stack.some(isTimer)) return 'timer';
  return shownPath(frame).find(({ origin }) => origin !== 'node')?.name ?? 'Node.js';
}

function isExport({ library, name }: CodeFunction): boolean {
  if (library === '@opentelemetry/sdk-trace') return name.startsWith('_flush');
  return library === '@grpc/grpc-js' || /^@opentelemetry\/(otlp|exporter)-/.test(library ?? '');
}

const AT_WORK = new Set(['#settle', '#rotate', '#explainPending', '#explain', 'resolve', 'original']);

function isProfiler({ library, file, name }: CodeFunction): boolean {
  return library === OURS && AT_WORK.has(name) && file?.includes('/profiler/') === true;
}

function isModuleLoader({ file }: CodeFunction): boolean {
  return file?.startsWith('node:internal/modules/') === true;
}

function isTimer({ name, file }: CodeFunction): boolean {
  return name === 'processTimers' && file === 'node:internal/timers';
}
