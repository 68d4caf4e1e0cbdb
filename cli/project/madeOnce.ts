import * as fs from "node:fs";

/** Makes a file, whole, unless it is there, be it by another command at the same moment; says whether it was made here. */
export function madeOnce(file: string, text: string, mode = 0o666): boolean {
  if (isThere(file)) return false;
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, text, { mode, flush: true });
  try {
    fs.linkSync(temporary, file);
    return true;
  } catch (error) {
    if (isThere(file)) return false;
    throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** Whether something is there, be it a link that leads nowhere. */
export function isThere(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
