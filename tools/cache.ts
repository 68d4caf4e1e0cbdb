import * as fs from "node:fs";
import * as path from "node:path";
import { cacheFolder as ofUser } from "../processes/cacheFolder";
import { giveBack, takeLock } from "../processes/lock";
import { until } from "../processes/until";
import { step } from "./progress";

/** Where what was built or installed is kept between checkouts: META_PREFECT__CACHE, else `meta-prefect` in the user's cache folder. */
export const cacheFolder = process.env.META_PREFECT__CACHE ?? ofUser();

const marker = ".complete";

/**
 * The folder `name` of the cache, filled by `fill` unless an earlier run finished that. One that was interrupted, or that doesn't
 * `work` any more, is begun anew. Of several processes that need it at once one fills it, and the others wait.
 */
export async function cached(
  name: string,
  works: (folder: string) => Promise<boolean>,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = path.join(cacheFolder, name);
  const isReady = async () => fs.existsSync(path.join(folder, marker)) && (await works(folder));
  if (await isReady()) return folder;
  fs.mkdirSync(cacheFolder, { recursive: true });
  const lock = `${folder}.lock`;
  await turn(lock, name);
  try {
    if (await isReady()) return folder;
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder);
    await fill(folder);
    fs.writeFileSync(path.join(folder, marker), "");
    return folder;
  } finally {
    giveBack(lock);
  }
}

/** Takes the lock, after whoever has it. */
async function turn(lock: string, name: string): Promise<void> {
  const owner = takeLock(lock);
  if (!owner) return;
  await step(`waiting for process ${owner.pid}, which is making ${name} in ${cacheFolder}`, async () => {
    await until(() => !takeLock(lock), { every: 250 });
  });
}
