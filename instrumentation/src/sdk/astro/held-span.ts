import type { Attributes, Context, Span } from '@opentelemetry/api';
import { RecordedSpan } from './recorded-span.ts';
import type { Recorder } from './recorder.ts';

/**
 * A span whose work is done when its own part and all that was begun below it is: what a component contains goes on, in a stream,
 * after its own template has been walked, and the page after its response was handed over.
 *
 *   page       ├──────────────────────┤
 *   component    ├────────┤ own part  │
 *   in it             ├───────────────┤ the component ends here as well
 */
export class HeldSpan extends RecordedSpan {
  #open = 1;

  hold(): void {
    this.#open++;
  }

  release(): void {
    if (this.isRecording() && --this.#open === 0) this.close();
  }

  override end(): void {
    this.release();
  }

  /** Nothing below it is waited for: after an error it may never come. */
  protected override close(): void {
    this.#open = 0;
    super.close();
    holderOf(this.parent)?.release();
  }
}

export class PageSpan extends HeldSpan {
  constructor(request: Recorder, at: Context, attributes: Attributes) {
    super(request, at, 'astro.page.render', attributes);
  }
}

export function holderOf(parent: Span): HeldSpan | undefined {
  return parent instanceof HeldSpan ? parent : undefined;
}
