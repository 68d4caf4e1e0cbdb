import type { CutOff } from "../cutOff";
import type { DeploymentReport } from "../deployment";
import type { Drift } from "../drift";
import { grouped } from "../grouped";
import { headline } from "../markdown/markdown";
import { type ObjectReport, type Report } from "../report";
import { lossPhrase } from "../words/cutOff";
import { deploymentItems, verbOf, versionsOf } from "../words/deployment";
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
import { count, fromTo, type Item, item, type Phrase } from "../words/phrase";
import { style } from "./style";
import { escaped, list, phrase } from "./text";

/** More deployments than these are folded. */
const mostOpen = 10;

/**
 * A report as a page of its own, such as for an artifact of a job or an e-mail. It runs nothing and loads nothing, and nothing of it is cut.
 */
export function page(report: Report): string {
  const name = `${report.project}/${report.env}`;
  const title = `${name}: ${headline(report)}`;
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title>`,
    `<style>\n${style}\n</style>`,
    "</head>",
    "<body>",
    `<h1>${escaped(title)}</h1>`,
    ...brokenPart(report),
    ...driftPart(report),
    ...gonePart(report),
    ...part("Deployments", deploymentBoxes(report)),
    ...part("Other objects", report.objects.map(objectBox)),
    ...part(
      "What only starts again",
      report.restarts.map((title) => box("", [escaped(title)])),
    ),
    `<p class="soft">${count(report.unchanged, "object")} ${report.unchanged === 1 ? "stays" : "stay"} as ${report.unchanged === 1 ? "it is" : "they are"}.</p>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function part(heading: string, boxes: string[]): string[] {
  return boxes.length === 0 ? [] : [`<h2>${heading}</h2>`, ...boxes];
}

function box(kind: "" | "bad" | "odd", lines: string[]): string {
  return `<div class="box${kind === "" ? "" : ` ${kind}`}">\n${lines.filter((line) => line !== "").join("\n")}\n</div>`;
}

function brokenPart({ broken }: Report): string[] {
  const { breaches = [], calls = [], left = [], untold = [] } = broken ?? {};
  return part("What calls the deployments", [
    ...breaches.map(({ isNew, message }) =>
      box("bad", [`<b>${isNew ? "breaks" : "is broken already"}:</b> ${escaped(message)}`]),
    ),
    ...calls.map(({ message }) => box("odd", [escaped(message)])),
    ...untold.map((text) => box("odd", [escaped(text)])),
    ...left.map((text) => box("", [escaped(text)])),
  ]);
}

function driftPart({ drift, env }: Report): string[] {
  const { objects = [], left = [] } = drift ?? {};
  return part("What differs from what was deployed", [
    ...alike(objects).map((all) => (all.length === 1 ? driftBox(all[0] as Drift, env) : driftBoxOfMany(all, env))),
    ...left.map((text) => box("", [escaped(text)])),
  ]);
}

function driftBox(drift: Drift, env: string): string {
  const items = [...driftItems(drift), ...undoPhrases(drift, env).map(itemOf)];
  return box("odd", [`<b>${escaped(`${drift.title} ${whatHappened(drift)}`)}</b>`, list(items)]);
}

function driftBoxOfMany(all: Drift[], env: string): string {
  const [first] = all as [Drift, ...Drift[]];
  const isUndone = undoPhrases(first, env).length > 0;
  const undo = isUndone ? [item("to undo all: ", { typed: undoCommand(env) })] : [];
  return box("odd", [
    `<b>${whatHappenedTo(all)}</b>`,
    names(all.map(({ title }) => title)),
    list([...driftItems(amongOthers(first)), ...undo]),
  ]);
}

function driftItems(drift: Drift): Item[] {
  return [...differences(drift), ...[...whenPhrases(drift), ...keepPhrases(drift)].map(itemOf)];
}

function itemOf(parts: Phrase): Item {
  return item(...parts);
}

function gonePart({ gone, cutOffs }: Report): string[] {
  return part("What goes", [
    ...gone.map((one) => goneBox(one, cutOffs?.of[one.urn])),
    ...(cutOffs?.left ?? []).map((text) => box("", [escaped(text)])),
  ]);
}

function goneBox({ op, title, changes }: ObjectReport, cutOff: CutOff | undefined): string {
  const isReplaced = op === "replace";
  const head = `<b>${escaped(title)} is ${isReplaced ? "replaced" : "deleted"}</b>`;
  const loss = lossPhrase(title, cutOff);
  return box("bad", [
    loss === undefined ? head : `${head}: ${phrase(loss)}`,
    ...(isReplaced ? [list(changes.map(changeItem))] : []),
  ]);
}

/** Those that change alike are one. */
function deploymentBoxes({ deployments, code = {} }: Report): string[] {
  const told = deployments.map((one) => ({ one, items: deploymentItems(one, { code: code[one.urn] }) }));
  const alike = [...grouped(told, ({ one, items }) => JSON.stringify([one.op, items])).values()];
  return alike.map((all) =>
    deploymentBox(
      all.map(({ one }) => one),
      all[0]?.items ?? [],
      alike.length <= mostOpen,
    ),
  );
}

function deploymentBox(all: DeploymentReport[], items: Item[], isOpen: boolean): string {
  const [first] = all as [DeploymentReport, ...DeploymentReport[]];
  const isOne = all.length === 1;
  const title = isOne ? `deployment <b>${escaped(first.name)}</b>` : `<b>${all.length} deployments</b>`;
  return [
    `<details${isOpen ? " open" : ""}>`,
    `<summary>${title} ${verbOf(first.op, all.length)}${isOne ? versionText(first) : ""}</summary>`,
    ...(isOne ? [] : [names(all.map(({ name }) => name))]),
    ...(items.length > 0 ? [list(items)] : first.op === "update" ? ["<p>only its version</p>"] : []),
    "</details>",
  ].join("\n");
}

function versionText(report: DeploymentReport): string {
  const versions = versionsOf(report);
  return versions === undefined ? "" : ` <span class="soft">version ${escaped(versions.join(" → "))}</span>`;
}

function objectBox({ op, title, changes }: ObjectReport): string {
  const isNew = op === "create" || op === "import";
  const head = `<b>${escaped(title)}</b> ${verbOf(op)}`;
  return box("", [head, ...(isNew ? [] : [list(changes.map(changeItem))])]);
}

function changeItem({ path, ...change }: ObjectReport["changes"][number]): Item {
  return item({ code: path }, ": ", ...fromTo(change));
}

function names(all: string[]): string {
  return `<p class="names">${all.map((name) => phrase([{ code: name }])).join(" ")}</p>`;
}
