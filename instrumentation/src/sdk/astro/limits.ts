import { say } from '../../preload/say.ts';

/** Which components get a span of their own. */
export interface Limits {
  /** false: none at all, the page is one span. */
  components: boolean;
  /** ms; faster ones are left out, unless something below them has a span */
  minMs: number;
  /** Nested deeper than this they are left out. */
  depth: number;
  /** The same component below the same parent more often than this is one span for all of them. */
  repeat: number;
}

export const DEFAULT_LIMITS: Limits = { components: true, minMs: 0.1, depth: Number.POSITIVE_INFINITY, repeat: 5 };

/** The integration's options, overruled by the environment: the same build, looked at closer. */
export function readLimits(env: NodeJS.ProcessEnv, options: Partial<Limits> = {}): Limits {
  const built = { ...DEFAULT_LIMITS, ...options };
  return {
    components: env.ONETRACE_COMPONENTS ? env.ONETRACE_COMPONENTS !== 'off' : built.components,
    minMs: number(env, 'ONETRACE_COMPONENT_MIN_MS', built.minMs),
    depth: number(env, 'ONETRACE_COMPONENT_DEPTH', built.depth),
    repeat: number(env, 'ONETRACE_COMPONENT_REPEAT', built.repeat),
  };
}

function number(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text.trim() === '') return otherwise;
  const value = Number(text);
  if (value >= 0) return value;
  say(`${name}: expected a number of 0 or more, got '${text}'; using ${otherwise}`);
  return otherwise;
}
