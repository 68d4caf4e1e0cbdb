import type { Drift, DriftedProperty } from "../drift";
import { grouped } from "../grouped";
import type { Keeping } from "../keeping";
import { shellWord } from "../shellWord";
import { deploymentName, prefectKind } from "../step";
import { deploymentItems } from "./deployment";
import { momentText } from "./moment";
import { count, fromTo, type Item, item, type Phrase } from "./phrase";

/** What differs between what was deployed and the server. */
export function differences({ isDeleted, deployment, changes }: Drift): Item[] {
  if (isDeleted) return [];
  if (deployment) return deploymentItems(deployment, { heads: { before: "next runs as deployed", after: "now" } });
  return changes.map(({ path, ...change }) => item({ code: path }, ": ", ...fromTo(change)));
}

/** What has become of an object, such as "was deleted on the server". */
export function whatHappened({ urn, isDeleted }: Drift): string {
  const kind = prefectKind(urn);
  if (kind === "Worker" && isDeleted) return "isn't running";
  const place = kind === undefined ? "since the last deploy" : "on the server";
  return `was ${isDeleted ? "deleted" : "changed"} ${place}`;
}

/** The same of several, such as "3 objects were changed on the server". */
export function whatHappenedTo(all: Drift[]): string {
  const [first] = all as [Drift, ...Drift[]];
  const verb = whatHappened(first)
    .replace(/^was /, "were ")
    .replace(/^isn't /, "aren't ");
  return `${count(all.length, "object")} ${verb}`;
}

/** When and by whom, as far as Prefect tells. */
export function whenPhrases({ at, by, isDeleted }: Drift): Phrase[] {
  if (at === undefined && by === undefined) return [];
  const verb = isDeleted ? "deleted" : "last changed";
  return [[`${verb}${at === undefined ? "" : ` on ${momentText(at)}`}${by === undefined ? "" : ` by ${by}`}`]];
}

/** How to keep what was changed, a sentence for each property. */
export function keepPhrases({ urn, isDeleted, isKept, properties, place }: Drift): Phrase[] {
  if (!isDeleted) return properties.map(propertyPhrase);
  if (isKept) return [["it isn't in the program any more, either"]];
  return prefectKind(urn) === "Worker" ? [] : [["to keep that, take it out of the program", ...placePhrase(place)]];
}

/** How to undo it; nothing where there is nothing to undo. */
export function undoPhrases({ urn, title, isDeleted, isKept, properties }: Drift, env: string): Phrase[] {
  const isUndone = isDeleted ? !isKept : properties.some(({ fate }) => fate === "undone");
  if (!isUndone) return [];
  const isDeployment = prefectKind(urn) === "Deployment";
  const name = isDeployment ? deploymentName(title) : undefined;
  const more = isDeleted && isDeployment ? ["; it is made anew, and its past runs stay under their flow"] : [];
  return [["to undo it: ", { typed: undoCommand(env, name) }, ...more]];
}

/** The command that brings back what was deployed: of one deployment, or of all. */
export function undoCommand(env: string, deployment?: string): string {
  const words = [
    "meta-prefect",
    "deploy",
    "--env",
    env,
    "--refresh",
    ...(deployment === undefined ? [] : [deployment]),
  ];
  return words.map(shellWord).join(" ");
}

/** What is said of an object among others that were changed alike. */
export function amongOthers(drift: Drift): Drift {
  const { at: _at, place: _place, ...rest } = drift;
  const properties = drift.properties.map(({ at: _, place: __, ...property }) => property);
  return { ...rest, properties };
}

function propertyPhrase({ name, fate, keep, place, at }: DriftedProperty): Phrase {
  const head: Phrase = [{ code: name }, at === undefined ? ": " : `, changed on ${momentText(at)}: `];
  if (fate === "kept") return [...head, "the program says so by now"];
  if (fate === "overtaken") return [...head, "the program says something else by now, and a deploy goes by that"];
  return [...head, ...keepPhrase(keep, place)];
}

function keepPhrase({ write, remove, cannot }: Keeping, place: string | undefined): Phrase {
  const gone = remove.flatMap((what, i): Phrase => [i === 0 ? "take out " : ", ", { typed: what }]);
  if (write === undefined && gone.length === 0) return [`no line can keep it, as ${cannot ?? "nothing says it"}`];
  return [
    "to keep it, ",
    ...(write === undefined ? [] : ["write ", { typed: write }]),
    ...(write !== undefined && gone.length > 0 ? [" and "] : []),
    ...gone,
    ...placePhrase(place),
    ...(cannot === undefined ? [] : [`; that may not be all, as ${cannot}`]),
  ];
}

function placePhrase(place: string | undefined): Phrase {
  return place === undefined ? [] : [" (", { code: place }, ")"];
}

/** What is said of each: those that were changed alike are together. */
export function alike(all: Drift[]): Drift[][] {
  const keyOf = (drift: Drift) => {
    const one = amongOthers(drift);
    return JSON.stringify([whatHappened(one), differences(one), whenPhrases(one), keepPhrases(one)]);
  };
  return [...grouped(all, keyOf).values()];
}
