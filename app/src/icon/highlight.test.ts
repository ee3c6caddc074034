import { expect, test } from 'vitest';
import { codeSamples } from './formats.ts';
import { highlight } from './highlight.ts';

const samples = codeSamples('alien', '<svg viewBox="0 0 24 24">\n  <path d="M0 0"/>\n</svg>');

test.each(samples)('colours $title for both schemes and keeps its text', async ({ code, language }) => {
  const html = await highlight(code, language);
  expect(html).toContain('light-dark(');
  const text = html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&#x3C;', '<')
    .replaceAll('&#x26;', '&');
  expect(text).toBe(code);
});
