import type { Item } from "../importer/inventory";
import type { Selection } from "../importer/selection";
import { PrefectError } from "../provider/api/errors";
import { visible } from "../provider/api/visible";
import { nearest } from "../provider/engine/nearest";
import { UsageError } from "./usageError";

/**
 * Why a selection leaves nothing.
 *
 * @param all what the server holds
 */
export function nothingSelected(all: Item[], { flow, workPool, tag }: Selection, server: string): PrefectError {
  const named = (type: string) => all.flatMap(({ kind, args }) => (kind.type === type ? textsIn([args.name]) : []));
  const given = [
    { option: "--flow", value: flow, noun: "flow", known: named("Flow") },
    { option: "--work-pool", value: workPool, noun: "work pool", known: named("WorkPool") },
    { option: "--tag", value: tag, noun: "tag", known: all.flatMap(({ args }) => textsIn(args.tags)) },
  ].filter(({ value }) => value !== undefined);
  if (given.length === 0) return new PrefectError(`${server} holds nothing that could be imported`);
  for (const { option, value = "", noun, known } of given) {
    if (known.includes(value)) continue;
    const near = nearest(value, known);
    const others = [...new Set(known)];
    const hint = near
      ? `did you mean ${near}?`
      : others.length > 0
        ? `there are: ${others.join(", ")}`
        : "there is none";
    return new UsageError(visible(`${option} "${value}": ${server} has no such ${noun}; ${hint}`));
  }
  const options = given.map(({ option, value }) => `${option} "${value ?? ""}"`).join(" and ");
  return new UsageError(`${options}: ${server} has nothing that is of each; leave one out`);
}

function textsIn(values: unknown): string[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === "string") : [];
}
