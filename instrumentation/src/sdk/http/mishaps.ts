import { firstLine, say } from '../../preload/say.ts';

let told = false;

/** Tracing must not fail a request: what goes wrong in here is told once, and the request goes on. */
export function guarded<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    mishap(error);
    return undefined;
  }
}

export function mishap(error: unknown): void {
  if (!told) say(`a request could not be traced as it should, and went on: ${firstLine(error)} (told once)`);
  told = true;
}
