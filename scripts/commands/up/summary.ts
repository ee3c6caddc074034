import Table from 'cli-table3';
import type { Settings } from '../../settings.ts';
import { demoUrl, type Mode, type Service, services } from '../../stack/services.ts';

/** Stands for the seconds of a component that did not have to be started. */
export const wasUp = 'was up';

/** What `make up` found out about each component. */
export type Rows = Record<Service['name'], { version: string; ready: string }>;

/** The table at the end of `make up`, and what to type next. */
export function summary(settings: Settings, mode: Mode, rows: Rows): string {
  const table = new Table({
    head: ['component', 'version', 'address', 'healthy after'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, title, address } of services(settings, mode)) {
    table.push([title, rows[name].version, address, rows[name].ready]);
  }
  return `${table.toString()}\nNext: make trace URL=${demoUrl(settings)}\n`;
}
