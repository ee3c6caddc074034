import { render } from 'preact';
import type { PageData } from '../pages.ts';
import { ProfilePage } from './profile/page.tsx';
import { VerdictPage } from './verdict/page.tsx';

/** The page draws itself from the JSON that stands beside this script. */
const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
const place = document.getElementById('page');
if (place) {
  render(
    data.kind === 'verdict' ? <VerdictPage report={data.report} /> : <ProfilePage profile={data.profile} />,
    place,
  );
}
