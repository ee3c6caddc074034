import { join, relative, resolve } from 'node:path';
import { exitCode } from '../../failure.ts';
import { withStep } from '../../progress.ts';
import { renderProfilePage } from '../../render/html/pages.ts';
import { renderJson } from '../../render/json.ts';
import { renderProfileText } from '../../render/profile/text.ts';
import type { Settings } from '../../settings.ts';
import { curlOptions, requestUrl } from '../../sources/curl/options.ts';
import { paths } from '../../stack/paths.ts';
import { type PageWish, writePage } from '../page/write.ts';
import type { Display, Result } from '../result.ts';
import { readSize } from '../trace/size.ts';
import { measure } from './measure.ts';
import { files, makeDirectory, writeFiles } from './write.ts';

export interface ProfileOptions extends Display, Omit<PageWish, 'html'> {
  url: string | undefined;
  /** Further options for curl, as a shell would read them. */
  curl: string;
  /** N=, as given. */
  n: string;
  /** C=, as given; undefined: one. */
  c: string | undefined;
  /** OUT=: where to write the files; relative to where the user stands. */
  out: string | undefined;
}

/** Sends one request many times, and says where the time of all of them went. */
export async function profile(settings: Settings, options: ProfileOptions): Promise<Result> {
  const size = readSize('make profile URL=…', options.n, options.c);
  const url = requestUrl(options.url);
  const request = { url, options: curlOptions(options.curl), key: settings.ONETRACE_KEY };
  const directory = options.out ? resolve(options.out) : join(paths.profiles, directoryName(url));
  await makeDirectory(directory);

  const measured = await measure(request, size, settings, (...step) => withStep(options.progress, ...step));
  await writeFiles(directory, measured);
  const html = join(directory, 'profile.html');
  const page = await writePage('profile', (assets) => renderProfilePage(measured.profile, assets), {
    ...options,
    html,
  });
  const notes = [...describeFiles(directory), ...(page ? [page.note] : [])];
  return {
    text: options.json ? renderJson(measured.profile) : renderProfileText(measured.profile, { ...options, notes }),
    code: measured.losses === null ? exitCode.fine : exitCode.absent,
    complaint: measured.losses,
  };
}

/** `2026-11-21T12-03-44-freedevtools-svg_icons`: sorts by time, and tells which page it was. */
function directoryName(url: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const page = new URL(url).pathname.replaceAll(/[^\w.-]+/g, '-').slice(0, 60);
  return `${time}${page}`.replace(/-+$/, '');
}

function describeFiles(directory: string): string[] {
  const place = relative(process.cwd(), directory) || '.';
  return [
    `In ${place.startsWith('..') ? directory : place}:`,
    `  ${files.speedscope} (speedscope.app) · ${files.pprof} (go tool pprof -http=:) · ${files.json} · ${files.traces}`,
  ];
}
