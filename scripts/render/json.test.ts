import { expect, test } from 'vitest';
import { firstUserTrace } from '../../test/traces/first-user.ts';
import { buildReport } from '../report/build.ts';
import { renderJson } from './json.ts';

const report = buildReport({ trace: firstUserTrace(), request: null, warnings: [] });

test('what JSON says is the report', () => {
  expect(JSON.parse(renderJson(report))).toEqual(report);
});

test('too large for one text: without the attributes, and it says so', () => {
  let written = 0;
  const endless = {
    toJSON: () => {
      written += 1;
      if (written === 1) throw new RangeError('Invalid string length');
      return { large: 'x' };
    },
  };
  const [root, ...others] = report.spans;
  const large = { ...report, spans: [{ ...root, attributes: endless }, ...others] } as unknown as typeof report;
  const read = JSON.parse(renderJson(large));
  expect(read.spans.map((span: { attributes: object }) => span.attributes)).toEqual(report.spans.map(() => ({})));
  expect(read.warnings).toMatchObject([{ code: 'attributes-left-out' }]);
});
