/** How much a span may hold, by the names of OpenTelemetry's SDK. */
export interface SpanLimits {
  attributeCountLimit: number;
  /** Characters of a text, bytes of a value that is bytes. */
  attributeValueLengthLimit: number;
  eventCountLimit: number;
  linkCountLimit: number;
  attributePerEventCountLimit: number;
  attributePerLinkCountLimit: number;
}

export const DEFAULT_SPAN_LIMITS: Readonly<SpanLimits> = {
  attributeCountLimit: 128,
  attributeValueLengthLimit: Number.POSITIVE_INFINITY,
  eventCountLimit: 128,
  linkCountLimit: 128,
  attributePerEventCountLimit: 128,
  attributePerLinkCountLimit: 128,
};

/** More attributes than any span has when all of them are ours. */
const MANY = 32;

/** Those of this thread, for all spans that do not come from the SDK. */
export const spanLimits: SpanLimits = { ...DEFAULT_SPAN_LIMITS };

export function limitSpans(limits: SpanLimits): void {
  Object.assign(spanLimits, limits);
}

/** Whether attributes that were made here have to be looked at one by one. */
export function areTight({ attributeCountLimit, attributeValueLengthLimit }: SpanLimits): boolean {
  return attributeCountLimit < MANY || attributeValueLengthLimit !== Number.POSITIVE_INFINITY;
}

/** As NodeSDK reads them, which tells about values that are no numbers. */
export function readSpanLimits(env: NodeJS.ProcessEnv): SpanLimits {
  const limit = (name: keyof SpanLimits, ...variables: string[]) => {
    const text = variables.map((variable) => env[variable]).find(isNumber);
    return text === undefined ? DEFAULT_SPAN_LIMITS[name] : Number(text);
  };
  const length = limit(
    'attributeValueLengthLimit',
    'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
  );
  return {
    attributeCountLimit: limit('attributeCountLimit', 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'),
    // The SDK ignores it with every attribute, and says so.
    attributeValueLengthLimit: length > 0 ? length : Number.POSITIVE_INFINITY,
    eventCountLimit: limit('eventCountLimit', 'OTEL_SPAN_EVENT_COUNT_LIMIT'),
    linkCountLimit: limit('linkCountLimit', 'OTEL_SPAN_LINK_COUNT_LIMIT'),
    attributePerEventCountLimit: limit('attributePerEventCountLimit', 'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT'),
    attributePerLinkCountLimit: limit('attributePerLinkCountLimit', 'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT'),
  };
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '' && !Number.isNaN(Number(text));
}
