import type MagicString from 'magic-string';

/** A place in Astro's own code where a span begins or ends. */
export interface Seam {
  /** What is missing when it is not found; printed. */
  name: string;
  /** Only loaded when the site uses it: not being there says nothing. */
  optional?: true;
  /** From the newest version back: the first file that is loaded and holds the place is enough. */
  places: Place[];
}

export interface Place {
  /** below node_modules */
  file: string;
  /** Edits the module; false if it is not written as expected. `seam` is how to reach a function of ../runtime/seams.ts. */
  edit(code: string, text: MagicString, seam: (name: string) => string): boolean;
}

const RENDER = 'astro/dist/runtime/server/render';

export const SEAMS: Seam[] = [
  {
    name: 'server span (standalone)',
    optional: true,
    places: [{ file: '@astrojs/node/dist/standalone.js', edit: wrapped('createStandaloneHandler', 'standalone') }],
  },
  {
    name: 'astro.route.match',
    optional: true,
    places: [{ file: '@astrojs/node/dist/serve-app.js', edit: wrapped('createAppHandler', 'appHandler') }],
  },
  {
    name: 'server span',
    places: [
      // 6 and 7; 5
      { file: 'astro/dist/core/app/base.js', edit: method('render', 'handled', 'args[0]') },
      { file: 'astro/dist/core/app/index.js', edit: method('render', 'handled', 'args[0]') },
    ],
  },
  {
    name: 'astro.static_lookup',
    optional: true,
    places: [{ file: '@astrojs/node/dist/serve-static.js', edit: wrapped('createStaticHandler', 'staticLookup') }],
  },
  {
    name: 'astro.response.write',
    optional: true,
    places: [
      { file: 'astro/dist/core/app/node.js', edit: wrapped('writeResponse', 'write') },
      { file: 'astro/dist/core/app/node.js', edit: staticMethod('NodeApp', 'writeResponse', 'write') },
    ],
  },
  {
    name: 'astro.middleware',
    places: [{ file: 'astro/dist/core/middleware/sequence.js', edit: wrapped('sequence', 'sequence') }],
  },
  {
    name: 'astro.middleware checkOrigin',
    optional: true,
    places: [
      {
        file: 'astro/dist/core/app/origin-check.js',
        edit: wrapped('createOriginCheckMiddleware', 'named', "'checkOrigin', "),
      },
      {
        file: 'astro/dist/core/app/middlewares.js',
        edit: wrapped('createOriginCheckMiddleware', 'named', "'checkOrigin', "),
      },
    ],
  },
  {
    name: 'astro.middleware i18n',
    optional: true,
    places: [{ file: 'astro/dist/i18n/middleware.js', edit: wrapped('createI18nMiddleware', 'i18n') }],
  },
  {
    name: 'astro.route.load',
    places: [
      // 7; 5 and 6
      { file: 'astro/dist/core/fetch/fetch-state.js', edit: loadedByState },
      { file: 'astro/dist/core/app/pipeline.js', edit: method('getModuleForRoute', 'routeLoad', 'false, args[0]') },
    ],
  },
  {
    name: 'astro.page.render',
    places: [{ file: `${RENDER}/page.js`, edit: wrapped('renderPage', 'page') }],
  },
  {
    name: 'astro.component of the page (frontmatter)',
    places: [
      {
        file: `${RENDER}/astro/render.js`,
        edit: wrapped('callComponentAsTemplateResultOrResponse', 'pageComponent'),
      },
    ],
  },
  {
    name: 'astro.page.render (end of the stream)',
    places: [{ file: `${RENDER}/astro/render.js`, edit: pageBody }],
  },
  {
    name: 'astro.component (frontmatter)',
    places: [{ file: `${RENDER}/astro/instance.js`, edit: forwarded('init', 'result') }],
  },
  {
    name: 'astro.component (markup)',
    places: [{ file: `${RENDER}/astro/instance.js`, edit: forwarded('render', 'destination') }],
  },
  {
    name: 'astro.component (stream)',
    optional: true,
    places: [{ file: `${RENDER}/streaming.js`, edit: streamWalk }],
  },
  {
    name: 'astro.island.render',
    places: [{ file: `${RENDER}/component.js`, edit: islands }],
  },
  {
    name: 'astro.endpoint',
    places: [{ file: 'astro/dist/runtime/server/endpoint.js', edit: wrapped('renderEndpoint', 'endpoint') }],
  },
  {
    name: 'astro.action',
    optional: true,
    places: [{ file: 'astro/dist/actions/runtime/server.js', edit: wrapped('getActionContext', 'action') }],
  },
  ...['createGetCollection', 'createGetEntry'].map(
    (name): Seam => ({
      name: `astro.content (${name})`,
      optional: true,
      places: [{ file: 'astro/dist/content/runtime.js', edit: wrapped(name, 'content') }],
    }),
  ),
];

