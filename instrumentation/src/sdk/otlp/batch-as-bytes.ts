import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { batchLimitsOf, exporterOf, inheritMetrics, replaceSerializer } from '../internals.ts';
import { BatchProcessor } from './batch-processor.ts';
import { messageOf } from './encoded-batch.ts';

/** Those that batch for an exporter of protobuf make way for ours; the others stay. */
export function batchAsBytes(processors: SpanProcessor[]): void {
  for (const [index, processor] of processors.entries()) {
    const exporter = replaceSerializer(exporterOf(processor), messageOf);
    if (exporter === undefined) continue;
    processors[index] = new BatchProcessor(exporter, batchLimitsOf(processor), (queued) =>
      inheritMetrics(processor, queued),
    );
  }
}
