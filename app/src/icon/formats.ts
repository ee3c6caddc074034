/** The ways in which an icon can be taken into a project. */
export interface CodeSample {
  title: string;
  language: 'xml' | 'tsx' | 'vue' | 'svelte' | 'css';
  code: string;
}

export function codeSamples(name: string, svg: string): CodeSample[] {
  return [
    { title: 'SVG', language: 'xml', code: svg },
    { title: 'React', language: 'tsx', code: reactComponent(name, svg) },
    { title: 'Vue', language: 'vue', code: vueComponent(svg) },
    { title: 'Svelte', language: 'svelte', code: svelteComponent(svg) },
    { title: 'CSS', language: 'css', code: cssMask(name, svg) },
  ];
}

function reactComponent(name: string, svg: string): string {
  return [
    "import type { SVGProps } from 'react';",
    '',
    `export function ${componentName(name)}(props: SVGProps<SVGSVGElement>) {`,
    '  return (',
    indent(withRootAttributes(toJsx(svg), '{...props}'), 4),
    '  );',
    '}',
  ].join('\n');
}

function vueComponent(svg: string): string {
  return [
    '<script setup lang="ts">',
    'withDefaults(defineProps<{ size?: number }>(), { size: 24 });',
    '</script>',
    '',
    '<template>',
    indent(withRootSize(svg, ':width="size" :height="size"'), 2),
    '</template>',
  ].join('\n');
}

function svelteComponent(svg: string): string {
  return [
    '<script lang="ts">',
    '  const { size = 24 }: { size?: number } = $props();',
    '</script>',
    '',
    withRootSize(svg, 'width={size} height={size}'),
  ].join('\n');
}

function cssMask(name: string, svg: string): string {
  const oneLine = svg.replace(/>\s+</g, '><').replaceAll('"', "'");
  const url = oneLine.replace(/[%#<>{}]/g, encodeURIComponent);
  return [
    `.icon-${name} {`,
    '  display: inline-block;',
    '  width: 1em;',
    '  height: 1em;',
    '  background: currentColor;',
    `  mask: url("data:image/svg+xml,${url}") center / contain no-repeat;`,
    '}',
  ].join('\n');
}

/** JSX writes attributes as properties: `stroke-width` → `strokeWidth`, `xlink:href` → `xlinkHref`, `class` → `className`. */
export function toJsx(svg: string): string {
  return svg
    .replace(/(\s)([a-z]+(?:[-:][a-z]+)+)=/g, (_, space: string, name: string) => {
      const kept = name.startsWith('data-') || name.startsWith('aria-');
      return `${space}${kept ? name : camelCase(name)}=`;
    })
    .replace(/(\s)class=/g, '$1className=')
    .replace(/(\s)style="([^"]*)"/g, (_, space: string, style: string) => `${space}style={${styleObject(style)}}`);
}

/** `8-ball` → `Icon8Ball`, `alien` → `AlienIcon`: a component's name must start with a capital letter. */
export function componentName(name: string): string {
  const pascal = name.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
  return /^[A-Z]/.test(pascal) ? `${pascal}Icon` : `Icon${pascal}`;
}

function styleObject(style: string): string {
  const properties = style.split(';').flatMap((declaration) => {
    const [name = '', ...value] = declaration.split(':');
    return name.trim() === '' ? [] : [`${camelCase(name.trim())}: '${value.join(':').trim()}'`];
  });
  return `{ ${properties.join(', ')} }`;
}

function camelCase(name: string): string {
  return name.replace(/[-:]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function withRootAttributes(svg: string, attributes: string): string {
  return svg.replace(/^<svg([^>]*)>/, `<svg$1 ${attributes}>`);
}

function withRootSize(svg: string, attributes: string): string {
  return svg.replace(/^<svg([^>]*)>/, (_, rest: string) => {
    const others = rest.replace(/\s(?:width|height)="[^"]*"/g, '');
    return `<svg${others} ${attributes}>`;
  });
}

function indent(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
