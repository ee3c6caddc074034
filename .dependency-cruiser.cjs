/**
 * The direction of imports in scripts/: model ← parse, analysis ← report ← render; sources and stack know model only;
 * commands tie them; cli says what they take; main alone reads argv and exits. Whatever is not listed for a folder is forbidden.
 */
const mayImport = {
  model: [],
  parse: ['model'],
  analysis: ['model'],
  report: ['model', 'analysis'],
  render: ['model', 'report'],
  sources: ['model', 'failure', 'settings'],
  stack: ['model', 'failure', 'settings'],
  commands: ['model', 'parse', 'analysis', 'report', 'render', 'sources', 'stack', 'failure', 'settings', 'progress'],
  cli: ['commands', 'failure', 'settings'],
};

const folder = (name) => `^scripts/${name}(/|[.]ts$)`;

const directions = Object.entries(mayImport).map(([name, others]) => ({
  name: `${name}-imports`,
  comment: `scripts/${name} may import ${others.length > 0 ? others.join(', ') : 'nothing of ours'}`,
  severity: 'error',
  from: { path: folder(name), pathNot: '[.]test[.]ts$|/test-' },
  to: { path: '^scripts/', pathNot: [name, ...others].map(folder) },
}));

/** The core computes: no input or output, no clock, no process. */
const pure = {
  name: 'pure-core',
  comment: 'model, parse, analysis, report and render do no I/O',
  severity: 'error',
  from: { path: '^scripts/(model|parse|analysis|report|render)/', pathNot: '[.]test[.]ts$|/test-' },
  to: { dependencyTypes: ['core'], pathNot: '^(node:)?util$' },
};

module.exports = {
  forbidden: [
    ...directions,
    pure,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'package-stands-alone',
      comment: 'instrumentation/ is published: it may not reach into the rest of the checkout',
      severity: 'error',
      from: { path: '^instrumentation/' },
      to: { path: '^(scripts|app|test)/' },
    },
    {
      name: 'main-alone',
      comment: 'nothing imports main.ts',
      severity: 'error',
      from: {},
      to: { path: '^scripts/main[.]ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: '/dist/' },
  },
};
