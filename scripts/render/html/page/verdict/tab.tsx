import type { Report } from '../../../../report/schema.ts';
import type { Tab } from '../parts/tabs.tsx';
import { Headline } from './headline.tsx';
import { Verdict } from './verdict.tsx';

/** The verdict on one of several requests. */
export function verdictTab(label: string, report: Report): Tab {
  return {
    label: label.charAt(0).toUpperCase() + label.slice(1),
    content: () => (
      <>
        <Headline report={report} level="h2" />
        <Verdict report={report} />
      </>
    ),
  };
}
