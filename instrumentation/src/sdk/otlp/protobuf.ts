/** Wire types: https://protobuf.dev/programming-guides/encoding/#structure */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

const START_BYTES = 16 * 1024;
/** Bytes kept free for the length of a message: 2 tell up to 16 kB, and most are far smaller; 5 tell anything. */
const SHORT = 2;
const LONG = 5;
const SHORT_MAX = 0x3fff;
/** For a tag and any number behind it. */
const NUMBER_ROOM = 16;
/** A loop is faster than a call into Node for texts up to about this length. */
const LOOP_MAX = 32;
const TWO_32 = 2 ** 32;

/**
 * Writes protobuf in one pass: what is inside a message is written before its length is known, so a place is kept for it, and
 * filled with a varint that is as long as the place, which every reader has to accept. Numbers of fields are those below 16.
 */
export class ProtobufWriter {
  #bytes: Buffer;
  #view: DataView;
  #at = 0;

  /** @param capacity bytes; it grows when they are used up */
  constructor(capacity = START_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** How many bytes were written. */
  get at(): number {
    return this.#at;
  }

  /** How many bytes it holds on to. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** What was written, not a copy: it changes when the writer goes on. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Forgets what was written after `at`. */
  rewind(at: number): void {
    this.#at = at;
  }

  /** What another one wrote, tags and all. */
  append(other: ProtobufWriter): void {
    this.#room(other.#at);
    this.#at += other.#bytes.copy(this.#bytes, this.#at, 0, other.#at);
  }

  /** Like `open`, for what is known to be long. */
  openLong(field: number): number {
    this.#tag(field, LENGTH, NUMBER_ROOM);
    this.#at += LONG;
    return this.#at;
  }

  closeLong(start: number): void {
    this.#length(start - LONG, this.#at - start, LONG);
  }

  /** Returns what `close` wants to know. */
  open(field: number): number {
    this.#tag(field, LENGTH, NUMBER_ROOM);
    this.#at += SHORT;
    return this.#at;
  }

  close(start: number): void {
    const length = this.#at - start;
    if (length <= SHORT_MAX) this.#length(start - SHORT, length, SHORT);
    else {
      this.#room(LONG);
      this.#bytes.copyWithin(start - SHORT + LONG, start, this.#at);
      this.#at += LONG - SHORT;
      this.#length(start - SHORT, length, LONG);
    }
  }

  varint(field: number, value: number): void {
    this.#tag(field, VARINT, NUMBER_ROOM);
    this.#varint(value);
  }

  fixed32(field: number, value: number): void {
    this.#tag(field, FIXED32, NUMBER_ROOM);
    this.#uint32(value);
  }

  /** Field 16, `fixed32`: the only one of a span whose tag takes two bytes. */
  flags(value: number): void {
    this.#room(NUMBER_ROOM);
    this.#bytes[this.#at++] = 0x85;
    this.#bytes[this.#at++] = 0x01;
    this.#uint32(value);
  }

  /** `high` · 2³² + `low` */
  fixed64(field: number, low: number, high: number): void {
    this.#tag(field, FIXED64, NUMBER_ROOM);
    this.#uint32(low);
    this.#uint32(high);
  }

  double(field: number, value: number): void {
    this.#tag(field, FIXED64, NUMBER_ROOM);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  bytes(field: number, value: Uint8Array): void {
    const { length } = value;
    this.#tag(field, LENGTH, NUMBER_ROOM + length);
    this.#varint(length);
    this.#bytes.set(value, this.#at);
    this.#at += length;
  }

  /** An id as bytes: two digits each. */
  hex(field: number, digits: string): void {
    this.#tag(field, LENGTH, NUMBER_ROOM + digits.length);
    this.#varint(digits.length >> 1);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = 1; index < digits.length; index += 2)
      bytes[at++] = (nibble(digits.charCodeAt(index - 1)) << 4) | nibble(digits.charCodeAt(index));
    this.#at = at;
  }

  string(field: number, text: string): void {
    const { length } = text;
    // 3 bytes are the most that a UTF-16 unit takes.
    this.#tag(field, LENGTH, NUMBER_ROOM + length * 3);
    if (length <= LOOP_MAX && this.#ascii(text, length)) return;
    const places = length * 3 <= SHORT_MAX ? SHORT : LONG;
    const written = this.#bytes.write(text, this.#at + places);
    this.#length(this.#at, written, places);
    this.#at += places + written;
  }

  /** False, with nothing written, if it is more than ASCII. */
  #ascii(text: string, length: number): boolean {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[start + index] = code;
    }
    bytes[this.#at] = length;
    this.#at = start + length;
    return true;
  }

  /** With room for as many bytes, itself among them. */
  #tag(field: number, type: number, room: number): void {
    this.#room(room);
    this.#bytes[this.#at++] = (field << 3) | type;
  }

  #uint32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** Integers below zero are written in two's complement of 64 bits, as `int64` is. */
  #varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.#bytes[this.#at++] = value;
      return;
    }
    if (value < 0 || value >= TWO_32) {
      this.#varint64(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#at++] = rest;
  }

  #varint64(value: bigint): void {
    let rest = value;
    while (rest >= 0x80n) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  #length(at: number, length: number, places: number): void {
    let rest = length;
    for (let index = 0; index < places - 1; index++) {
      this.#bytes[at + index] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[at + places - 1] = rest;
  }

  /** Apart from `#grow`, so that it is small enough to be inlined wherever something is written. */
  #room(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const more = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + bytes));
    more.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = more;
    this.#view = new DataView(more.buffer);
  }
}

/** '0'–'9', 'a'–'f', 'A'–'F'. Without a branch: of random digits none would be foreseen. */
function nibble(code: number): number {
  return (code & 0xf) + (code >> 6) * 9;
}
