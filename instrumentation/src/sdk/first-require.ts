import Module from 'node:module';

type Require = (this: NodeJS.Module | undefined, id: string) => unknown;

/** `@scope/name` or `name` behind the last `node_modules/`. */
const PACKAGE_OF_FILE = /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/;
const PACKAGE_OF_ID = /^(?:@[^/]+\/)?[^/.][^/]*/;

/**
 * Calls `act` before the first of these packages is required, or requires something itself: a package that an ES module imports is not
 * required, but its parts are. Hooks that see nothing but `require` see no more than that.
 */
export function beforeFirstRequire(packages: ReadonlySet<string>, act: () => void): void {
  const prototype = Module.prototype as unknown as { require: Require };
  const original = prototype.require;
  let waiting = true;
  const watching: Require = function (id) {
    if (waiting && (packages.has(packageOf(id)) || packages.has(packageAround(this?.filename)))) {
      waiting = false;
      if (prototype.require === watching) prototype.require = original;
      act();
    }
    return Reflect.apply(original, this, [id]);
  };
  prototype.require = watching;
}

function packageOf(id: unknown): string {
  return (typeof id === 'string' && PACKAGE_OF_ID.exec(id)?.[0]) || '';
}

function packageAround(file: string | null | undefined): string {
  return PACKAGE_OF_FILE.exec(file ?? '')?.[1]?.replace('\\', '/') ?? '';
}
