/** As much of Vite's plugin as is needed here, which is the same in the versions that Astro 5, 6 and 7 bring. */
interface SourceMapsPlugin {
  name: string;
  config(config: BuildConfig, at: { isSsrBuild?: boolean }): BuildConfig | undefined;
  configEnvironment(name: string, config: BuildConfig): BuildConfig | undefined;
}

interface BuildConfig {
  build?: { sourcemap?: boolean | 'inline' | 'hidden' };
}

/**
 * Source maps for what runs on the server, so that the profiler can name functions as their author does. Never for what browsers
 * load: they would publish the sources. Where the site has decided for itself, that counts.
 */
export function sourceMapsPlugin(chosen: boolean): SourceMapsPlugin {
  const wanted: BuildConfig = { build: { sourcemap: true } };
  return {
    name: 'onetrace-source-maps',
    // 5 builds the server on its own; 6 and 7 have an environment for it.
    config: (_config, { isSsrBuild }) => (isSsrBuild && !chosen ? wanted : undefined),
    configEnvironment: (name) => (name === 'ssr' && !chosen ? wanted : undefined),
  };
}
