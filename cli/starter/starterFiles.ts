import * as fs from "node:fs";
import * as path from "node:path";
import { projectFiles } from "../../importer/projectFiles";

/** What has been written beside what was there. */
export interface Written {
  /** The names of the files. */
  written: string[];
  /** Those that were there already. */
  kept: string[];
}

/**
 * Writes a YAML, or a program with what a program needs; what is there stays as it is.
 *
 * @param file the YAML or the program, which isn't there yet
 * @param project the Pulumi project of a program; undefined for a YAML
 */
export function writeStarter(file: string, text: string, project: string | undefined): Written {
  const folder = path.dirname(file);
  const others = project === undefined ? [] : projectFiles(project);
  const missing = others.filter(([name]) => !fs.existsSync(path.join(folder, name)));
  for (const [name, content] of [[path.basename(file), text] as const, ...missing]) {
    fs.writeFileSync(path.join(folder, name), content, { flag: "wx" });
  }
  const written = [path.basename(file), ...missing.map(([name]) => name)];
  return { written, kept: others.map(([name]) => name).filter((name) => !written.includes(name)) };
}
