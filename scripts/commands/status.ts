import Table from 'cli-table3';
import { z } from 'zod';
import { type ExitCode, exitCode } from '../failure.ts';
import type { Settings } from '../settings.ts';
import { localProcesses } from '../stack/local.ts';
import { currentMode } from '../stack/mode.ts';
import { unhealthy } from '../stack/readiness.ts';
import { services } from '../stack/services.ts';

export const statusSchema = z.object({
  mode: z.enum(['local', 'compose']).nullable().describe('null: the stack is not up'),
  components: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      address: z.string(),
      healthy: z.boolean(),
      problem: z.string().nullable(),
      residentMiB: z.number().nullable().describe('null: not measured in this mode'),
    }),
  ),
});

export interface Status {
  text: string;
  code: ExitCode;
}

/** Asks every component for its health. Exit code 3 when one does not answer. */
export async function status(settings: Settings, options: { json: boolean }): Promise<Status> {
  const mode = await currentMode();
  const problems = await Promise.all(
    services(settings, mode ?? 'local').map(async (service) => ({ service, problem: await unhealthy(service) })),
  );
  const memory = mode === 'local' ? await residentMemory() : new Map<string, number>();
  const rows: z.infer<typeof statusSchema>['components'] = problems.map(
    ({ service: { name, title, address }, problem }) => ({
      name,
      title,
      address,
      healthy: problem === null,
      problem,
      residentMiB: memory.get(name) ?? null,
    }),
  );
  const code = rows.every(({ healthy }) => healthy) ? exitCode.fine : exitCode.absent;
  if (options.json) return { text: `${JSON.stringify({ mode, components: rows }, null, 2)}\n`, code };

  const table = new Table({
    head: ['component', 'state', 'address', 'memory'],
    style: { head: [], border: [], compact: true },
  });
  for (const { title, address, problem, residentMiB } of rows) {
    table.push([title, problem ?? 'healthy', address, residentMiB === null ? '' : `${residentMiB} MiB`]);
  }
  const next =
    code === exitCode.fine
      ? ''
      : `Next: make up${mode === null ? '' : `, or make logs S=${rows.find(({ healthy }) => !healthy)?.name}`}\n`;
  return { text: `mode: ${mode ?? 'none (the stack is not up)'}\n${table.toString()}\n${next}`, code };
}

/** MiB by component, as PM2 measures it. */
async function residentMemory(): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const { name = '', monit } of await localProcesses()) {
    const component = name === 'astro-ssr' ? 'app' : name;
    sums.set(component, (sums.get(component) ?? 0) + Math.round((monit?.memory ?? 0) / 2 ** 20));
  }
  return sums;
}
