import * as nodeModule from "node:module";
import { cacheFolder } from "../processes/cacheFolder";

/** What Node.js has from 22.8 on, later than the types that this project is compiled with. */
const { enableCompileCache } = nodeModule as { enableCompileCache?: (folder: string) => unknown };

/**
 * Where Node.js keeps what it has compiled of packages, as its own variable NODE_COMPILE_CACHE names it. A program loads Pulumi's
 * SDK at each run, and its resources' process once more: with Node.js 24 a preview takes a fifth less of the processor's time.
 */
export const compileCache = process.env.NODE_COMPILE_CACHE ?? cacheFolder("compiled");

/** Has this process use it, for all that it loads from now on. */
export function useCompileCache(): void {
  enableCompileCache?.(compileCache);
}
