import { readSettings } from '../scripts/settings.ts';
import { jaeger } from '../scripts/stack/programs/jaeger.ts';
import { resolveNginx } from '../scripts/stack/programs/nginx.ts';
import { otelcol } from '../scripts/stack/programs/otelcol.ts';
import type { Program } from '../scripts/stack/programs/program.ts';
import { resolveProgram } from '../scripts/stack/programs/resolve.ts';

/** The programs that are tested are those that `make up` would start; what is missing is fetched or built as there. */
const settings = readSettings(process.env);
const report = (line: string) => console.info(line);
const path = async (program: Program) => (await resolveProgram(program, settings, process.env, report)).path;

export const findJaeger = () => path(jaeger);
export const findCollector = () => path(otelcol);
export const findNginx = async () => (await resolveNginx(settings, report)).path;
