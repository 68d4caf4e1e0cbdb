import * as fs from "node:fs";
import * as path from "node:path";

/**
 * A folder below the cache that is there whole or not at all, whatever interrupts its making: it is filled under another name. Of two that fill it
 * at once the first counts.
 */
export async function installed(folder: string, fill: (folder: string) => Promise<void> | void): Promise<string> {
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const temporary = fs.mkdtempSync(`${folder}.`);
  try {
    await fill(temporary);
    fs.renameSync(temporary, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}
