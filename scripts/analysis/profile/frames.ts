import type { Account } from '../account.ts';
import type { Node } from '../node.ts';
import { stackOf } from './collapse.ts';
import { activityOf, locationOf } from './inferred.ts';

/** One level of a stack: a span, a function below it, or what a span's own time was spent on. */
export interface Frame {
  name: string;
  /** `file:line` */
  location: string | null;
  /** `span`: recorded by code. */
  kind: 'span' | Account['kind'];
}

/** A stack that is deeper than this (a recursion) is cut: nobody reads further, and what draws it recurses itself. */
const DEEPEST = 300;

/** The recorded spans from the root down to the one that had the time, then the functions, outermost first. */
export function framesOf(node: Node, leaf: Node | null): Frame[] {
  const spans: Frame[] = [];
  for (let span: Node | null = node; span; span = span.parent)
    spans.push({ name: `${span.span.service}: ${span.span.name}`, location: null, kind: 'span' });
  const functions = leaf
    ? stackOf(leaf).map(({ span }): Frame => {
        return { name: span.name, location: locationOf(span), kind: activityOf(span) };
      })
    : [];
  return [...spans.reverse(), ...functions].slice(0, DEEPEST);
}
