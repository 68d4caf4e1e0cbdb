import * as path from "node:path";
import type { RecipeDeployment } from "../../components/builder";
import { setWorkingDirectory } from "../../components/pullSteps";
import { camel } from "../../provider/api/casing";
import type { Json } from "../../provider/engine/kind";
import type { Span } from "../yaml/source";
import { dataOf, type Entry, type Mapping, spansIn, type Tree } from "../yaml/tree";
import { noteReferences } from "./blockReferences";
import { dataIn, filledTree, type Filling, type Place, removed } from "./filling";
import type { Meant } from "./meant";
import { noteSteps } from "./outputs";
import { pythonText } from "./placeholders";
import type { PrefectFile } from "./prefectFile";
import { isNothing, Reading } from "./reading";
import { defined, schedulesOf } from "./schedules";
import type { Step } from "./steps";
import { triggersOf } from "./triggers";
import { usualPool } from "./usualPool";

/** A deployment of a prefect.yaml in the words of a recipe, and where its arguments are written. */
export interface FilledDeployment {
  span: Span;
  deployment: RecipeDeployment;
  spans: Map<string, Span>;
}

const fixed: Place = { in: "deployment", isFree: false };
const free: Place = { in: "deployment", isFree: true };

/** Where a deployment's images have the code unless something is said of it. */
const imageFolder = "/opt/prefect";

/** A deployment with its templates filled in; undefined, with a mistake, for one that can't be had. */
export function deploymentOf(given: Meant, filling: Filling, file: PrefectFile): FilledDeployment | undefined {
  return new Deployment(given, filling, file).read();
}

class Deployment {
  private readonly reading: Reading;
  private readonly fields: Map<string, Entry>;
  private readonly pool: Map<string, Entry>;

  constructor(
    private readonly given: Meant,
    private readonly filling: Filling,
    private readonly file: PrefectFile,
  ) {
    this.reading = new Reading(file);
    this.fields = filledEntries(given.fields, filling, placeOf);
    this.pool = filledEntries(given.pool, filling, (key) => (key === "job_variables" ? free : fixed));
  }

  read(): FilledDeployment | undefined {
    const { reading, fields, pool, given } = this;
    const name = reading.text(fields.get("name"), "name");
    const entrypoint = reading.text(fields.get("entrypoint"), "entrypoint");
    for (const [key, value] of Object.entries({ name, entrypoint })) {
      const at = given.fields.get(key)?.at ?? given.span;
      const example = key === "name" ? "nightly" : "flows.py:my_flow";
      if (value === undefined)
        this.file.mistakes.add(
          at,
          `a deployment must have ${key === "name" ? "a name" : "an entrypoint"}, such as ${key}: ${example}`,
        );
    }
    if (name === undefined || entrypoint === undefined) return undefined;
    for (const { value } of [...given.fields.values(), ...given.pool.values()]) noteReferences(value, this.file.notes);
    // Prefect takes a name like a file's for the file's
    const stored = name.endsWith(".py") ? path.basename(name, ".py") || name : name;
    const deployment: RecipeDeployment = defined({
      name: stored,
      entrypoint,
      description: reading.text(fields.get("description"), "description"),
      version: reading.text(fields.get("version"), "version"),
      tags: this.tags(),
      parameters: reading.object(fields.get("parameters"), "parameters"),
      enforceParameterSchema: reading.flag(fields.get("enforce_parameter_schema"), "enforce_parameter_schema"),
      paused: reading.flag(fields.get("paused"), "paused", true),
      ...this.concurrency(),
      schedules: schedulesOf(fields.get("schedules"), reading),
      workPoolName: this.workPool(),
      workQueueName: reading.text(pool.get("work_queue_name"), "work_queue_name"),
      jobVariables: reading.object(pool.get("job_variables"), "job_variables"),
      pullSteps: this.pullSteps(),
      triggers: triggersOf(
        fields.get("triggers"),
        { name: stored, forAutomations: this.nameBeforeOutputs(name) },
        reading,
      ),
    });
    noteSteps([...given.build, ...given.push], this.filling.outputs, (step) => inputsOf(step, this.filling), this.file);
    return { span: given.span, deployment: withoutEmpty(deployment), spans: this.spans() };
  }

