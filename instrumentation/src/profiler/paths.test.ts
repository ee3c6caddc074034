import { expect, test } from 'vitest';
import { stack } from '../../test/support/stacks.ts';
import { shownPath } from './paths.ts';

test.each([
  ['the app is shown as it is', 'app:page app:highlight', 'page highlight'],
  ['what is below the entering of the span is not its own', 'app:outer ours:with node:run app:inner', 'inner'],
  ['a library is shown by its entry', 'app:page svgo:optimize svgo:parse csso:minify', 'page optimize minify'],
  ['what calls back into the app stays', 'app:page lodash:map app:each', 'page map each'],
  ['frameworks pass on', 'node:emit astro:handle astro:render app:page', 'page'],
  ['and are shown where the time goes', 'app:page astro:render node:write node:writev', 'page write'],
  ['a stack without any of the app', 'node:tick astro:handle astro:match', 'handle'],
  ['tracing passes on, too', '@opentelemetry/http:patched app:page', 'page'],
  ['and has time of its own', 'app:page ours:with node:run', 'run'],
  ['recursion is one', 'app:dive app:dive app:dive app:floor', 'dive floor'],
  ['but not through another', 'app:a app:b app:a', 'a b a'],
])('%s', (_, words, shown) => {
  expect(
    shownPath(stack(words))
      .map(({ name }) => name)
      .join(' '),
  ).toBe(shown);
});
