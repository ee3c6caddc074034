import { render } from 'preact';
import type { PageData } from '../pages.ts';
import { ProfilePage } from './profile/page.tsx';
import { SeriesPage } from './several/series-page.tsx';
import { TraceSetPage } from './several/set-page.tsx';
import { VerdictPage } from './verdict/page.tsx';

/** The page draws itself from the JSON that stands beside this script. */
const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
const place = document.getElementById('page');
if (place) render(<Page data={data} />, place);

function Page({ data: page }: { data: PageData }) {
  switch (page.kind) {
    case 'verdict':
      return <VerdictPage report={page.report} />;
    case 'profile':
      return <ProfilePage profile={page.profile} />;
    case 'set':
      return <TraceSetPage set={page.set} />;
    case 'series':
      return <SeriesPage series={page.series} />;
  }
}
