/**
 * How code of the app reaches the SDK that the preload has started: one global and no import. However a bundler treats this package,
 * bundled or left outside, once or twice, there is one SDK, nothing of OpenTelemetry to resolve from the bundle's folder, and without
 * the preload nothing here.
 */
const ONETRACE = Symbol.for('onetrace');
const holder = globalThis as { [ONETRACE]?: Record<string, unknown> };

/** True for the first preload of a process or thread. */
export function isFirstPreload(): boolean {
  if (holder[ONETRACE] !== undefined) return false;
  holder[ONETRACE] = {};
  return true;
}

export function offer(name: string, what: unknown): void {
  holder[ONETRACE] ??= {};
  holder[ONETRACE][name] = what;
}

/** `undefined` without the preload. */
export function offered(name: string): unknown {
  return holder[ONETRACE]?.[name];
}
