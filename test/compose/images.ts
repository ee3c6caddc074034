import { access, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { $ } from 'zx';
import { root } from '../../scripts/stack/paths.ts';
import type { Engine } from './engine.ts';

/** Programs of this machine that the images are made of. */
export interface Programs {
  jaeger: string;
  otelcol: string;
}

/** Every image that the stack is made of, as its own files pin them: the official ones, and what the app (no tag) is built from. */
export async function pinnedImages(env: NodeJS.ProcessEnv): Promise<string[]> {
  const listed = await $({ env, cwd: root, quiet: true })`docker compose config --images`;
  const dockerfile = await readFile(join(root, 'app/Dockerfile'), 'utf8');
  const node = /^ARG NODE_IMAGE=(\S+)$/m.exec(dockerfile)?.[1];
  if (node === undefined) throw new Error('expected ARG NODE_IMAGE=… in app/Dockerfile, found none');
  return [...new Set(listed.stdout.trim().split('\n'))].filter((image) => image.includes(':')).concat(node);
}

/** Whether an engine has the official images, or can pull them. */
export async function canPull({ env }: Engine): Promise<boolean> {
  for (const image of await pinnedImages(env)) {
    const here = await $({ env, quiet: true, nothrow: true })`docker image inspect ${image}`;
    if (here.exitCode === 0) continue;
    const pulled = await $({ env, quiet: true, nothrow: true, timeout: '10m' })`docker pull --quiet ${image}`;
    if (pulled.exitCode !== 0) return false;
  }
  return true;
}

/**
 * Builds images from the programs of this machine and gives them the official names, so that `docker compose up` runs for
 * real where no registry can be reached: same accounts, entry points, tools and absence of tools as the official ones.
 */
export async function buildStandIns({ env }: Engine, cache: string, programs: Programs): Promise<void> {
  const base = 'onetrace-test/debian:bookworm';
  // Imported anew it would be another image, and nothing of what was built on it could be used again.
  const imported = await $({ env, quiet: true, nothrow: true })`docker image inspect ${base}`;
  if (imported.exitCode !== 0)
    await $({ env, quiet: true })`docker import ${join(cache, 'debian-bookworm.tar.gz')} ${base}`;
  // Stages that no build has used for days; younger ones are what makes the next build of the app short.
  await $({ env, quiet: true })`docker image prune --force --filter until=72h`;
  for (const image of await pinnedImages(env)) {
    const [name = '', tag = ''] = image.split(':');
    const files = await contents(name, tag, cache, programs);
    await build(env, image, base, name.split('/').at(-1) ?? name, files);
  }
}

/** What is copied into the image: name in the context → file or folder of this machine. */
async function contents(name: string, tag: string, cache: string, programs: Programs): Promise<Record<string, string>> {
  switch (name) {
    case 'jaegertracing/jaeger':
      return { jaeger: programs.jaeger };
    case 'otel/opentelemetry-collector-contrib':
      return { otelcol: programs.otelcol };
    case 'nginx':
      return { 'docker-entrypoint.sh': join(import.meta.dirname, 'images/docker-entrypoint.sh') };
    case 'node':
      return nodeContents(tag.split('-')[0] ?? tag, cache);
    default:
      throw new Error(
        `expected an image that can be built here, got ${name}: add test/compose/images/*.Dockerfile for it`,
      );
  }
}

/** Node of exactly the tag's version and the npm line that comes with it, and what the host has to reach the registry. */
async function nodeContents(version: string, cache: string): Promise<Record<string, string>> {
  const node = `node-${process.platform}-${process.arch}`;
  const directory = join(cache, `node-${version}`);
  const modules = join(directory, 'node_modules');
  if (!(await exists(join(modules, 'npm')))) {
    await mkdir(directory, { recursive: true });
    await $({ cwd: directory, quiet: true })`npm install --no-save --prefix ${directory} ${node}@${version} npm@11`;
  }
  const registry = (await $({ quiet: true })`npm config get registry`).stdout.trim();
  await writeFile(join(directory, 'npmrc'), `registry=${registry}\n`);
  return {
    node: join(modules, node, 'bin/node'),
    npm: join(modules, 'npm'),
    npmrc: join(directory, 'npmrc'),
    'ca-certificates.crt': '/etc/ssl/certs/ca-certificates.crt',
  };
}

/** The context is a folder of links, sent dereferenced: nothing of it is copied on this machine. */
async function build(env: NodeJS.ProcessEnv, tag: string, base: string, name: string, files: Record<string, string>) {
  const context = await mkdtemp(join(tmpdir(), 'onetrace-image-'));
  try {
    const dockerfile = join(import.meta.dirname, 'images', `${name}.Dockerfile`);
    for (const [link, target] of Object.entries({ ...files, Dockerfile: dockerfile }))
      await symlink(target, join(context, link));
    const options = ['--quiet', '--build-arg', `BASE=${base}`, '--tag', tag];
    await $({ env, quiet: true })`tar --dereference --create --directory ${context} . | docker build ${options} -`;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
