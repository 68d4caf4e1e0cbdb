import * as fs from "node:fs";
import * as path from "node:path";
import { messageOf } from "../../api/errors";
import { recall, remember } from "./flowFactsCache";
import type { Answer, Reader } from "./flowReader";
import { flowsMode } from "./flowsMode";
import { ImportPatience } from "./importPatience";
import { pathHint } from "./pathHint";
import { importing, reading, withheldIn } from "./readers";

/** What a flow says of itself by the decorators of the Python package, in the words of a deployment's arguments. */
export interface FlowNeeds {
  /** By `@kubernetes`, a number of CPUs or Kubernetes' text. */
  cpu?: number | string;
  /** By `@kubernetes`, in Kubernetes' text. */
  memory?: string;
  /** By `@dask`. */
  dask?: { workers: number };
  /** By `@versioneer`: "git". */
  version?: string;
  /** By `@tags_resolver`. */
  tags?: string[];
}

/** What Prefect's own loader tells of a flow, as `prefect deploy` would store it, and what code it runs. */
export interface FlowFacts {
  name: string;
  description: string | null;
  /** JSON text of the schema of its parameters. */
  parameterOpenapiSchema: string;
  /** The name of its `**kwargs`, if it has them. */
  more: string | null;
  /** 16 hex digits over the files below its folder that it imports; null for a module that isn't there. */
  codeHash: string | null;
  /** Absent when it says nothing. */
  needs?: FlowNeeds;
  /** Whether its code imports the package meta_prefect from elsewhere than its folder. @default false */
  usesPackage?: boolean;
  /** Whether the Python that imported it hasn't got that package, so that it was lent one. @default false */
  lacksPackage?: boolean;
}

export type FlowReading =
  /**
   * A warning says why the flow was not imported, or what its text doesn't tell: types and defaults may be missing. Whether it says no more
   * than that is `isOfSchema`.
   */
  { facts: FlowFacts; warning?: string; isOfSchema?: boolean } | { error: string };

/** How long a file may take to be read without an import, in seconds. */
const textPatience = 30;

/**
 * Reads a flow, in one Python process for all flows of the program; not again while nothing that it was read from has
 * changed. By default Prefect's own loader imports its file: the program waits about 1.5 s for the first flow, no time
 * for one whose facts are kept. With META_PREFECT__FLOWS=static only its text is read.
 *
 * @param folder absolute path of the folder that the entrypoint is relative to
 * @param entrypoint `<file>:<function>`, `<file>:<class>.<method>` or `<module>.<function>`
 * @param patience of the program, which all its flows share
 */
export function readFlow(folder: string, entrypoint: string, patience = new ImportPatience()): FlowReading {
  const file = entrypoint.includes(":") ? entrypoint.slice(0, entrypoint.lastIndexOf(":")) : undefined;
  const missing = [folder, ...(file ? [path.resolve(folder, file)] : [])].find((place) => !fs.existsSync(place));
  if (missing) {
    const hint = pathHint(missing);
    return { error: `flow "${entrypoint}": ${missing} does not exist${hint}; correct the path or the entrypoint` };
  }
  try {
    const flow = { folder, entrypoint };
    return flowsMode(process.env) === "static" ? readText(flow) : readByImport(flow, patience);
  } catch (error) {
    return { error: `flow "${entrypoint}": ${messageOf(error)}` };
  }
}

/** The name that Prefect gives to a flow whose decorator names none: its function's, with dashes. */
export function defaultFlowName(entrypoint: string): string {
  return (entrypoint.split(/[:.]/).at(-1) ?? entrypoint).replaceAll("_", "-");
}

interface Flow {
  folder: string;
  entrypoint: string;
}

const named = ({ folder, entrypoint }: Flow) => `flow "${entrypoint}" in ${folder}`;

function readByImport(flow: Flow, patience: ImportPatience): FlowReading {
  const reader = importing(flow.folder);
  const remembered = recall({ ...flow, reader });
  if (remembered) return { facts: remembered };
  if (patience.left === 0) {
    const found = readText(flow, reader.python);
    return "error" in found ? found : { facts: found.facts, warning: patience.warning() };
  }
  const answer = patience.during(() => ask(reader, flow, patience.left));
  const why = answer.error?.message ?? answer.warning;
  const withheld = why === undefined ? [] : withheldIn(why, reader);
  const remedy =
    withheld.length === 0
      ? ""
      : `; flow files don't see ${withheld.join(", ")}, like all that may be a credential, unless ` +
        `META_PREFECT__FLOWS_ENV=${withheld.join(",")} is set`;
  if (!answer.facts) {
    const ofPython = (message: string) =>
      `Prefect can't be used in ${reader.python} (${message}); install prefect there, ` +
      "or name the Python that has it by META_PREFECT__PYTHON";
    return { error: explain(answer, flow, ofPython) + remedy };
  }
  if (answer.warning === undefined) return { facts: answer.facts };
  const warning =
    `${named(flow)} could not be imported (${answer.warning}), so its parameters were read from its text alone; ` +
    `types and defaults may be missing${remedy}`;
  return { facts: answer.facts, warning, isOfSchema: true };
}

/** @param otherwise the Python that reads it where none is outside of the repository */
function readText(flow: Flow, otherwise?: string): FlowReading {
  const reader = reading(flow.folder, otherwise);
  if (!reader) {
    return {
      error:
        `${named(flow)} can't be read from its text, since no python3 on the PATH is outside of its repository; ` +
        "install one, or name one by META_PREFECT__PYTHON",
    };
  }
  const remembered = recall({ ...flow, reader });
  if (remembered) return { facts: remembered };
  const answer = ask(reader, flow, textPatience);
  if (!answer.facts) {
    const ofPython = (message: string) =>
      `Python could not read its text (${message}); mend the file, or name another Python by META_PREFECT__PYTHON`;
    return { error: explain(answer, flow, ofPython) };
  }
  if (!answer.unread) return { facts: answer.facts };
  const ofDecorators = answer.unread.some((what) => what.includes(" of @"));
  const byHand = `parameterOpenapiSchema, ${ofDecorators ? "description, cpu, memory, dask or tags" : "or description"}`;
  const warning =
    `${named(flow)} was read from its text alone, which doesn't tell ${answer.unread.join(", ")}; ` +
    `give ${byHand}, where that matters`;
  return { facts: answer.facts, warning, isOfSchema: !ofDecorators };
}

function ask(reader: Reader, flow: Flow, timeout: number): Answer {
  // loaded late: most previews find all facts where they were kept
  const { askPython } = require("./flowReader") as typeof import("./flowReader");
  const answer = askPython(reader, { ...flow, timeout });
  if (answer.facts && answer.basis) remember({ ...flow, reader }, answer.facts, answer.basis);
  return answer;
}

function explain({ error }: Answer, flow: Flow, ofPython: (message: string) => string): string {
  const { kind, message } = error ?? { kind: "unreadable", message: "no answer" };
  switch (kind) {
    case "missing":
      return (
        `${named(flow)} was not found (${message}); correct the entrypoint, ` +
        "which is <file>:<function> of a function with @flow"
      );
    case "unreadable":
      return (
        `${named(flow)} can't be read (${message}); mend the file, ` +
        "or give flowName and parameterOpenapiSchema by hand"
      );
    case "decorator":
      return `${named(flow)} can't be imported (${message}); correct the decorator`;
    case "python":
      return `${named(flow)} can't be read, because ${ofPython(message)}`;
  }
}
