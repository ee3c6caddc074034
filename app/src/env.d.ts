/// <reference types="astro/client" />

declare module '*?worker-url' {
  /** file URL of a module for `new Worker()`: see vite/worker-url.ts */
  const url: string;
  export default url;
}

declare namespace App {
  interface Locals {
    requestId: string;
  }
}
