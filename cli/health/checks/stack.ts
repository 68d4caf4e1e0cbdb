import * as fs from "node:fs";
import * as path from "node:path";
import type { PrefectClient } from "../../../provider/api/client";
import { messageOf } from "../../../provider/api/errors";
import { shellWord } from "../../../report/shellWord";
import { commandLine } from "../../commandLine";
import type { Aim } from "../../flags";
import { ownStateOf } from "../../project/backend";
import { isEncrypted, passPhraseFile, passPhraseProblem } from "../../project/passPhrase";
import { type Place, settingsFile } from "../../project/place";
import type { StackState } from "../../project/stackState";
import { type Finding, problem } from "../finding";
import { workerStates, type WorkerWithState } from "../workerStates";

/** Where the pass phrase is, without which a stack can't be read. */
export function checkPassPhrase(place: Place, environment: NodeJS.ProcessEnv): Finding {
  try {
    return passPhraseFinding(place, environment);
  } catch (error) {
    return problem("pass phrase", true, messageOf(error), "mend that file");
  }
}

function passPhraseFinding(place: Place, environment: NodeJS.ProcessEnv): Finding {
  const part = "pass phrase";
  if (environment.PULUMI_CONFIG_PASSPHRASE !== undefined || environment.PULUMI_CONFIG_PASSPHRASE_FILE) {
    return { part, level: "ok", found: "that of PULUMI_CONFIG_PASSPHRASE" };
  }
  if (ownStateOf(place, environment) === undefined) {
    const stack = place.env ?? environment.PULUMI_STACK;
    const settings = stack ? settingsFile(place, stack) : undefined;
    if (settings === undefined || !isEncrypted(settings)) {
      return { part, level: "ok", found: "the affair of the backend" };
    }
    const name = path.basename(settings);
    const remedy = `set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to that by which ${name} is encrypted`;
    return problem(part, true, "missing", remedy);
  }
  const missing = passPhraseProblem(place);
  if (missing !== undefined) return problem(part, true, "missing", missing);
  const kept = passPhraseFile(place.folder);
  if (!fs.existsSync(kept)) return { part, level: "ok", found: "none yet; the first deploy makes one" };
  const isOpen = (fs.statSync(kept).mode & 0o077) !== 0;
  return isOpen
    ? problem(part, false, `${kept} can be read by others`, `chmod 600 ${shellWord(kept)}`)
    : { part, level: "ok", found: kept };
}

/** Why the settings of the stack couldn't be read. */
export function settingsFinding(env: string, error: Error): Finding {
  return problem("settings", true, `those of ${env} can't be read`, messageOf(error));
}

/** What the backend gave, or why it didn't. */
export function backendFinding(place: string, env: string, state: StackState | undefined | Error): Finding {
  const part = "backend";
  if (state instanceof Error) return problem(part, true, place, messageOf(state));
  const what = state ? `${state.deployments.length} deployments in ${env}` : `no stack ${env} yet`;
  return { part, level: "ok", found: `${place}, ${what}` };
}

/** The workers of the stack, each a finding. */
export async function checkWorkers(
  client: PrefectClient | undefined,
  { workers }: StackState,
  given?: Aim,
): Promise<Finding[]> {
  let states: WorkerWithState[];
  try {
    states = await workerStates(client, workers);
  } catch (error) {
    return [problem("workers", true, "the server doesn't say how they are", messageOf(error))];
  }
  return states.map(({ worker, state: { says, condition } }) => {
    const part = `worker ${worker.args.name}`;
    if (condition === "online" || condition === "running") return { part, level: "ok", found: says };
    if (condition === "unknown") return problem(part, false, says, "mend the Prefect server first");
    const remedy =
      condition === "offline"
        ? "start it where it runs; its log there says why it ended"
        : condition === "unheard"
          ? `${commandLine("worker logs", given)} says why`
          : commandLine("worker restart", given);
    return problem(part, true, says, remedy);
  });
}
