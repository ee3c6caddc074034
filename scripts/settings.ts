import { z } from 'zod';
import { misuse } from './failure.ts';

const whole = (what: string, min: number, max: number, fallback: number) =>
  z.coerce.number({ error: what }).int(what).min(min, what).max(max, what).default(fallback);
const port = (fallback: number) => whole('a port number from 1 to 65535', 1, 65_535, fallback);
const path = z.string().min(1).optional();

/**
 * Every variable that the command line understands, with its default. `.env.example` documents them for people;
 * a unit test holds the two together. An empty value means "not set", as Compose's `${NAME:-default}` has it;
 * only an empty ONETRACE_TRUSTED means what it says: trust no network.
 */
const variables = z.object({
  ONETRACE_NGINX_PORT: port(8080),
  ONETRACE_APP_PORT: whole(
    'a port number from 1 to 65534 (the second instance takes the one after it)',
    1,
    65_534,
    4321,
  ),
  ONETRACE_JAEGER_UI_PORT: port(16_686),
  ONETRACE_OTLP_GRPC_PORT: port(4317),
  ONETRACE_OTLP_HTTP_PORT: port(4318),
  ONETRACE_HEALTH_PORT: port(13_133),
  ONETRACE_METRICS_PORT: port(8888),
  ONETRACE_JAEGER_OTLP_PORT: port(14_317),
  ONETRACE_JAEGER_HEALTH_PORT: port(14_133),
  ONETRACE_SAMPLE_PERCENT: whole('a percentage from 0 to 100', 0, 100, 100),
  ONETRACE_SLOW_MS: whole('whole milliseconds from 1 to 3600000', 1, 3_600_000, 1000),
  ONETRACE_DECISION_WAIT: z
    .string()
    .regex(/^\d+(ms|s|m)$/, 'a duration such as 5s or 500ms')
    .default('5s'),
  ONETRACE_MEMORY_LIMIT_MIB: whole('whole MiB from 64 to 65536', 64, 65_536, 256),
  ONETRACE_TRUSTED: z.string().default('127.0.0.0/8 ::1/128'),
  ONETRACE_KEY: z.string().default(''),
  ONETRACE_PM2_MODE: z.enum(['fork', 'cluster'], 'fork or cluster').optional(),
  ONETRACE_DEPLOYMENT: z.string().default('local'),
  ONETRACE_PROFILE: z.enum(['off', 'on-demand', 'always'], 'off, on-demand or always').default('always'),
  ONETRACE_PROFILE_INTERVAL_US: whole('whole microseconds from 100 to 1000000', 100, 1_000_000, 1000),
  ONETRACE_DEBUG_ROUTES: z.string().default(''),
  ONETRACE_TRACE_TIMEOUT_MS: whole('whole milliseconds from 100 to 600000', 100, 600_000, 10_000),
  ONETRACE_CACHE: path,
  ONETRACE_JAEGER_BIN: path,
  ONETRACE_OTELCOL_BIN: path,
  ONETRACE_NGINX_BIN: path,
  OTEL_SERVICE_NAME: z.string().default('astro-ssr'),
});

export type Settings = Readonly<z.infer<typeof variables>>;
export const variableNames = Object.keys(variables.shape) as (keyof Settings)[];

/** @throws Failure (usage) naming the first variable that cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== '' || name === 'ONETRACE_TRUSTED'),
  );
  const parsed = variables.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = String(issue?.path[0]);
  throw misuse({
    expected: `${name} to be ${issue?.message}`,
    got: `"${given[name]}"`,
    next: `correct ${name} in the environment or in .env (.env.example lists every variable with its default)`,
  });
}
