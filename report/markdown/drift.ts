import type { Drift } from "../drift";
import type { Report } from "../report";
import {
  alike,
  amongOthers,
  differences,
  keepPhrases,
  undoCommand,
  undoPhrases,
  whatHappened,
  whatHappenedTo,
  whenPhrases,
} from "../words/drift";
import { item } from "../words/phrase";
import { itemLines } from "./item";
import { bounded, code, html, type Part, prose } from "./text";

/** How many of those that were changed alike are named. */
const mostNamed = 20;

/** What somebody changed on the server: each object, with how to keep that and how to undo it. Those that were changed alike are one. */
export function driftParts({ drift, env }: Report): Part[] {
  const { objects = [], left = [] } = drift ?? {};
  return [
    ...alike(objects).map((all) => ({
      text: all.length === 1 ? section(all[0] as Drift, env) : sectionOfMany(all, env),
      noun: "changed object",
      number: all.length,
    })),
    ...left.map((text) => ({ text: `- ${prose(text)}`, noun: "remark", number: 1 })),
  ];
}

function section(drift: Drift, env: string): string {
  return folded(`<b>${html(drift.title)} ${whatHappened(drift)}</b>`, [
    ...detail(drift),
    ...undoPhrases(drift, env).flatMap((phrase) => itemLines(item(...phrase))),
  ]);
}

function sectionOfMany(all: Drift[], env: string): string {
  const [first] = all as [Drift, ...Drift[]];
  const named = all.slice(0, mostNamed).map(({ title }) => code(title));
  const rest = all.length - named.length;
  const isUndone = undoPhrases(first, env).length > 0;
  return folded(`<b>${whatHappenedTo(all)}</b>`, [
    `Alike: ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`,
    "",
    ...detail(amongOthers(first)),
    ...(isUndone ? itemLines(item("to undo all: ", { typed: undoCommand(env) })) : []),
  ]);
}

function detail(drift: Drift): string[] {
  const phrases = [...whenPhrases(drift), ...keepPhrases(drift)];
  return bounded([...differences(drift), ...phrases.map((phrase) => item(...phrase))].flatMap(itemLines));
}

function folded(summary: string, lines: string[]): string {
  return [`<details open><summary>${summary}</summary>`, "", ...lines, "", "</details>"].join("\n");
}
