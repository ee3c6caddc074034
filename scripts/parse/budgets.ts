import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Budget, type BudgetsFile, budgetsSchema } from '../model/budgets.ts';
import { quote } from './notes.ts';

/** Why a budgets file cannot be used. */
export interface BudgetProblem {
  /** From 1. */
  line: number;
  expected: string;
  got: string;
}

type Path = readonly PropertyKey[];

/** A budgets file as a list of single limits, in its order; or what is wrong with it: a typo must not pass for a budget that is kept. */
export function parseBudgets(text: string): { budgets: Budget[] } | { problem: BudgetProblem } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: Path) => lineAt(document, path, lines);
  const [error] = document.errors;
  if (error) {
    const got = error.message.split(/ at line |\n/, 1)[0] ?? error.code;
    return { problem: { line: error.linePos?.[0].line ?? 1, expected: 'YAML', got } };
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (cause) {
    return { problem: { line: 1, expected: 'YAML', got: (cause as Error).message } }; // aliases that would fill the memory
  }
  const read = budgetsSchema.safeParse(value ?? {});
  if (!read.success) return { problem: describe(read.error.issues[0] as z.core.$ZodIssue, value, lineOf) };
  const budgets = flatten(read.data, lineOf);
  if (budgets.length > 0) return { budgets };
  return { problem: { line: 1, expected: 'at least one route with a limit', got: 'none' } };
}

function describe(given: z.core.$ZodIssue, value: unknown, lineOf: (path: Path) => number): BudgetProblem {
  const issue = innermost(given, value);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return { line: lineOf([...issue.path, key]), expected: issue.message, got: quote(key) };
  }
  return {
    line: lineOf(issue.path),
    expected: `${where(issue.path)}to be ${issue.message}`,
    got: quote(dig(value, issue.path)),
  };
}

/** Of the alternatives of a limit a map can mean only the last. */
function innermost(issue: z.core.$ZodIssue, value: unknown): z.core.$ZodIssue {
  const given = dig(value, issue.path);
  if (issue.code !== 'invalid_union' || typeof given !== 'object' || given === null || Array.isArray(given))
    return issue;
  const inner = issue.errors.at(-1)?.[0];
  return inner ? { ...inner, path: [...issue.path, ...inner.path] } : issue;
}

const where = (path: Path) => (path.length === 0 ? 'the file ' : `${path.map(String).join(' › ')} `);

function dig(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

/** The line of a key; of the nearest key above it where it is not there. */
function lineAt(document: Document, path: Path, lines: LineCounter): number {
  for (let length = path.length; length > 0; length -= 1) {
    const map = document.getIn(path.slice(0, length - 1), true) as {
      items?: { key: { value?: unknown; range?: [number] } }[];
    };
    const pair = map?.items?.find(({ key }) => String(key?.value) === String(path[length - 1]));
    if (pair?.key.range) return lines.linePos(pair.key.range[0]).line;
  }
  return 1;
}

function flatten(file: BudgetsFile, lineOf: (path: Path) => number): Budget[] {
  return Object.entries(file.routes).flatMap(([route, limits]) => {
    const budget = (path: Path, rest: Pick<Budget, 'subject' | 'name' | 'measure' | 'limit'>): Budget => ({
      route,
      ...rest,
      percentile: limits.percentile ?? file.percentile,
      line: lineOf(['routes', route, ...path]),
    });
    const several = (subject: 'span' | 'finding', section: 'spans' | 'findings', shorthand: 'longest' | 'count') =>
      Object.entries(limits[section] ?? {}).flatMap(([name, given]) =>
        Object.entries<number>(typeof given === 'number' ? { [shorthand]: given } : given).map(([measure, limit]) =>
          budget([section, name, measure], { subject, name, measure: measure as Budget['measure'], limit }),
        ),
      );
    return [
      ...(limits.total === undefined
        ? []
        : [budget(['total'], { subject: 'total', name: null, measure: 'ms', limit: limits.total })]),
      ...(limits.unknown === undefined
        ? []
        : [budget(['unknown'], { subject: 'unknown', name: null, measure: 'share', limit: shareOf(limits.unknown) })]),
      ...several('span', 'spans', 'longest'),
      ...several('finding', 'findings', 'count'),
    ];
  });
}

const shareOf = (given: number | string) => (typeof given === 'number' ? given : Number.parseFloat(given) / 100);
