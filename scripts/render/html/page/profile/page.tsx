import type { ProfileReport } from '../../../../report/profile.ts';
import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { FlameGraph } from '../flame/flame-graph.tsx';
import { count, Lead } from '../parts/lead.tsx';
import { Shell } from '../parts/shell.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { verdictTab } from '../verdict/tab.tsx';
import { Warnings } from '../verdict/warnings.tsx';
import { ProfileTables } from './tables.tsx';

/** Many requests to one URL: in sum, as a flame graph, and single ones. */
export function ProfilePage({ profile }: { profile: ProfileReport }) {
  const { method, url, requests, concurrency, failed, samples, totalMs, reports } = profile;
  const facts = [
    `${count(requests, 'request')}, ${concurrency} at a time`,
    `p95 ${ms(totalMs.p95)}, fastest ${ms(totalMs.min)}, slowest ${ms(totalMs.max)} ms`,
    samples > 0 && count(samples, 'sample'),
    failed > 0 && `${failed} without a complete trace`,
  ];
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
    ...reports.map(({ label, report }) => verdictTab(label, report)),
  ];
  return (
    <Shell lead={<Lead totalMs={totalMs.p50} unit="ms p50" title={`${clean(method)} ${clean(url)}`} facts={facts} />}>
      <Tabs label="Views of the profile" tabs={tabs} />
    </Shell>
  );
}
