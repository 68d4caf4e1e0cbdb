import { Command } from "commander";
import { messageOf, PrefectError } from "../provider/api/errors";
import { visible } from "../provider/api/visible";
import { Interrupted } from "./engine/interruption";
import { type Flags, withFlags } from "./flags";
import { checkDisk } from "./health/checks/disk";
import { checkEks } from "./health/checks/eks";
import { checkNode, checkPrefect, checkPulumi } from "./health/checks/programs";
import { checkServer } from "./health/checks/server";
import { backendFinding, checkPassPhrase, checkWorkers, settingsFinding } from "./health/checks/stack";
import { type Finding, problem } from "./health/finding";
import { isMade } from "./project/backend";
import { eksUse } from "./project/eksUse";
import { environmentName } from "./project/environmentName";
import { needsPython } from "./project/needsPython";
import { type Place, placeIfAny, usualStack } from "./project/place";
import { openStack, type Project } from "./project/project";
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
export async function examine(
  place: Place | undefined,
  flags: Flags,
  environment: NodeJS.ProcessEnv,
): Promise<Finding[]> {
  const folder = place?.folder ?? process.cwd();
  const [pulumi, prefect, stack] = await Promise.all([
    checkPulumi(place !== undefined, environment, place?.given),
    checkPrefect(folder, place !== undefined && asksForPython(place, environment), environment),
    place
      ? examineStack(place, flags, environment)
      : checkServer({ folder }, false, () => undefined, environment).then(({ finding }) => [finding]),
  ]);
  return [pulumi, checkNode(), prefect, ...stack, checkDisk(folder, place !== undefined)];
}

function asksForPython(place: Place, environment: NodeJS.ProcessEnv): boolean {
  const { file } = place;
  return file !== undefined && needsPython({ file, env: environmentName(place) ?? usualStack }, environment);
}

/** Server, pass phrase, backend and workers of the folder's stack, and what EKS needs where it is on that. */
async function examineStack(place: Place, flags: Flags, environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { file } = place;
  const passPhrase = checkPassPhrase(place, environment);
  const found = passPhrase.level === "error" ? undefined : await attempted(opened(place, flags, environment));
  const project = found instanceof Error ? undefined : found;
  const variables = project?.variables ?? environment;
  const [state, known] = await Promise.all([
    project && attempted(stackState(project)),
    project && attempted(stackSettings(project)),
  ]);
  const settings = typeof known === "function" ? known : settingsOfFiles(place);
  const use = file === undefined ? undefined : eksUse({ file, env: environmentName(place) ?? usualStack });
  const [{ finding, client }, eks] = await Promise.all([
    // another address may be in settings that can't be read
    checkServer(place, !(found instanceof Error || known instanceof Error), settings, variables),
    use ? checkEks(use, settings, environment, place.given) : [],
  ]);
  const isOut = state instanceof Error;
  const env = project?.env ?? place.env ?? "the selected stack";
  const where = project?.ownState ?? variables.PULUMI_BACKEND_URL ?? "the one that Pulumi is logged in to";
  return [
    finding,
    passPhrase,
    ...(found instanceof Error ? [problem("project", true, "it can't be opened", messageOf(found))] : []),
    ...(project ? [backendFinding(where, env, state)] : []),
    // where the backend can't be asked, they can't be read for the same reason
    ...(known instanceof Error && !isOut ? [settingsFinding(env, known)] : []),
    ...(state && !isOut ? await checkWorkers(client, state, place.given) : []),
    ...eks,
  ];
}

/** What was found, or why it couldn't be; a signal ends all. */
async function attempted<Found>(looking: Promise<Found>): Promise<Found | Error> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Error)) throw error;
    return error;
  }
}

/** The project, where opening it makes nothing that isn't there. */
async function opened(place: Place, flags: Flags, environment: NodeJS.ProcessEnv): Promise<Project | undefined> {
  const isThere = isMade(place, environment) && foundPulumi(environment) !== undefined;
  return isThere ? openStack(flags, environment) : undefined;
}

function lines(findings: Finding[], { green, yellow, red }: Colours): string[] {
  const paints = { ok: green, warning: yellow, error: red };
  const width = Math.max(...findings.map(({ part }) => visible(part).length));
  return findings.flatMap(({ part, level, found, remedy }) => [
    `${paints[level](level.padEnd(7))}  ${visible(part).padEnd(width)}  ${visible(found)}`,
    ...(remedy ? [`${" ".repeat(11 + width)}-> ${visible(remedy)}`] : []),
  ]);
}
