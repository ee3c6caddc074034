import type { IncomingMessage, ServerResponse } from 'node:http';
import { offer, offered } from '../api/offers.ts';

export type Attributes = Record<string, string | number | boolean>;

/** Astro's own instance of a component, whose methods the build has put behind ours. */
export interface ComponentInstance {
  factory: { name?: string; moduleId?: string };
  onetrace_init(result: object): unknown;
  onetrace_render(destination: object): unknown;
}

/** Follows the loop that renders a stream without recursion (Astro 7). */
export interface Walk {
  /** Initialises a component; what is pushed on the stack then tells when its template has been walked. */
  init(instance: ComponentInstance & { init(result: object): unknown }, result: object, stack: unknown[]): unknown;
  /** Whether this entry of the stack was such a mark. */
  left(node: unknown): boolean;
  /** Runs it as part of the component that is being walked. */
  run<T>(work: () => T): T;
  /** Rendering of what is neither text nor a template. */
  dynamic<T extends (...args: never[]) => unknown>(node: unknown, work: T): T;
}

/** The options that the build hands to the running server; the environment overrules them. */
export interface ComponentOptions {
  components?: boolean;
  minMs?: number;
  depth?: number;
  repeat?: number;
}

/** What code inside the app's bundle may ask of the preload. */
export interface Bridge {
  /** Names the server span of the request that is being handled; the first name stays. */
  nameRoute(route: string): void;
  /** `islandKey` is the same in all instances of one build. */
  configure(options: ComponentOptions, islandKey: string): void;
  /** A request begins. Makes the server span if nothing else has. */
  incoming<T>(request: IncomingMessage, response: ServerResponse, run: () => T): T;
  /** The same, where there is no Node request: in development, and with other adapters. */
  handled(request: Request, run: () => Promise<Response>): Promise<Response>;
  /** From here to `handled` the route is looked up. */
  routeMatch(): void;
  /** The span takes the attributes over, and the app adds to them: a new object for each call. */
  span<T>(name: string, attributes: Attributes, run: () => T): T;
  /** A span that may be folded with others of the same key. */
  repeated<T>(key: unknown, describe: () => { name: string; attributes: Attributes }, run: () => T): T;
  /** Returns what to call when the files have been looked through. */
  staticLookup(): (() => void) | undefined;
  page<T>(attributes: Attributes, run: () => Promise<T>): Promise<T>;
  /** The frontmatter of the page itself. */
  pageComponent<T>(result: object, factory: ComponentInstance['factory'], run: () => Promise<T>): Promise<T>;
  /** The markup of the page, until the last of it has been rendered. */
  body<T>(result: object, run: () => T): T;
  init(instance: ComponentInstance, result: object): unknown;
  render(instance: ComponentInstance, destination: object): unknown;
  /** `undefined` where nothing is recorded: then the loop does what it does without the preload. */
  walk(): Walk | undefined;
  /** Says in the address of a server island which page it is in. */
  islandToken(): string | undefined;
  write<T>(destination: ServerResponse, run: () => T): T;
}

export function bridge(): Bridge | undefined {
  return offered('astro') as Bridge | undefined;
}

export function openBridge(open: Bridge): void {
  offer('astro', open);
}
