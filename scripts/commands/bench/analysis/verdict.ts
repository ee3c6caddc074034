/** A process of its own: reads a saved trace, does all that a verdict takes, and says what it cost. */
import { readFileSync } from 'node:fs';
import { parseTraces } from '../../../parse/traces.ts';
import { renderText } from '../../../render/text.ts';
import { buildReport } from '../../../report/build.ts';

const start = performance.now();
const idle = process.threadCpuUsage();
const { traces, warnings } = parseTraces(readFileSync(process.argv[2] ?? '', 'utf8'));
const parsed = performance.now();
const [trace] = traces;
if (!trace) throw new Error('no trace in the file');
const report = buildReport({ trace, request: null, warnings });
const built = performance.now();
const text = renderText(report, { width: 120, colour: false, notes: [] });
const done = performance.now();
const { user, system } = process.threadCpuUsage(idle);

process.stdout.write(
  JSON.stringify({
    spans: trace.spans.length,
    parse: parsed - start,
    analyse: built - parsed,
    text: done - built,
    cpu: (user + system) / 1000,
    /** KiB, as the operating system counted at most. */
    peak: process.resourceUsage().maxRSS,
    lines: text.split('\n').length,
  }),
);
