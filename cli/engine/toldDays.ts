import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { skippedDaysFile } from "../../components/skippedDaysFile";

/**
 * Does something with variables by which a program tells which holidays its schedules skip, and gives what it told.
 *
 * @param work gets the variables
 */
export async function withSkippedDays<Done>(
  work: (variables: NodeJS.ProcessEnv) => Promise<Done>,
): Promise<[done: Done, told: unknown[]]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "meta-prefect-days-"));
  const file = path.join(folder, "days");
  try {
    const done = await work({ [skippedDaysFile]: file });
    return [done, fs.existsSync(file) ? linesOf(fs.readFileSync(file, "utf8")) : []];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What a program of another version has written otherwise is left out. */
function linesOf(text: string): unknown[] {
  return text.split("\n").flatMap((line): unknown[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}
