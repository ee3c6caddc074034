import type { Report } from '../../../../report/schema.ts';
import { Shell } from '../parts/shell.tsx';
import { useWaterfall, WaterfallSection } from '../waterfall/waterfall.tsx';
import { Accounting } from './accounting.tsx';
import { Findings } from './findings.tsx';
import { Gaps } from './gaps.tsx';
import { Headline } from './headline.tsx';
import { RequestFacts } from './request.tsx';
import { Services } from './services.tsx';
import { Warnings } from './warnings.tsx';

export function VerdictPage({ report }: { report: Report }) {
  return (
    <Shell lead={<Headline report={report} level="h1" />}>
      <Verdict report={report} />
    </Shell>
  );
}

/** The verdict on one request, as a page of its own or as a part of another. */
export function Verdict({ report }: { report: Report }) {
  const { waterfall, id, show } = useWaterfall(report);
  return (
    <div class="verdict">
      <div class="columns">
        <Accounting report={report} />
        <div class="column">
          <Findings report={report} show={show} />
          <Warnings warnings={report.warnings} show={show} />
          <RequestFacts report={report} />
        </div>
      </div>
      <WaterfallSection waterfall={waterfall} id={id} />
      <div class="columns even">
        <Gaps report={report} show={show} />
        <Services spans={report.spans} />
      </div>
    </div>
  );
}
