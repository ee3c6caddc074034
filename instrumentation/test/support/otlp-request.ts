import protobuf from 'protobufjs';

/** What opentelemetry-proto says of traces. */
const Request = protobuf
  .parse(
    `syntax = "proto3";
    message AnyValue { oneof value { string s = 1; bool b = 2; int64 i = 3; double d = 4; Array a = 5; KeyValues k = 6; bytes y = 7; } }
    message Array { repeated AnyValue values = 1; }
    message KeyValues { repeated KeyValue values = 1; }
    message KeyValue { string key = 1; AnyValue value = 2; }
    message Resource { repeated KeyValue attributes = 1; uint32 dropped = 2; }
    message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
    message Event { fixed64 time = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
    message Link { bytes trace = 1; bytes span = 2; string state = 3; repeated KeyValue attributes = 4; uint32 dropped = 5; fixed32 flags = 6; }
    message Status { string message = 2; int32 code = 3; }
    message Span {
      bytes trace = 1; bytes span = 2; string state = 3; bytes parent = 4; string name = 5; int32 kind = 6; fixed64 start = 7; fixed64 end = 8;
      repeated KeyValue attributes = 9; uint32 droppedAttributes = 10; repeated Event events = 11; uint32 droppedEvents = 12;
      repeated Link links = 13; uint32 droppedLinks = 14; Status status = 15; fixed32 flags = 16;
    }
    message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema = 3; }
    message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopes = 2; string schema = 3; }
    message Request { repeated ResourceSpans resources = 1; }`,
  )
  .root.lookupType('Request');

export interface DecodedRequest {
  resources: { resource: object; scopes: { scope: object; spans: DecodedSpan[] }[] }[];
}

interface DecodedSpan {
  name: string;
  status: object | null;
}

/** Fields that are not there have their default; of a span without a status opentelemetry-proto says that it is unset. */
export function decoded(bytes: Uint8Array): DecodedRequest {
  const request = Request.toObject(Request.decode(bytes), {
    longs: String,
    bytes: String,
    defaults: true,
  }) as DecodedRequest;
  for (const span of spansOf(request)) span.status ??= { message: '', code: 0 };
  return request;
}

/** Those of all resources and scopes. */
export function spansOf({ resources }: DecodedRequest): DecodedSpan[] {
  return resources.flatMap(({ scopes }) => scopes.flatMap(({ spans }) => spans));
}
