import * as path from "node:path";
import { flowsBelow, type FoundFlow } from "../../provider/program/flows/findFlows";
import { defaultFlowName } from "../../provider/program/flows/flowFacts";
import { programError } from "../../provider/program/programError";
import { type Anchor, commentsAt } from "./comments";
import type { Converted, ConvertedDeployment } from "./converted";
import { deploymentOf, type FilledDeployment, inputsOf } from "./deployment";
import { withFlowNames } from "./flowNames";
import { type Meant, meantIn } from "./meant";
import { type Outputs, outputsOf } from "./outputs";
import { type PrefectFile, readPrefectFile } from "./prefectFile";
import { type Setting, YamlFilling } from "./yamlFilling";

/** Names of projects as Pulumi takes them. */
const projectName = /^[A-Za-z0-9_.-]{1,100}$/;

/**
 * Turns a prefect.yaml into what a meta_prefect.yaml says. Nothing is executed, and no server is asked: environment variables stay what each
 * deploy fills in, and variables, blocks and what steps give come from the stack's configuration. What can't be said is a note.
 *
 * @param given the file's path
 * @throws RunError when the file can't be read, or nothing of it can be said
 */
export function convertPrefectYaml(given: string): Converted {
  const file = readPrefectFile(given);
  // YAML that can't be read has no deployments
  file.mistakes.throwAny();
  const settings = new Map<string, Setting>();
  const filled = meantIn(file).flatMap((one) => deploymentOf(one, fillingOf(one, settings, file), file) ?? []);
  const flows = flowsBelow(file.folder).flows;
  const named = withFlowNames(filled, file, (entrypoint) => flowAt(entrypoint, flows)?.name);
  if (named.length === 0) file.mistakes.throwAny();
  if (named.length === 0)
    throw programError(`${file.source.file}: there is no deployment in it; nothing is to be converted`);
  for (const one of named) noteAnchors(one, file);
  noteSettings([...settings.values()], named, file);
  const { head, byDeployment } = comments(named, file);
  return {
    ...(file.name !== undefined && projectName.test(file.name) && { name: file.name }),
    deployments: named.map((one) => convertedOf(one, flows, byDeployment.get(one) ?? new Map<string, string[]>())),
    secrets: [...settings.values()].flatMap(({ key, isSecret }) => (isSecret ? [key] : [])),
    head,
    notes: [
      ...file.notes.all,
      ...file.mistakes.all.map(({ place, message, instead = "it is left out" }) => ({
        place,
        message: `${message}; ${instead}`,
      })),
    ],
  };
}

function fillingOf(given: Meant, settings: Map<string, Setting>, file: PrefectFile): YamlFilling {
  const filling = (known: Outputs) => new YamlFilling(file, settings, known);
  const known = outputsOf(
    [...given.build, ...given.push],
    {},
    (step, before) => inputsOf(step, filling(before)),
    () => undefined,
  );
  return filling(known);
}

/** The flow that an entrypoint names, as far as the text of its file tells. */
function flowAt(entrypoint: string, flows: FoundFlow[]): FoundFlow | undefined {
  const [, file = "", name] = /^(.*\.py):(.*)$/s.exec(entrypoint) ?? [];
  const found = path.posix.normalize(file.replaceAll("\\", "/"));
  return flows.find((flow) => flow.file === found && flow.function === name);
}

function convertedOf(
  { deployment }: FilledDeployment,
  flows: FoundFlow[],
  comments: Map<string, string[]>,
): ConvertedDeployment {
  const flow = flowAt(deployment.entrypoint, flows);
  const isKey = flow?.name !== undefined && flow.name !== "__proto__";
  const isOnly = flows.filter(({ name }) => name === flow?.name).length === 1;
  return {
    flow: isKey ? (flow.name ?? "") : defaultFlowName(deployment.entrypoint),
    isKnownByName: isKey && isOnly && flow.entrypoint === deployment.entrypoint,
    deployment,
    comments,
  };
}

/** A schedule that says nothing of its anchor is anchored at each deploy by Prefect, and always at the same moment here. */
function noteAnchors({ deployment: { schedules = [] }, spans, span }: FilledDeployment, { notes }: PrefectFile): void {
  for (const [i, { interval, anchorDate }] of schedules.entries()) {
    if (interval === undefined || anchorDate !== undefined) continue;
    const at = spans.get(`schedules[${i}].interval`) ?? spans.get("schedules") ?? span;
    notes.add(
      at,
      "the interval has no anchor_date: prefect deploy counts it from each deploy, and here it is counted from 2020-01-01T00:00:00 UTC; write one where that matters",
    );
  }
}

/** Says of each setting what gives it, where it is written. */
function noteSettings(settings: Setting[], named: FilledDeployment[], { notes, mistakes }: PrefectFile): void {
  const written = JSON.stringify(named.map(({ deployment }) => deployment));
  for (const { key, told } of settings) {
    if (!written.includes(`\${config:${key}}`)) continue;
    for (const { span, message } of told) if (!mistakes.areAt(span)) notes.add(span, message);
  }
}

interface Owner {
  deployment: FilledDeployment;
  argument: string;
}

function comments(all: FilledDeployment[], { source }: PrefectFile) {
  const head = Symbol("head");
  const first = Math.min(...all.map(({ span }) => span.start));
  // what stands before the deployments, but right before the first of them, is about the file
  const top = source.text.search(/^deployments:/m);
  const anchors: Anchor<Owner | typeof head>[] = [
    ...[...source.text.slice(0, top === -1 ? first : top + 1).matchAll(/^\S/gm)].map(
      ({ index }) => ({ span: { start: index + 1, end: index + 1 }, owner: head }) as const,
    ),
    ...all.flatMap((deployment) => {
      const own = [...deployment.spans].filter(([property]) => !/[.[]/.test(property));
      return own.map(([argument, span]) => ({ span, owner: { deployment, argument } }));
    }),
  ].sort((a, b) => a.span.start - b.span.start);
  const owners = commentsAt(source, anchors);
  const byDeployment = new Map<FilledDeployment, Map<string, string[]>>();
  for (const [owner, lines] of owners) {
    if (typeof owner === "symbol") continue;
    const own = byDeployment.get(owner.deployment) ?? new Map<string, string[]>();
    byDeployment.set(owner.deployment, own);
    own.set(owner.argument, [...(own.get(owner.argument) ?? []), ...lines]);
  }
  return { head: owners.get(head) ?? [], byDeployment };
}
