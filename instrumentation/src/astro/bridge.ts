/**
 * What code inside the app's bundle may ask of the preload. A global and no import: the bundle then carries nothing of OpenTelemetry,
 * needs none of it installed beside it, and without the preload finds nothing here and goes on.
 */
export interface Bridge {
  /** Names the server span of the request that is being handled; the first name stays. */
  nameRoute(route: string): void;
}

const BRIDGE = Symbol.for('onetrace.bridge');
const holder = globalThis as { [BRIDGE]?: Bridge };

export function bridge(): Bridge | undefined {
  return holder[BRIDGE];
}

export function openBridge(open: Bridge): void {
  holder[BRIDGE] = open;
}
