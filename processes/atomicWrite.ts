import * as fs from "node:fs";

/**
 * Writes a file, for its owner alone, of which a reader finds the old text or the new one, never a part, whatever interrupts the writing. The
 * package write-file-atomic isn't as careful: on a disk that gets full it puts a part in the file's place, without an
 * error.
 *
 * @param flush whether the text also outlives a power failure
 */
export function writeAtomically(file: string, text: string, { flush = true } = {}): void {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(temporary, text, { flush, mode: 0o600 });
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}
