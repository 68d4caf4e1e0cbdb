import type { CodeChange } from "../code";
import type { DeploymentReport, ValueChange } from "../deployment";
import { plain } from "../plain";
import type { ParameterChange } from "../schema";
import { codePhrase } from "./code";
import { fromTo, type Item, item, type Phrase, value } from "./phrase";
import { type Heads, plannedHeads, scheduleItem } from "./schedule";

/** What is told of a deployment besides its report. */
export interface Besides {
  /** The files behind a change of its code, where git tells them. */
  code?: CodeChange | undefined;
  /** What the columns of runs are called. @default those of a plan */
  heads?: Heads;
}

/** What is said of a deployment below its name: an item for each thing that differs. */
export function deploymentItems(report: DeploymentReport, { code, heads = plannedHeads }: Besides = {}): Item[] {
  const { op, schedules, parameters, schema, tags, code: hash, jobVariables, others } = report;
  const isNew = op === "create";
  // that a value of something new is new says nothing
  const change = ({ name: _, ...values }: ValueChange): Phrase => (isNew ? [value(values.after)] : fromTo(values));
  const items = (noun: string, changes: ValueChange[]) =>
    changes.map((one) => item(`${noun} `, { code: one.name }, ": ", ...change(one)));
  return [
    ...schedules.map((schedule) => scheduleItem(schedule, heads, isNew)),
    ...items("parameter", parameters),
    ...schema.map((one) => item(...schemaPhrase(one))),
    ...tagItems(tags),
    ...(hash ? [item(...codePhrase(hash, code))] : []),
    ...items("job variable", jobVariables),
    ...others.map(({ path, ...values }) =>
      item(wordOf(path) ?? { code: path }, ": ", ...(isNew ? [value(values.after)] : fromTo(values))),
    ),
  ];
}

/** What becomes of a deployment or another object, or of several. */
export function verbOf(op: string, number = 1): string {
  if (op === "create") return number === 1 ? "is new" : "are new";
  if (op === "import") return number === 1 ? "is taken over" : "are taken over";
  return number === 1 ? "changes" : "change";
}

/** The versions before and after, where there are both. */
export function versionsOf({ version }: DeploymentReport): [before: string, after: string] | undefined {
  if (!version || !("before" in version) || !("after" in version)) return undefined;
  return [plain(version.before), plain(version.after)];
}

/** What an argument is called in Prefect's UI, where that is another word than its name. */
export function wordOf(argument: string): string | undefined {
  return new Map([
    ["workPoolName", "work pool"],
    ["workQueueName", "work queue"],
  ]).get(argument);
}

function schemaPhrase({ name, before, after }: ParameterChange): Phrase {
  if (before === undefined) return ["the flow takes ", { code: name }, ": ", value(after), ", which is new"];
  if (after === undefined) return ["the flow doesn't take ", { code: name }, " any more"];
  return ["the flow takes ", { code: name }, ": ", value(before), " → ", value(after)];
}

function tagItems({ added, removed }: DeploymentReport["tags"]): Item[] {
  const signed = [...removed.map((tag) => ({ sign: "− ", tag })), ...added.map((tag) => ({ sign: "+ ", tag }))];
  const parts = signed.flatMap(({ sign, tag }, i): Phrase => [i === 0 ? sign : `, ${sign}`, { code: tag }]);
  return parts.length === 0 ? [] : [item("tags: ", ...parts)];
}
