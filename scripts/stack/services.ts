import type { Settings } from '../settings.ts';

export type Mode = 'local' | 'compose';

/** A TCP port on 127.0.0.1 and the variable that moves it. */
export interface Port {
  port: number;
  variable: keyof Settings;
}

/** One component of the stack: the single table that start-up, readiness, status and the port check read. */
export interface Service {
  /** Its name in PM2, in Compose and for `make logs S=`. */
  name: 'jaeger' | 'collector' | 'nginx' | 'app';
  title: string;
  /** What a person would open or send to. */
  address: string;
  /** Answers 2xx when the component can do its work, one URL for each instance. */
  health: readonly string[];
  ports: readonly Port[];
}

export const instances = 2;

export function services(settings: Settings, mode: Mode): Service[] {
  const on = (port: number, path = '') => `http://127.0.0.1:${port}${path}`;
  const port = (variable: keyof Settings, offset = 0): Port => ({
    variable,
    port: Number(settings[variable]) + offset,
  });
  // Inside Compose, Jaeger's own OTLP port and the second instance stay on the network of the containers.
  const local = <T>(...only: T[]): T[] => (mode === 'local' ? only : []);
  const appPorts = Array.from({ length: mode === 'local' ? instances : 1 }, (_, n) => port('ONETRACE_APP_PORT', n));
  return [
    {
      name: 'jaeger',
      title: 'Jaeger',
      address: on(settings.ONETRACE_JAEGER_UI_PORT),
      health: [
        mode === 'local'
          ? on(settings.ONETRACE_JAEGER_HEALTH_PORT, '/status')
          : on(settings.ONETRACE_JAEGER_UI_PORT, '/'),
      ],
      ports: [
        port('ONETRACE_JAEGER_UI_PORT'),
        ...local(port('ONETRACE_JAEGER_OTLP_PORT'), port('ONETRACE_JAEGER_HEALTH_PORT')),
      ],
    },
    {
      name: 'collector',
      title: 'OpenTelemetry Collector',
      address: `127.0.0.1:${settings.ONETRACE_OTLP_GRPC_PORT} (gRPC), ${settings.ONETRACE_OTLP_HTTP_PORT} (HTTP)`,
      health: [on(settings.ONETRACE_HEALTH_PORT)],
      ports: [
        port('ONETRACE_OTLP_GRPC_PORT'),
        port('ONETRACE_OTLP_HTTP_PORT'),
        port('ONETRACE_HEALTH_PORT'),
        port('ONETRACE_METRICS_PORT'),
      ],
    },
    {
      name: 'app',
      title: 'Astro under PM2',
      address: appPorts.map(({ port }) => on(port)).join(', '),
      health: appPorts.map(({ port }) => on(port, '/healthz')),
      ports: appPorts,
    },
    {
      name: 'nginx',
      title: 'nginx',
      address: on(settings.ONETRACE_NGINX_PORT),
      health: [on(settings.ONETRACE_NGINX_PORT, '/nginx-health')],
      ports: [port('ONETRACE_NGINX_PORT')],
    },
  ];
}

/** A page with something to see: what `make up` suggests to trace. */
export const demoUrl = (settings: Settings): string =>
  `http://127.0.0.1:${settings.ONETRACE_NGINX_PORT}/freedevtools/svg_icons/8bit/alien/`;