/**
 * The function moves to another name, and one of the old name calls it through the seam. No assignment: a module that does something
 * when it is loaded is in the way of bundlers, which move Astro's modules about as long as they only declare.
 */
function wrapped(name: string, by: string, first = ''): Place['edit'] {
  return before(new RegExp(`^(async )?function ${name}\\(`, 'm'), (seam, [, async = '']) => [
    `function ${name}(...args) {\n  return ${seam(by)}(${first}onetrace_${name})(...args);\n}\n`,
    `${async}function onetrace_${name}(`,
  ]);
}

/** An asynchronous method moves to another name, and one of the old name calls it. `args` is what the seam gets before that call. */
function method(name: string, by: string, args: string): Place['edit'] {
  return before(new RegExp(`^ {2}async ${name}\\(`, 'm'), (seam) => [
    `  ${name}(...args) {\n    return ${seam(by)}(${args}, () => this.onetrace_${name}(...args));\n  }\n`,
    `  async onetrace_${name}(`,
  ]);
}

/** In 6 the state asks the pipeline, which has the place. */
function loadedByState(code: string, text: MagicString, seam: (name: string) => string): boolean {
  if (code.includes('this.pipeline.getComponentByRoute(')) return false;
  return method('loadComponentInstance', 'routeLoad', 'this.componentInstance, this.routeData')(code, text, seam);
}

function staticMethod(owner: string, name: string, by: string): Place['edit'] {
  return before(new RegExp(`^ {2}static async ${name}\\(`, 'm'), (seam) => [
    `  static ${name}(...args) {\n    return ${seam(by)}(${owner}.onetrace_${name})(...args);\n  }\n`,
    `  static async onetrace_${name}(`,
  ]);
}

/** The same for a method that is called once for each component: no closure, no array of arguments. */
function forwarded(name: string, parameter: string): Place['edit'] {
  return before(new RegExp(`^ {2}${name}\\(${parameter}\\) \\{`, 'm'), (seam) => [
    `  ${name}(${parameter}) {\n    return ${seam(name)}(this, ${parameter});\n  }\n`,
    `  onetrace_${name}(${parameter}) {`,
  ]);
}

function before(
  anchor: RegExp,
  write: (seam: (name: string) => string, found: RegExpExecArray) => [string, string],
): Place['edit'] {
  return (code, text, seam) => {
    const found = anchor.exec(code);
    if (found === null) return false;
    text.update(found.index, found.index + found[0].length, write(seam, found).join(''));
    return true;
  };
}

/** 7 renders by a loop, 5 and 6 by recursion; three times, for strings, for streams and for what Node iterates over. */
function pageBody(code: string, text: MagicString, seam: (name: string) => string): boolean {
  return replaced(
    /(renderStreaming\(templateResult, result, destination\)|templateResult\.render\(destination\))/g,
    (call) => `${seam('body')}(result, () => ${call})`,
    3,
  )(code, text);
}

function islands(code: string, text: MagicString, seam: (name: string) => string): boolean {
  return replaced(
    /renderer\.ssr\.renderToStaticMarkup\.call\(/g,
    () => `${seam('island')}(renderer, metadata).call(`,
    2,
  )(code, text);
}

/** All of these or none: half of them would put components below the wrong parent. */
function streamWalk(code: string, text: MagicString, seam: (name: string) => string): boolean {
  const edits = [
    replaced(/async function renderStreaming\(.*\) \{/g, (call) => `${call}\n  const onetrace = ${seam('walk')}();`, 1),
    replaced(/const node = stack\.pop\(\);/g, (call) => `${call}\n    if (onetrace?.left(node)) continue;`, 1),
    replaced(/node\.init\(result\)/g, (call) => `(onetrace ? onetrace.init(node, result, stack) : ${call})`, 1),
    replaced(/node\.evaluate\(\)/g, (call) => `(onetrace ? onetrace.run(() => ${call}) : ${call})`, 1),
    replaced(/renderDynamic\(node\)(?!\s*=>)/g, (call) => `(onetrace ? onetrace.dynamic(node, ${call}) : ${call})`, 2),
  ];
  const trial = text.clone();
  if (!edits.every((edit) => edit(code, trial))) return false;
  for (const edit of edits) edit(code, text);
  return true;
}

function replaced(anchor: RegExp, write: (found: string) => string, times: number) {
  return (code: string, text: MagicString): boolean => {
    const found = [...code.matchAll(anchor)];
    if (found.length !== times) return false;
    for (const match of found) text.update(match.index, match.index + match[0].length, write(match[0]));
    return true;
  };
}
