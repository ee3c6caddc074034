import type { ProfileReport } from '../../../../report/profile.ts';
import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { Shell } from '../parts/shell.tsx';
import { Headline } from '../verdict/headline.tsx';
import { Verdict } from '../verdict/page.tsx';
import { Warnings } from '../verdict/warnings.tsx';
import { ProfileTables } from './tables.tsx';
import { Tabs } from './tabs.tsx';

/** Many requests to one URL: in sum, as a flame graph, and single ones. */
export function ProfilePage({ profile }: { profile: ProfileReport }) {
  const tabs = [
    {
      label: 'Where the time went',
      content: () => (
        <>
          <Warnings warnings={profile.warnings} />
          <ProfileTables profile={profile} />
        </>
      ),
    },
    { label: 'Flame graph', content: () => <FlameGraph root={profile.flame} /> },
    ...profile.reports.map(({ label, report }) => ({
      label: label.charAt(0).toUpperCase() + label.slice(1),
      content: () => (
        <>
          <Headline report={report} level="h2" />
          <Verdict report={report} />
        </>
      ),
    })),
  ];
  return (
    <Shell lead={<Lead profile={profile} />}>
      <Tabs label="Views of the profile" tabs={tabs} />
    </Shell>
  );
}

function Lead({ profile: { method, url, requests, concurrency, failed, totalMs } }: { profile: ProfileReport }) {
  return (
    <div class="headline">
      <p class="total">
        {ms(totalMs.p50)} <span class="unit">ms p50</span>
      </p>
      <div>
        <h1>
          {clean(method)} {clean(url)}
        </h1>
        <p class="faint">
          {requests.toLocaleString('en')} requests, {concurrency} at a time · p95 {ms(totalMs.p95)} ms · fastest{' '}
          {ms(totalMs.min)}, slowest {ms(totalMs.max)} ms{failed > 0 && ` · ${failed} without a complete trace`}
        </p>
      </div>
    </div>
  );
}
