import type { ComponentChildren } from 'preact';
import { ThemeSwitch } from './theme.tsx';

/** What every page has around its content. */
export function Shell({ lead, children }: { lead: ComponentChildren; children: ComponentChildren }) {
  return (
    <>
      <header class="page-head">
        <div class="page-bar">
          <span class="brand">onetrace</span>
          <ThemeSwitch />
        </div>
        {lead}
      </header>
      <main>{children}</main>
      <footer class="page-foot">Made by onetrace. This file needs no network and asks none.</footer>
    </>
  );
}
