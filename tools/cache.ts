import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Where what was built or installed is kept between checkouts: META_PREFECT__CACHE, else `meta-prefect` in the user's cache folder. */
export const cacheFolder =
  process.env.META_PREFECT__CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "meta-prefect");

const marker = ".complete";

/**
 * The folder `name` of the cache, filled by `fill` unless an earlier run finished that. One that was interrupted, or that doesn't
 * `work` any more, is begun anew.
 */
export async function cached(
  name: string,
  works: (folder: string) => Promise<boolean>,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = path.join(cacheFolder, name);
  if (fs.existsSync(path.join(folder, marker)) && (await works(folder))) return folder;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  await fill(folder);
  fs.writeFileSync(path.join(folder, marker), "");
  return folder;
}
