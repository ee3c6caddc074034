// Adds up vitest's JSON reports: node .ci/summary.mjs RED_STAGES REPORT… A stage that is red and no test counts as one failed.
// The last line is "N passed, N failed, N skipped".
import { readFileSync } from 'node:fs';

const [redStages, ...files] = process.argv.slice(2);
const sum = { passed: 0, failed: Number(redStages), skipped: 0 };
if (files.length !== 2) sum.failed += 1; // unit and end-to-end tests each write one
for (const file of files) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests;
  sum.skipped += report.numPendingTests + report.numTodoTests;
  for (const { name, status: whole, assertionResults } of report.testResults) {
    // A file that did not load, or whose preparation failed, has no failed test of its own.
    if (whole === 'failed' && !assertionResults.some(({ status }) => status === 'failed')) sum.failed += 1;
    for (const { status, fullName } of assertionResults) {
      if (status === 'pending' || status === 'skipped' || status === 'todo')
        console.log(`skipped: ${fullName} (${name.split('/').pop()})`);
    }
  }
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
