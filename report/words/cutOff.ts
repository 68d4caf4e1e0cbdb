import type { CutOff } from "../cutOff";
import { momentText } from "./moment";
import { count, listed, type Phrase } from "./phrase";

/** How many automations or deployments are named. */
const mostNamed = 5;

/**
 * What goes with an object, in a sentence: without a look at the server only what is always so. Undefined where there is nothing to say.
 *
 * @param title such as `work pool "etl"`
 */
export function lossPhrase(title: string, cutOff: CutOff | undefined): Phrase | undefined {
  const [kind = ""] = /^[^"]*(?= ")/.exec(title) ?? [];
  if (kind === "deployment") return cutOff ? ofDeployment(cutOff) : [always];
  const isUsed = kind === "work pool" || kind === "work queue" || kind === "flow";
  return isUsed && cutOff ? ofUsed(kind, cutOff) : undefined;
}

const past = "past runs stay under their flow";
const always = `runs that are scheduled or late go with it, and those that are running go on; ${past}`;

function ofDeployment({ scheduled, late, next, waiting, running, automations, isPartial }: CutOff): Phrase {
  const goes = [
    ...(scheduled > 0
      ? [`${count(scheduled, "scheduled run")}${next === undefined ? "" : `, the next at ${momentText(next)},`}`]
      : []),
    ...(late > 0 ? [count(late, "late run")] : []),
  ].join(" and ");
  const some = `${isPartial ? "at least " : ""}${goes} ${verb(scheduled + late, "goes", "go")} with it`;
  const none = isPartial ? "runs that wait go with it" : "no run waits";
  return sentence([
    [scheduled + late > 0 ? some : none],
    running > 0 && [`${count(running, "run")} ${verb(running, "is running, and goes on", "are running, and go on")}`],
    waiting > 0 && [`${count(waiting, "run")} about to begin or to go on may be cancelled or crash`],
    automations.length > 0 && [
      ...named("automation", automations),
      ` of somebody else ${verb(automations.length, "names", "name")} it, and won't find it any more`,
    ],
    [past],
  ]);
}

function ofUsed(kind: string, { waiting, running, history = 0, users, isPartial }: CutOff): Phrase | undefined {
  const isKept = users.length > 0;
  const { length } = users;
  const said = sentence([
    isKept && [
      ...named("deployment", users),
      `, which ${verb(length, "isn't", "aren't")} the program's, still ${verb(length, "needs", "need")} it: the deploy won't delete it before`,
    ],
    waiting > 0 && [
      `${count(waiting, "run")} ${verb(waiting, "waits", "wait")} in it${isKept ? "" : ", and nothing takes what waits there any more"}`,
    ],
    running > 0 && [`${count(running, "run")} of it ${verb(running, "is", "are")} running`],
    history > 0 && [`its history goes with it, of ${count(history, "run")}`],
  ]);
  if (said.length > 0) return said;
  return isPartial ? undefined : [`nothing else on the server needs this ${kind}`];
}

function sentence(parts: (Phrase | false)[]): Phrase {
  return parts.filter((part) => part !== false).flatMap((part, i) => (i === 0 ? part : ["; ", ...part]));
}

function verb(number: number, one: string, several: string): string {
  return number === 1 ? one : several;
}

/** Things with their names, in the order of those. */
function named(noun: string, names: string[]): Phrase {
  const all = listed([...names].sort(), mostNamed, (name) => [{ code: name }]);
  return [`${noun}${verb(names.length, "", "s")} `, ...all];
}
