import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import type { Pm2Process } from '../preload/pm2.ts';

/** What the process can tell about itself; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over all of it. */
export function processAttributes(
  env: NodeJS.ProcessEnv,
  pm2: Pm2Process | undefined,
  script: string | undefined,
): Attributes {
  const attributes: Record<string, string | number | undefined> = {
    'service.name': pm2?.name,
    'service.version': versionOf(pm2?.entry ?? script),
    'service.instance.id': randomUUID(),
    'deployment.environment.name': env.ONETRACE_DEPLOYMENT || env.NODE_ENV || undefined,
    'onetrace.pm2.id': pm2?.id,
    'onetrace.pm2.mode': pm2?.mode,
    'onetrace.pm2.instance': pm2?.instance,
  };
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Attributes;
}

/** The version in the package.json nearest to the entry: `dist/server/entry.mjs` belongs to the app two folders up. */
export function versionOf(entry: string | undefined): string | undefined {
  if (entry === undefined) return undefined;
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const version = versionIn(folder);
    if (version !== undefined || folder === dirname(folder)) return version;
  }
}

function versionIn(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
