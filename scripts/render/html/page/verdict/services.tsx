import { graphlib, layout } from '@dagrejs/dagre';
import type { Report } from '../../../../report/schema.ts';
import { clean } from '../../../clean.ts';
import { ms } from '../../../numbers.ts';
import { Card } from '../parts/card.tsx';
import { type Column, Table } from '../parts/table.tsx';

type Graph = Report['graph'];
type Calls = Graph['calls'][number];

/** Which service calls which: drawn, and as a table. */
export function Services({ graph, colours }: { graph: Graph; colours: ReadonlyMap<string, string> }) {
  if (graph.services.length < 2) return null;
  const rated = graph.calls.some(({ perSecond }) => perSecond !== null);
  return (
    <Card title="Services" count={graph.services.length}>
      <div class="scroll graph-scroll">
        <Drawing graph={graph} colours={colours} />
      </div>
      <Table columns={rated ? [...columns, rate] : columns} rows={graph.calls} most={20} />
    </Card>
  );
}

const columns: Column<Calls>[] = [
  { title: 'call', class: 'wide', cell: ({ from, to }) => `${clean(from)} → ${clean(to)}` },
  { title: 'calls', class: 'number', cell: ({ calls }) => calls.toLocaleString('en') },
  { title: 'errors', class: 'number', cell: ({ errors }) => (errors > 0 ? `✖ ${errors.toLocaleString('en')}` : '0') },
  { title: 'p50 ms', class: 'number', cell: ({ p50Ms }) => ms(p50Ms) },
  { title: 'p95 ms', class: 'number secondary', cell: ({ p95Ms }) => ms(p95Ms) },
];

/** Only of several traces is it known. */
const rate: Column<Calls> = {
  title: 'per s',
  class: 'number secondary',
  cell: ({ perSecond }) => perSecond?.toLocaleString('en', { maximumFractionDigits: 1 }),
};

const NODE = { width: 168, height: 52 };
const LONGEST_NAME = 20;

/** The table says the same in words, so that the drawing is one image to assistive technology. */
function Drawing({ graph: { services, calls }, colours }: { graph: Graph; colours: ReadonlyMap<string, string> }) {
  const graph = new graphlib.Graph();
  // From left to right where there is room, else downward.
  const rankdir = innerWidth < 900 ? 'TB' : 'LR';
  graph.setGraph({ rankdir, nodesep: 28, ranksep: 84, marginx: 4, marginy: 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  // By number: a name may be anything, `__proto__` too.
  const ids = new Map(services.map(({ name }, index) => [name, String(index)]));
  const idOf = (name: string) => ids.get(name) ?? '';
  for (const id of ids.values()) graph.setNode(id, { ...NODE });
  for (const { from, to } of calls) graph.setEdge(idOf(from), idOf(to), {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return (
    <svg
      class="graph"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label="Calls between the services; the table below has the same"
    >
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="8"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto-start-reverse"
        >
          <path class="graph-arrow" d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      {calls.map((call) => (
        <Edge
          key={`${call.from}→${call.to}`}
          call={call}
          points={graph.edge(idOf(call.from), idOf(call.to)).points ?? []}
        />
      ))}
      {services.map((service) => {
        const { x, y } = graph.node(idOf(service.name)) as { x: number; y: number };
        return (
          <g
            key={service.name}
            class={`graph-node ${colours.get(service.name) ?? 'other'}`}
            transform={`translate(${x - NODE.width / 2} ${y - NODE.height / 2})`}
          >
            <rect width={NODE.width} height={NODE.height} rx="6" />
            <text x="14" y="22" class="graph-name">
              {cut(clean(service.name))}
            </text>
            <text x="14" y="39">
              {describe(service)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

/** A database or another peer has sent no spans: its callers name it. */
function describe({ kind, spans, errors }: Graph['services'][number]): string {
  if (kind !== 'service') return kind;
  const failed = errors > 0 ? ` · ✖ ${errors.toLocaleString('en')}` : '';
  return `${spans.toLocaleString('en')} ${spans === 1 ? 'span' : 'spans'}${failed}`;
}

function Edge({ call, points }: { call: Calls; points: readonly { x: number; y: number }[] }) {
  const middle = points[Math.floor(points.length / 2)];
  const failed = call.errors > 0 ? `, ${call.errors} ✖` : '';
  return (
    <g class={`graph-edge${call.errors > 0 ? ' failed' : ''}`}>
      <path d={`M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`} marker-end="url(#arrow)" />
      {middle && (
        <text
          x={middle.x}
          y={middle.y - 7}
          text-anchor="middle"
        >{`${call.calls.toLocaleString('en')} ×${failed}`}</text>
      )}
    </g>
  );
}

const cut = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);
