import { isRunning } from "../../processes/localProcess";
import { resolveAddress } from "../../provider/api/connection";
import { PrefectError, UnconfiguredError } from "../../provider/api/errors";
import type { Project } from "../project/project";
import { stackSettings } from "../project/stackClient";
import { agrees } from "../terminal/question";
import { say } from "../terminal/say";
import { recordedServer } from "./localServer";
import { naming } from "./ownServer";
import { serverCommand } from "./serverCommand";
import { startShown } from "./shown";

/**
 * Offers to start a Prefect server of the folder's own where none is configured, and to start it again when it was stopped. Never without a
 * yes.
 *
 * @throws PrefectError when there is no server, and none is wanted
 */
export async function ensureServer(project: Project, yes: boolean | undefined): Promise<void> {
  const question = await questionFor(project);
  if (question === undefined) return;
  if (!yes && !(await agrees(question.text))) throw question.otherwise;
  const apiUrl = await startShown(project, project.variables);
  project.variables = naming(apiUrl, project.variables);
  say(`started a Prefect server of this folder, at ${apiUrl}; to stop it: ${serverCommand("stop", project.given)}`);
}

interface Question {
  text: string;
  otherwise: PrefectError;
}

/** What is to be asked; undefined where a server is configured that isn't ours to start. */
async function questionFor(project: Project): Promise<Question | undefined> {
  const own = recordedServer(project.folder);
  const named = configuredAddress(() => undefined, project.variables);
  // the stack's own configuration goes first, but takes a process of Pulumi's to read
  if (typeof named === "string" && named !== own?.apiUrl) return undefined;
  const address = configuredAddress(await stackSettings(project), project.variables);
  const start = serverCommand("start", project.given);
  if (typeof address !== "string") {
    return {
      text: "no Prefect server is configured. Start one for this folder, on this machine?",
      otherwise: new PrefectError(`there is no Prefect server; run ${start}, or set PREFECT_API_URL`),
    };
  }
  if (own?.apiUrl !== address || isRunning(own)) return undefined;
  return {
    text: "the Prefect server of this folder isn't running. Start it?",
    otherwise: new PrefectError(`the Prefect server of this folder isn't running; run: ${start}`),
  };
}

function configuredAddress(
  settings: (key: string) => string | undefined,
  variables: NodeJS.ProcessEnv,
): string | UnconfiguredError {
  try {
    return resolveAddress(settings, variables);
  } catch (error) {
    if (error instanceof UnconfiguredError) return error;
    throw error;
  }
}
