/**
 * What a trace is, whatever format it came in. Parsers normalise ids, units and enumerations once, here nothing is raw any more.
 *
 * Times are plain integers: nanoseconds since the trace's own epoch. Nanoseconds since 1970 do not fit into a double (2^53 ns are
 * 104 days), nanoseconds since the first span do.
 */
export interface Trace {
  /** 32 hex digits, lower case. */
  traceId: string;
  /** ns since 1970 of the instant that all times of the trace count from: usually its earliest start. */
  epochNs: bigint;
  /** In the order they came in; span ids are unique. */
  spans: Span[];
}

export interface Span {
  /** 16 hex digits, lower case; a second span that came with the same id carries `#2` behind it. */
  spanId: string;
  /** As sent, so that it may name a span that is not there. */
  parentId: string | null;
  name: string;
  kind: SpanKind;
  /** ns since the trace's epoch. */
  start: number;
  /** ns since the trace's epoch, never before `start`. */
  end: number;
  status: { code: 'unset' | 'ok' | 'error'; message: string };
  attributes: Attributes;
  events: SpanEvent[];
  links: SpanLink[];
  traceState: string;
  /** The resource's `service.name`. */
  service: string;
  /** Shared by all the spans that it sent. */
  resource: Attributes;
  scope: { name: string; version: string };
}

type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

interface SpanEvent {
  name: string;
  /** ns since the trace's epoch. */
  time: number;
  attributes: Attributes;
}

interface SpanLink {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: Attributes;
}

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** 64-bit integers beyond 2^53 and bytes are kept as strings. */
export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue };

/** Something odd about the input that did not stop the work. */
export interface Warning {
  /** Stable and short, for programs: `cycle`, `clock-skew` … */
  code: string;
  /** One sentence for people. */
  message: string;
  spanIds: string[];
}
