import type { Report } from '../../../../report/schema.ts';
import { Shell } from '../parts/shell.tsx';
import { Headline } from './headline.tsx';
import { Verdict } from './verdict.tsx';

export function VerdictPage({ report }: { report: Report }) {
  return (
    <Shell lead={<Headline report={report} level="h1" />}>
      <Verdict report={report} />
    </Shell>
  );
}
