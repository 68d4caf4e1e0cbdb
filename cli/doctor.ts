import { Command } from "commander";
import { PrefectError } from "../provider/api/errors";
import { visible } from "../provider/api/visible";
import { type Flags, withFlags } from "./flags";
import { checkDisk } from "./health/checks/disk";
import { checkEks } from "./health/checks/eks";
import { checkNode, checkPrefect, checkPulumi } from "./health/checks/programs";
import { checkServer } from "./health/checks/server";
import { backendFinding, checkPassPhrase, checkWorkers } from "./health/checks/stack";
import type { Finding } from "./health/finding";
import { environmentName } from "./project/environmentName";
import { usesEks } from "./project/packages";
import { isMade, type Place, placeIfAny } from "./project/place";
import { openProject, type Project } from "./project/project";
import { foundPulumi } from "./project/pulumiCli";
import { settingsOfFiles, stackSettings } from "./project/stackClient";
import { stackState } from "./project/stackState";
import { type Colours, coloursOf } from "./terminal/colours";
import { print, printJson, say } from "./terminal/say";

export const command = withFlags(new Command("doctor")).action(async (flags: Flags) => {
  const place = placeIfAny(flags);
  const findings = await examine(place, flags, process.env);
  const failed = findings.filter(({ level }) => level === "error");
  if (flags.json) printJson({ folder: place?.folder ?? process.cwd(), ok: failed.length === 0, findings });
  else for (const line of lines(findings, coloursOf(process.stdout))) print(line);
  if (!place)
    say("there is no meta_prefect.yaml and no Pulumi.yaml here, so nothing is needed yet; run: meta-prefect init");
  if (failed.length > 0)
    throw new PrefectError(`${failed.length} of what this folder needs ${failed.length === 1 ? "is" : "are"} amiss`);
});

/** Looks at everything, several things at a time; makes and changes nothing. */
async function examine(place: Place | undefined, flags: Flags, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const folder = place?.folder ?? process.cwd();
  const isYaml = place?.file !== undefined;
  const isEks = isYaml && usesEks({ file: place.file as string, env: environmentName(place) ?? "dev" });
  const [pulumi, prefect, stack, eks] = await Promise.all([
    checkPulumi(environment),
    checkPrefect(folder, isYaml, environment),
    place && examineStack(place, flags, environment),
    isEks ? checkEks(environment) : [],
  ]);
  const server = stack ?? [(await checkServer({ folder }, false, () => undefined, environment)).finding];
  return [pulumi, checkNode(), prefect, ...server, ...eks, checkDisk(folder)];
}

/** Server, pass phrase, backend and workers of the folder's stack. */
async function examineStack(place: Place, flags: Flags, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { env = "the selected stack" } = place;
  const passPhrase = checkPassPhrase(place, environment);
  const project = passPhrase.level === "error" ? undefined : await opened(place, flags, environment);
  const variables = project?.variables ?? environment;
  const [state, settings] = await Promise.all([
    project && stackState(project).catch((error: unknown) => error as Error),
    project ? stackSettings(project).catch(() => settingsOfFiles(place)) : settingsOfFiles(place),
  ]);
  const where = project?.ownState ?? variables.PULUMI_BACKEND_URL ?? "the one that Pulumi is logged in to";
  const backend = project ? [backendFinding(where, env, state)] : [];
  const { finding, client } = await checkServer(place, true, settings, variables);
  const workers = state && !(state instanceof Error) ? await checkWorkers(client, state) : [];
  return [finding, passPhrase, ...backend, ...workers];
}

/** The project, where opening it makes nothing that isn't there. */
async function opened(place: Place, flags: Flags, environment: NodeJS.ProcessEnv): Promise<Project | undefined> {
  return isMade(place) && foundPulumi(environment) !== undefined ? openProject(flags, environment) : undefined;
}

function lines(findings: Finding[], { green, yellow, red }: Colours): string[] {
  const paints = { ok: green, warning: yellow, error: red };
  const width = Math.max(...findings.map(({ part }) => visible(part).length));
  return findings.flatMap(({ part, level, found, remedy }) => [
    `${paints[level](level.padEnd(7))}  ${visible(part).padEnd(width)}  ${visible(found)}`,
    ...(remedy ? [`${" ".repeat(11 + width)}-> ${visible(remedy)}`] : []),
  ]);
}
