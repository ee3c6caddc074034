import type { Report } from '../../../../report/schema.ts';
import { useWaterfall, WaterfallSection } from '../waterfall/waterfall.tsx';
import { Accounting } from './accounting.tsx';
import { Findings } from './findings.tsx';
import { Gaps } from './gaps.tsx';
import { RequestFacts } from './request.tsx';
import { Services } from './services.tsx';
import { Warnings } from './warnings.tsx';

/** Everything about one request; its total stands above. */
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
        <Services graph={report.graph} colours={waterfall.colours} />
      </div>
    </div>
  );
}
