/** For vi.mock: fake timers replace the global one and leave what is imported as it is. */
export const performance = {
  now: () => globalThis.performance.now(),
  timeOrigin: globalThis.performance.timeOrigin,
};
