import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { EncodedBatch } from './encoded-batch.ts';
import { writeResource, writeScope, writeSpan } from './messages.ts';
import { ProtobufWriter } from './protobuf.ts';

type Scope = ReadableSpan['instrumentationScope'];
type Resource = ReadableSpan['resource'];

/** More than that came of texts that are not there every day. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Of a message: resources say less, or it grows. */
const RESOURCE_ROOM = 4 * 1024;
/** Tags and lengths around the spans of a scope. */
const GROUP_ROOM = 32;

/** The spans of one scope, straight behind each other, as the inside of a `ScopeSpans`. */
interface Group {
  readonly writer: ProtobufWriter;
  /** Behind what it says of the scope. */
  readonly head: number;
}

/**
 * Spans as bytes, until they are due. The storage stays when the batch has gone: spans cost it no object and no allocation, but for
 * what is larger than anything before.
 */
export class Batch {
  readonly #groups = new Map<Resource, Map<Scope, Group>>();
  #size = 0;
  #bytes = 0;
  /** Most spans have the resource and scope of the one before. */
  #resource: Resource | undefined;
  #scope: Scope | undefined;
  #group: Group | undefined;

  /** Spans. */
  get size(): number {
    return this.#size;
  }

  /** Of the spans. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws what the span throws, and is then as it was before. */
  add(span: ReadableSpan): void {
    const { writer } = this.#groupOf(span);
    const start = writer.at;
    try {
      writeSpan(writer, span);
    } catch (error) {
      writer.rewind(start);
      throw error;
    }
    this.#size += 1;
    this.#bytes += writer.at - start;
  }

  /** The span that was added last, and has so many bytes. */
  takeBack(bytes: number): void {
    const { writer } = this.#group as Group;
    writer.rewind(writer.at - bytes);
    this.#size -= 1;
    this.#bytes -= bytes;
  }

  /** Resolves when all that resources say is known; `undefined` where it is already. */
  settled(): Promise<unknown> | undefined {
    const pending = [...this.#groups.keys()].filter(({ asyncAttributesPending }) => asyncAttributesPending);
    if (pending.length === 0) return undefined;
    return Promise.all(pending.map((resource) => resource.waitForAsyncAttributes?.()));
  }

  /** All of it; the batch is empty then. */
  take(): EncodedBatch {
    try {
      return new EncodedBatch(this.#size, this.#message());
    } finally {
      this.#clear();
    }
  }

  #groupOf(span: ReadableSpan): Group {
    const { resource, instrumentationScope: scope } = span;
    if (this.#group !== undefined && resource === this.#resource && scope === this.#scope) return this.#group;
    const group = this.#findGroup(resource, scope);
    this.#resource = resource;
    this.#scope = scope;
    this.#group = group;
    return group;
  }

  #findGroup(resource: Resource, scope: Scope): Group {
    const known = this.#groups.get(resource)?.get(scope);
    if (known !== undefined) return known;
    const writer = new ProtobufWriter();
    writeScope(writer, scope);
    const group = { writer, head: writer.at };
    const byScope = this.#groups.get(resource) ?? new Map<Scope, Group>();
    this.#groups.set(resource, byScope.set(scope, group));
    return group;
  }

  #message(): Uint8Array {
    const message = new ProtobufWriter(this.#capacity());
    for (const [resource, byScope] of this.#groups) {
      const groups = [...byScope.values()].filter(isUsed);
      if (groups.length === 0) continue;
      const ofResource = message.openLong(1);
      writeResource(message, resource);
      for (const { writer } of groups) {
        const ofScope = message.openLong(2);
        message.append(writer);
        message.closeLong(ofScope);
      }
      message.closeLong(ofResource);
    }
    return message.written;
  }

  #capacity(): number {
    let bytes = 0;
    for (const byScope of this.#groups.values()) {
      bytes += RESOURCE_ROOM;
      for (const { writer } of byScope.values()) bytes += writer.at + GROUP_ROOM;
    }
    return bytes;
  }

  /** Keeps the storage of what comes again. */
  #clear(): void {
    for (const [resource, byScope] of this.#groups) {
      for (const [scope, group] of byScope)
        if (isUsed(group) && group.writer.capacity <= KEPT_BYTES) group.writer.rewind(group.head);
        else byScope.delete(scope);
      if (byScope.size === 0) this.#groups.delete(resource);
    }
    this.#group = undefined;
    this.#size = 0;
    this.#bytes = 0;
  }
}

function isUsed({ writer, head }: Group): boolean {
  return writer.at > head;
}
