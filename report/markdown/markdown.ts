import type { DeploymentReport } from "../deployment";
import { grouped } from "../grouped";
import { isQuiet, type ObjectReport, type Report, runsAtOtherTimes } from "../report";
import { lossPhrase } from "../words/cutOff";
import { verbOf, versionsOf, wordOf } from "../words/deployment";
import { count } from "../words/phrase";
import { deploymentLines } from "./deployment";
import { driftParts } from "./drift";
import { bounded, bytesOf, code, fromTo, html, type Part, phrase, prose } from "./text";

/** The longest text, in bytes: below the 65,536 characters that GitHub takes for a comment, with room for a mark and a heading. */
export const longestMarkdown = 60_000;
/** How many of those that change alike are named, and how many of them in the line that stands while the rest is folded. */
const mostNamed = 20;
const mostInTitle = 3;

/**
 * A report for a pull request, which is read in half a minute: one line that says it all, what goes first and bold, then each deployment, folded.
 * Deployments that change alike are one. What doesn't fit is counted.
 */
export function markdown(report: Report): string {
  const head = `**${html(report.project)}/${html(report.env)}: ${headline(report)}**`;
  if (isQuiet(report)) return `${head}\n`;
  return fitted(head, [
    brokenParts(report),
    driftParts(report),
    goneParts(report),
    deploymentParts(report),
    objectParts(report),
    restartParts(report),
  ]);
}

/** One line that says it all, such as "3 deployments change, 1 is deleted, 2 run at other times". */
export function headline(report: Report): string {
  if (isQuiet(report)) return "nothing changes";
  const { deployments, gone, objects, restarts } = report;
  const drifted = report.drift?.objects ?? [];
  const isDeployment = ({ title }: ObjectReport) => title.startsWith("deployment ");
  const made = deployments.filter(({ op }) => op === "create" || op === "import").length;
  const changed = deployments.length - made;
  const of = (op: string) => gone.filter((one) => one.op === op);
  const otherTimes = deployments.filter(runsAtOtherTimes).length;
  const others = objects.length + gone.filter((one) => !isDeployment(one)).length;
  const { breaches = [], calls = [], untold = [] } = report.broken ?? {};
  const breaks = breaches.filter(({ isNew }) => isNew).length;
  const words = [
    { number: breaks, text: (number: number) => `${count(number, "call")} ${number === 1 ? "breaks" : "break"}` },
    {
      number: drifted.filter(({ isKept }) => !isKept).length,
      text: (number: number) =>
        `${count(number, "object")} ${number === 1 ? "differs" : "differ"} from what was deployed`,
    },
    {
      number: drifted.filter(({ isKept }) => isKept).length,
      text: (number: number) => `${count(number, "change")} of the server ${is(number)} in the program by now`,
    },
    {
      number: changed,
      text: (number: number) => `${count(number, "deployment")} ${number === 1 ? "changes" : "change"}`,
    },
    { number: made, text: (number: number) => `${count(number, "deployment")} ${is(number)} new` },
    {
      number: of("delete").filter(isDeployment).length,
      text: (number: number) => `${count(number, "deployment")} ${is(number)} deleted`,
    },
    {
      number: of("replace").filter(isDeployment).length,
      text: (number: number) => `${count(number, "deployment")} ${is(number)} replaced`,
    },
    { number: otherTimes, text: (number: number) => `${number} ${number === 1 ? "runs" : "run"} at other times` },
    {
      number: others,
      text: (number: number) => `${count(number, "other object")} ${number === 1 ? "changes" : "change"}`,
    },
    {
      number: restarts.length,
      text: (number: number) => `${count(number, "worker")} ${number === 1 ? "restarts" : "restart"}`,
    },
    {
      number: breaches.length - breaks,
      text: (number: number) => `${count(number, "call")} ${is(number)} broken already`,
    },
    { number: calls.length, text: (number: number) => `${count(number, "call")} ${is(number)} to be looked at` },
    { number: untold.length, text: (number: number) => `${count(number, "text")} can't be compared` },
  ];
  return words.flatMap(({ number, text }) => (number > 0 ? [text(number)] : [])).join(", ");
}

function is(number: number): string {
  return number === 1 ? "is" : "are";
}

/** What would be refused, before all else. */
function brokenParts({ broken }: Report): Part[] {
  if (!broken) return [];
  const { breaches, calls, left, untold = [] } = broken;
  return [
    ...breaches.map(({ isNew, message }) => ({
      text: `- **${isNew ? "breaks" : "is broken already"}:** ${prose(message)}`,
      noun: "broken call",
      number: 1,
    })),
    ...calls.map(({ message }) => ({ text: `- ${prose(message)}`, noun: "call", number: 1 })),
    ...untold.map(remark),
    ...left.map(remark),
  ];
}

function remark(text: string): Part {
  return { text: `- ${prose(text)}`, noun: "remark", number: 1 };
}

function goneParts({ gone, cutOffs }: Report): Part[] {
  const parts = gone.map(({ op, urn, title, changes }) => {
    const because = op === "replace" ? changes.map(({ path, ...change }) => `${code(path)}: ${fromTo(change)}`) : [];
    const verb =
      op === "replace" ? `is replaced${because.length > 0 ? `, for ${because.join(", ")}` : ""}` : "is deleted";
    const loss = lossPhrase(title, cutOffs?.of[urn]);
    return {
      text: `- **${html(title)} ${verb}**${loss === undefined ? "" : `: ${phrase(loss)}`}`,
      noun: "deleted or replaced object",
      number: 1,
    };
  });
  return [...parts, ...(cutOffs?.left ?? []).map(remark)];
}