  /** Automations are called after the name as it is before steps fill it in. */
  private nameBeforeOutputs(name: string): string {
    const entry = this.given.fields.get("name");
    const before = entry && dataIn(filledTree(entry.value, { in: "trigger parameters" }, this.filling));
    return typeof before === "string" ? before : name;
  }

  private tags(): string[] | undefined {
    const entry = this.fields.get("tags");
    if (!entry) return undefined;
    const { notes } = this.file;
    if (isNothing(entry.value)) {
      notes.add(entry.at, "tags is nothing, for which prefect deploy fails; it is taken for []");
      return [];
    }
    if (entry.value.kind === "scalar") {
      const tag = pythonText(entry.value.value);
      if (tag.length > 1)
        notes.add(
          entry.value.span,
          "tags is a text, of which prefect deploy makes a tag for each letter; it is taken for one tag",
        );
      return [tag].filter((one) => one.trim() !== "");
    }
    if (entry.value.kind === "mapping") {
      this.file.mistakes.add(entry.at, "tags must be a list of texts");
      return undefined;
    }
    return entry.value.items.flatMap((item) => this.tagsIn(item)).filter((tag) => tag.trim() !== "");
  }

  private tagsIn(item: Tree): string[] {
    if (item.kind !== "list") return [pythonText(dataOf(item))];
    this.file.notes.add(
      item.span,
      "tags hold a list, of which prefect deploy makes one tag with brackets; its items are taken for tags",
    );
    return item.items.flatMap((one) => this.tagsIn(one));
  }

  private concurrency(): Pick<RecipeDeployment, "concurrencyLimit" | "concurrencyOptions"> {
    const entry = this.fields.get("concurrency_limit");
    if (entry?.value.kind !== "mapping") return { concurrencyLimit: this.reading.integer(entry, "concurrency_limit") };
    const part = (key: string) => (entry.value as Mapping).entries.get(key);
    const collisionStrategy = this.reading.text(part("collision_strategy"), "collision_strategy");
    if (collisionStrategy === undefined) {
      this.file.notes.add(
        entry.at,
        "concurrency_limit has no collision_strategy, for which prefect deploy fails; it is taken for ENQUEUE, Prefect's own",
      );
    }
    return {
      concurrencyLimit: this.reading.integer(part("limit"), "limit"),
      ...(collisionStrategy !== undefined && {
        concurrencyOptions: defined({
          collisionStrategy: collisionStrategy as "ENQUEUE",
          gracePeriodSeconds: this.reading.integer(part("grace_period_seconds"), "grace_period_seconds"),
        }),
      }),
    };
  }

  /** That of the file, else that of Prefect's own setting. */
  private workPool(): string | undefined {
    const given = this.reading.text(this.pool.get("name"), "the name of a work pool");
    const isOnly = this.file.deployments.length === 1;
    const usual = given === undefined || isOnly ? usualPool() : undefined;
    const at = this.given.pool.get("name")?.at ?? this.given.span;
    if (given === undefined && usual === undefined) {
      this.file.notes.add(
        at,
        "the deployment names no work pool, for which prefect deploy fails; that of the recipe is taken, if it has one",
      );
    }
    if (given !== undefined && usual !== undefined && usual.name !== given) {
      this.file.notes.add(
        at,
        `prefect deploy takes the work pool "${usual.name}" of ${usual.source}, since the file has one deployment alone; "${given}" is taken here`,
      );
    }
    return given ?? usual?.name;
  }

  /** Undefined where Prefect makes the step, which the recipe does as well. */
  private pullSteps(): Json[] | undefined {
    const { given, filling } = this;
    if (given.pull) {
      return given.pull.map((step) => ({
        [step.function]: dataIn(filledTree(step.inputs, { in: "pull" }, filling)) ?? {},
      }));
    }
    if (given.imageBuild) {
      const { dockerfile } = dataOf(given.imageBuild.inputs) as Json;
      return dockerfile === "auto" ? [setWorkingDirectory(`${imageFolder}/${path.basename(this.file.folder)}`)] : [];
    }
    // Prefect looks whether there is an image before steps fill it in, and while the environment's missing variables are still named
    return Boolean(this.imageBeforeOutputs()) && !Boolean(this.image())
      ? [setWorkingDirectory(imageFolder)]
      : undefined;
  }

