import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findPython } from "../../../processes/python";
import { visible } from "../../../provider/api/visible";
import { shellWord } from "../../../report/shellWord";
import { commandLine } from "../../commandLine";
import type { Aim } from "../../flags";
import { byHand, foundPulumi } from "../../project/pulumiCli";
import { type Finding, problem } from "../finding";
import { prefectIn } from "../prefectIn";

/** The oldest Node.js that Pulumi's SDK still supports. */
const oldestNode = 22;
/** The oldest Prefect whose workers and flows are tested with this package. */
const oldestPrefect = [3, 2];

export async function checkPulumi(isNeeded: boolean, environment: NodeJS.ProcessEnv, given?: Aim): Promise<Finding> {
  const part = "Pulumi CLI";
  const PATH = foundPulumi(environment);
  if (PATH === undefined) {
    return problem(
      part,
      isNeeded,
      "not found",
      `${commandLine("deploy", given)} installs it after asking; or ${byHand}`,
    );
  }
  try {
    const { stdout } = await promisify(execFile)("pulumi", ["version"], {
      env: { ...environment, PATH, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    return { part, level: "ok", found: visible(stdout.trim()) };
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    return problem(part, isNeeded, `it can't be run (${visible(reason)})`, byHand);
  }
}

export function checkNode(version = process.versions.node): Finding {
  const part = "Node.js";
  const found = `${version}, ${process.execPath}`;
  if (Number(version.split(".")[0]) >= oldestNode) return { part, level: "ok", found };
  return problem(
    part,
    false,
    `${found}, which gets no more updates of Pulumi's SDK`,
    `install Node.js ${oldestNode} or later (https://nodejs.org)`,
  );
}

/** The Python that runs the flows, and its Prefect. */
export async function checkPrefect(
  folder: string,
  isNeeded: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<Finding> {
  const part = "Python and Prefect";
  const found = await prefectIn(findPython([folder], environment));
  if ("problem" in found) return problem(part, isNeeded, found.problem, found.remedy);
  const { python, pythonVersion, prefectVersion } = found;
  const text = visible(`Prefect ${prefectVersion}, Python ${pythonVersion}, ${python}`);
  const parts = prefectVersion.split(".").map(Number);
  const i = oldestPrefect.findIndex((part, i) => part !== parts[i]);
  const isOld = i >= 0 && (parts[i] ?? 0) < (oldestPrefect[i] ?? 0);
  if (!isOld) return { part, level: "ok", found: text };
  const upgrade = `${visible(shellWord(python))} -m pip install --upgrade "prefect>=${oldestPrefect.join(".")}"`;
  return problem(part, isNeeded, `${text}: too old`, upgrade);
}
