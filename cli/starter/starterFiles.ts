import * as path from "node:path";
import { projectFiles } from "../../importer/projectFiles";
import { writeAtomically } from "../../processes/atomicWrite";
import { PrefectError } from "../../provider/api/errors";
import { madeOnce } from "../project/madeOnce";
import { isAsWritten } from "../project/manifest";
import { isOwnManifest, manifestIn } from "../project/place";
import { readSettings } from "../project/settings";

/** What has been written beside what was there. */
export interface Written {
  /** The names of the files. */
  written: string[];
  /** Those that were there already. */
  kept: string[];
}

/** Writes a YAML, which isn't there yet. */
export function writeYaml(file: string, text: string): Written {
  make(file, text);
  return { written: [path.basename(file)], kept: [] };
}

/**
 * Writes a program with what a program needs. What is there stays as it is, but for a Pulumi.yaml that is as it was written for a YAML: it becomes
 * the program's, under the same name, so that what is deployed belongs to the program.
 *
 * @param file the program, which isn't there yet
 * @param usual what the Pulumi project is called where it has no name yet
 */
export function writeProgram(file: string, text: string, usual: string): Written {
  const folder = path.dirname(file);
  const manifest = manifestIn(folder);
  const { name: given } = manifest === undefined ? {} : readSettings(manifest);
  const files = projectFiles(typeof given === "string" ? given : usual).map(([name, content]) => ({
    place: name === "Pulumi.yaml" && manifest !== undefined ? manifest : path.join(folder, name),
    content,
  }));
  const replaced = manifest !== undefined && isAsWritten(manifest) ? manifest : undefined;
  make(file, text);
  const written = files.filter(({ place, content }) => {
    if (place !== replaced) return madeOnce(place, content);
    writeAtomically(place, content);
    return true;
  });
  return {
    written: [path.basename(file), ...written.map(({ place }) => path.basename(place))],
    kept: files.filter((one) => !written.includes(one)).map(({ place }) => path.basename(place)),
  };
}

/** The Pulumi.yaml of a folder in which a program stands that isn't run, as the one of a YAML is; undefined where it is run. */
export function manifestOfYaml(folder: string): string | undefined {
  const manifest = manifestIn(folder);
  return manifest !== undefined && isOwnManifest(manifest) ? path.basename(manifest) : undefined;
}

function make(file: string, text: string): void {
  if (!madeOnce(file, text)) throw new PrefectError(`${file} is there already, and stays as it is`);
}