  private imageBeforeOutputs(): unknown {
    const { given, filling } = this;
    const written = given.pool.get("job_variables")?.value;
    const image = written?.kind === "mapping" ? written.entries.get("image") : undefined;
    return image && dataIn(filledTree(image.value, { in: "trigger parameters" }, filling));
  }

  private image(): unknown {
    const filled = this.pool.get("job_variables")?.value;
    const image = filled?.kind === "mapping" ? filled.entries.get("image") : undefined;
    return image && dataOf(image.value);
  }

  private spans(): Map<string, Span> {
    const own = [...this.fields].flatMap(([key, { at, value }]) => spansOf(key, value, at));
    const pool = [...this.pool].flatMap(([key, { at, value }]) => spansOf(ofPool[key] ?? key, value, at));
    const steps = (this.given.pull ?? []).map(({ span }, i): [string, Span] => [`pullSteps[${i}]`, span]);
    return new Map([["", this.given.span], ...own, ...pool, ...steps]);
  }
}

const ofPool: Record<string, string> = {
  name: "workPoolName",
  work_queue_name: "workQueueName",
  job_variables: "jobVariables",
};

/** Where the parts of an argument stand, under the names that they have in a recipe. */
function spansOf(key: string, value: Tree, at: Span): [string, Span][] {
  const isFree = key === "parameters" || key === "jobVariables";
  return spansIn(value, at).map(([place, span]) => {
    const below = isFree ? place : camel(place);
    return [`${camel(key)}${below === "" || below.startsWith("[") ? "" : "."}${below}`, span];
  });
}

/** Where the texts of a field stand. */
function placeOf(key: string, within: string[]): Place {
  if (key === "triggers" && within.at(-1) === "parameters") return { in: "trigger parameters" };
  const isFree = key === "parameters" || ["parameters", "job_variables"].includes(within.at(-1) ?? "");
  return { in: "deployment", isFree, losesContext: ["triggers", "schedules"].includes(key) };
}

/** The entries of a mapping, filled in, without those of which nothing is left. */
function filledEntries(
  entries: Map<string, Entry>,
  filling: Filling,
  place: (key: string, within: string[]) => Place,
): Map<string, Entry> {
  return new Map(
    [...entries].flatMap(([key, { at, value }]) => {
      const filled = filledIn(value, filling, (within) => place(key, within));
      return filled === removed ? [] : [[key, { at, value: filled }] as const];
    }),
  );
}

/** A field, of which lists of mappings have places of their own for each key. */
function filledIn(tree: Tree, filling: Filling, place: (within: string[]) => Place): Tree | typeof removed {
  const isList = tree.kind === "list" && tree.items.length > 0 && tree.items.every(({ kind }) => kind === "mapping");
  if (!isList) return filledTree(tree, place([]), filling);
  const items = tree.items.map((item): Tree => {
    const { entries } = item as Mapping;
    return { ...item, entries: filledEntries(entries, filling, (key) => place([key])) } as Mapping;
  });
  return { ...tree, items };
}

/** The inputs of a build or push step, filled in. */
export function inputsOf(step: Step, filling: Filling): Json {
  const inputs = dataIn(filledTree(step.inputs, { in: "step" }, filling));
  return typeof inputs === "object" && inputs !== null ? (inputs as Json) : {};
}

/** Without objects and lists that say nothing, but for pull steps, of which an empty list says that there are none. */
function withoutEmpty(deployment: RecipeDeployment): RecipeDeployment {
  const says = ([key, value]: [string, unknown]) =>
    key === "pullSteps" || typeof value !== "object" || value === null || Object.keys(value).length > 0;
  return Object.fromEntries(Object.entries(deployment).filter(says)) as unknown as RecipeDeployment;
}