function deploymentParts({ deployments, code: changes = {} }: Report): Part[] {
  const told = deployments.map((one) => ({ one, lines: deploymentLines(one, changes[one.urn]) }));
  const alike = grouped(told, ({ one, lines }) => `${one.op}\n${lines.join("\n")}`);
  return [...alike.values()].map((all) => ({
    text: section(
      all.map(({ one }) => one),
      all[0]?.lines ?? [],
    ),
    noun: "deployment",
    number: all.length,
  }));
}

/** Deployments that change alike, folded. */
function section(all: DeploymentReport[], lines: string[]): string {
  const [first] = all as [DeploymentReport, ...DeploymentReport[]];
  const title =
    all.length === 1
      ? `deployment <b>${html(first.name)}</b>${versionText(first)}`
      : `deployments ${named(all, mostInTitle, (name) => `<b>${html(name)}</b>`)}`;
  const names = all.length > mostInTitle ? [`Alike: ${named(all, mostNamed, code)}`, ""] : [];
  const said = lines.length > 0 || first.op !== "update" ? bounded(lines) : ["- only its version"];
  const differing = aspects(first);
  return [
    `<details><summary>${title} ${verbOf(first.op, all.length)}${differing === "" ? "" : `: ${differing}`}</summary>`,
    "",
    ...names,
    ...said,
    ...(said.at(-1) === "" ? [] : [""]),
    "</details>",
  ].join("\n");
}

/** The names of deployments, and how many others there are. */
function named(all: DeploymentReport[], most: number, shown: (name: string) => string): string {
  const rest = all.length - most;
  const names = all.slice(0, most).map(({ name }) => shown(name));
  return `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function versionText(report: DeploymentReport): string {
  const versions = versionsOf(report);
  return versions === undefined ? "" : ` (version ${versions.map(html).join(" → ")})`;
}

/** What a reviewer looks for, in a few words. */
function aspects(report: DeploymentReport): string {
  const image = report.jobVariables.some(({ name }) => name === "image");
  const others = report.jobVariables.some(({ name }) => name !== "image");
  const words = [
    report.schedules.length > 0 && (runsAtOtherTimes(report) ? "schedule, other times" : "schedule"),
    report.parameters.length > 0 && "parameters",
    report.schema.length > 0 && "what the flow takes",
    report.code !== undefined && "code",
    image && "image",
    others && "job variables",
    report.tags.added.length + report.tags.removed.length > 0 && "tags",
    ...report.others.map(({ path, isUncertain }) => {
      if (isUncertain) return "perhaps a secret";
      const [argument = ""] = path.split(/[.[]/);
      return wordOf(argument) ?? argument;
    }),
  ];
  const said = [...new Set(words.filter((word) => typeof word === "string"))].map(html).join(", ");
  return said === "" && report.op === "update" ? "version" : said;
}

function objectParts({ objects }: Report): Part[] {
  return objects.map(({ op, title, changes }) => {
    const lines = changes.map(({ path, ...change }) => `  - ${code(path)}: ${fromTo(change)}`);
    const isNew = op === "create" || op === "import";
    const text = [`- ${html(title)} ${verbOf(op)}`, ...(isNew ? [] : bounded(lines))].join("\n");
    return { text, noun: "object", number: 1 };
  });
}

function restartParts({ restarts }: Report): Part[] {
  return restarts.map((title) => ({ text: `- ${html(title)} only restarts`, noun: "worker", number: 1 }));
}

/**
 * The parts that there is room for, in their order; what is left out is counted. Each kind of them has a share of the room, so that none takes it
 * all, and what some don't need is for the others, the first before the last.
 */
function fitted(head: string, kinds: Part[][]): string {
  const filled = kinds.filter((parts) => parts.length > 0);
  // room for the line that counts
  let room = longestMarkdown - 600 - bytesOf(head);
  const share = Math.floor(room / filled.length);
  const kept = filled.map(() => new Set<Part>());
  const take = (most: number) => {
    filled.forEach((parts, i) => {
      let left = Math.min(most, room);
      for (const part of parts) {
        if (kept[i]?.has(part)) continue;
        const size = bytesOf(part.text) + 2;
        if (size > left) break;
        kept[i]?.add(part);
        left -= size;
        room -= size;
      }
    });
  };
  take(share);
  take(Infinity);
  const texts = filled.flatMap((parts, i) => parts.filter((part) => kept[i]?.has(part)).map(({ text }) => text));
  const left = new Map<string, number>();
  for (const [i, parts] of filled.entries()) {
    for (const part of parts.slice(kept[i]?.size)) left.set(part.noun, (left.get(part.noun) ?? 0) + part.number);
  }
  const counted = [...left].map(([noun, number]) => count(number, noun));
  const rest = `There is no room for ${counted.join(" and ")} more; \`meta-prefect preview\` shows all.`;
  return `${[head, ...texts, ...(counted.length > 0 ? [rest] : [])].join("\n\n")}\n`;
}
