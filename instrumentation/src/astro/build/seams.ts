import { type Edit, forwarded, method, replaced, staticMethod, together, wrapped } from './edits.ts';

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
  edit: Edit;
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
    name: 'server span (astro dev of 5)',
    optional: true,
    places: [{ file: 'astro/dist/vite-plugin-astro-server/request.js', edit: wrapped('handleRequest', 'devRequest') }],
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
      { file: 'astro/dist/core/fetch/fetch-state.js', edit: loadedByState() },
      { file: 'astro/dist/core/app/pipeline.js', edit: method('getModuleForRoute', 'routeLoad', 'false, args[0]') },
      // `astro dev` of 6 and of 5
      {
        file: 'astro/dist/core/app/dev/pipeline.js',
        edit: method('getComponentByRoute', 'routeLoad', 'false, args[0]'),
      },
      {
        file: 'astro/dist/vite-plugin-astro-server/pipeline.js',
        edit: method('preload', 'routeLoad', 'false, args[0]'),
      },
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
    places: [{ file: `${RENDER}/astro/render.js`, edit: pageBody() }],
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
    places: [{ file: `${RENDER}/streaming.js`, edit: streamWalk() }],
  },
  {
    name: 'astro.island.render',
    places: [{ file: `${RENDER}/component.js`, edit: islands() }],
  },
  {
    name: 'server islands in the trace of their page',
    optional: true,
    places: [{ file: `${RENDER}/server-islands.js`, edit: islandAddress() }],
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

/** In 6 the state asks the pipeline, which has the place. */
function loadedByState(): Edit {
  const load = method('loadComponentInstance', 'routeLoad', 'this.componentInstance, this.routeData');
  return (code, text, seam) => !code.includes('this.pipeline.getComponentByRoute(') && load(code, text, seam);
}

/** 7 renders by a loop, 5 and 6 by recursion; three times, for strings, for streams and for what Node iterates over. */
function pageBody(): Edit {
  return replaced(
    /(renderStreaming\(templateResult, result, destination\)|templateResult\.render\(destination\))/g,
    3,
    (call, seam) => `${seam('body')}(result, () => ${call})`,
  );
}

function islands(): Edit {
  return replaced(
    /renderer\.ssr\.renderToStaticMarkup\.call\(/g,
    2,
    (_, seam) => `${seam('island')}(renderer, metadata).call(`,
  );
}

/** What fits into an address is fetched by GET, and preloaded from the same address; the rest goes by POST. */
function islandAddress(): Edit {
  return together(
    replaced(
      /serverIslandUrl \+= "\?" \+ potentialSearchParams\.toString\(\);/g,
      1,
      (found, seam) => `${found}\n      serverIslandUrl += ${seam('islandQuery')}('&');`,
    ),
    replaced(
      /const adapterHeaders = /g,
      1,
      (found, seam) => `if (!useGETRequest) serverIslandUrl += ${seam('islandQuery')}('?');\n    ${found}`,
    ),
  );
}

/** Half of these would put components below the wrong parent. */
function streamWalk(): Edit {
  return together(
    replaced(
      /async function renderStreaming\(.*\) \{/g,
      1,
      (found, seam) => `${found}\n  const onetrace = ${seam('walk')}();`,
    ),
    replaced(/const node = stack\.pop\(\);/g, 1, (found) => `${found}\n    if (onetrace?.left(node)) continue;`),
    replaced(/node\.init\(result\)/g, 1, (call) => `(${walkedInit(call)})`),
    replaced(/node\.evaluate\(\)/g, 1, (call) => `(onetrace ? onetrace.run(() => ${call}) : ${call})`),
    replaced(/renderDynamic\(node\)(?!\s*=>)/g, 2, (call) => `(onetrace ? onetrace.dynamic(node, ${call}) : ${call})`),
  );
}

/** Astro's own `init` is there under its new name if that seam was found. Without a walk nobody has to ask who records, for each component. */
function walkedInit(call: string): string {
  const own = 'node.onetrace_init';
  return `!${own} ? ${call} : onetrace ? onetrace.init(node, result, stack) : ${own}(result)`;
}
