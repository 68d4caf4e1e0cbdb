import * as path from "node:path";
import { withoutCredentials } from "../../../processes/environment";
import { findPython } from "../../../processes/python";
import { programFolder } from "../programFolder";
import { scriptFolder } from "./flowFactsCache";
import type { Reader } from "./flowReader";
import { pythonOutside } from "./pythonOutside";

/** Names of variables that flow files see although they look like credentials. */
const givenBack = ({ META_PREFECT__FLOWS_ENV: names = "" }: NodeJS.ProcessEnv) =>
  names.split(",").map((name) => name.trim());

/** What imports flow files: the Python of the flows, without the credentials of this process. */
export function importing(folder: string): Reader {
  return {
    python: findPython([programFolder(), folder]),
    args: [path.join(scriptFolder, "flow_facts.py")],
    cwd: programFolder(),
    env: withoutCredentials(process.env, givenBack(process.env)),
  };
}

/**
 * What reads the text of flow files: a Python that has nothing to do with them, and takes in nothing from
 * where they are.
 *
 * @param otherwise the Python in its place where there is none
 * @param script what it runs
 */
export function reading(folder: string, otherwise?: string, script = "static_facts.py"): Reader | undefined {
  const { python = otherwise, path: outside } = pythonOutside([programFolder(), folder]);
  if (python === undefined) return undefined;
  const { HOME } = process.env;
  return {
    python,
    // isolated, without site-packages, and writing no byte code
    args: ["-I", "-S", "-B", path.join(scriptFolder, script)],
    cwd: path.parse(process.cwd()).root,
    env: { PATH: outside, ...(HOME !== undefined && { HOME }) },
  };
}

/** The variables that flow files don't see and that a text names, such as an error's. */
export function withheldIn(text: string, { env }: Reader): string[] {
  const words = new Set(text.toUpperCase().split(/\W+/));
  return Object.keys(process.env).filter((name) => !(name in env) && words.has(name.toUpperCase()));
}
