import type { Span } from "../yaml/source";
import { dataOf, type Entry, type Mapping, type Tree } from "../yaml/tree";
import { type PrefectFile, type StepKind, stepKinds, textIn } from "./prefectFile";
import { isGiven, isNothing } from "./reading";
import { buildsImage, type Step, stepsIn } from "./steps";

/** A deployment as its author means it: with the keys that Prefect knows, each in its place. Templates aren't filled in. */
export interface Meant {
  span: Span;
  /** Its fields but for the steps and what is below `work_pool`. */
  fields: Map<string, Entry>;
  pool: Map<string, Entry>;
  build: Step[];
  push: Step[];
  /** The step that builds the image which has the code, as far as Prefect looks for one. */
  imageBuild?: Step;
  /** Undefined where Prefect makes the pull step itself; an empty list where there is none. */
  pull?: Step[];
}

/** The fields of a deployment, but for its steps and its work pool. */
const ofDeployment = [
  ...["name", "entrypoint", "description", "version", "tags", "parameters", "enforce_parameter_schema", "paused"],
  ...["concurrency_limit", "schedules", "triggers"],
];
const ofPool = ["name", "work_queue_name", "job_variables"];
/** Keys that Prefect leaves out, and where its author means what stands there to be. */
const misplaced: Record<string, { below?: "pool"; key: string; meaning: string }> = {
  work_queue_name: { below: "pool", key: "work_queue_name", meaning: "work_pool.work_queue_name" },
  work_pool_name: { below: "pool", key: "name", meaning: "work_pool.name" },
  job_variables: { below: "pool", key: "job_variables", meaning: "work_pool.job_variables" },
  infra_overrides: { below: "pool", key: "job_variables", meaning: "work_pool.job_variables" },
  is_paused: { key: "paused", meaning: "paused" },
};
/** Keys that say nothing any more, and why. */
const obsolete: Record<string, string> = {
  flow_name: "the flow's name is that of its code",
  version_type: "it says where Prefect Cloud takes a version from",
  sla: "service level agreements are Prefect Cloud's alone, and prefect deploy fails for them on a server",
  path: "the entrypoint is relative to the file's folder",
};

/** The deployments of a file, but for those without a name, which Prefect leaves out where there are others. */
export function meantIn(file: PrefectFile): Meant[] {
  const all = file.deployments.flatMap((item) => meant(item, file) ?? []);
  const named = all.filter(({ fields }) => isGiven(fields.get("name")));
  if (named.length === 0) return all;
  for (const { span, fields } of all) {
    if (!isGiven(fields.get("name")))
      file.notes.add(
        fields.get("name")?.at ?? span,
        "the deployment has no name, and is left out, as by prefect deploy --all",
      );
  }
  return named;
}

/** A deployment as it is meant; undefined, with a mistake or a note, for what is none. */
function meant(item: Tree, file: PrefectFile): Meant | undefined {
  if (item.kind !== "mapping") {
    file.mistakes.add(item.span, "a deployment must be a mapping, such as name: nightly");
    return undefined;
  }
  const { notes } = file;
  const fields = new Map<string, Entry>();
  const pool = poolOf(item, file);
  for (const [key, entry] of item.entries) {
    const other = misplaced[key];
    if (ofDeployment.includes(key)) fields.set(key, entry);
    else if (other && !isNothing(entry.value)) {
      const place = other.below ? pool : fields;
      const isFree = !place.has(other.key) && !item.entries.has(other.key);
      notes.add(
        entry.at,
        `prefect deploy knows no "${key}" here, and leaves it out; ` +
          (isFree || isEmpty(place.get(other.key))
            ? `it is taken for ${other.meaning}`
            : `${other.meaning} is given, too, and counts`),
      );
      if (isFree || isEmpty(place.get(other.key))) place.set(other.key, entry);
    }
  }
  setSchedules(item, fields, file);
  noteOthers(item, file);
  addEnvironment(item, pool, file);
  return { span: item.span, fields, pool, ...stepsOf(item, file) };
}

/** Whether an entry isn't there, or says nothing. */
function isEmpty(entry: Entry | undefined): boolean {
  if (!entry) return true;
  const data = dataOf(entry.value);
  return data === null || (typeof data === "object" && Object.keys(data).length === 0);
}

function poolOf(item: Mapping, { notes, source }: PrefectFile): Map<string, Entry> {
  const entry = item.entries.get("work_pool");
  if (!entry) return new Map<string, Entry>();
  const { at, value } = entry;
  if (value.kind === "mapping") {
    for (const [key, { at: place }] of value.entries) {
      if (ofPool.includes(key)) continue;
      const remedy = ["variables", "infra_overrides"].includes(key)
        ? "it is taken for job_variables"
        : "what a work pool itself is like is said where the pool is made, as by WorkPool";
      notes.add(place, `prefect deploy knows no "${key}" below work_pool, and leaves it out; ${remedy}`);
    }
    const known = new Map([...value.entries].filter(([key]) => ofPool.includes(key)));
    const other = value.entries.get("variables") ?? value.entries.get("infra_overrides");
    if (other && isEmpty(known.get("job_variables"))) known.set("job_variables", other);
    return known;
  }
  if (isNothing(value)) {
    notes.add(at, "work_pool is nothing, for which prefect deploy fails; it is left out");
    return new Map<string, Entry>();
  }
  const name = textIn(value, { notes, source }, "the name of a work pool must be a text");
  notes.add(
    value.span,
    "work_pool is no mapping, for which prefect deploy refuses the whole file; it is taken for work_pool.name",
  );
  return new Map<string, Entry>(name === undefined ? [] : [["name", entry]]);
}

/** Prefect 2 had one `schedule`, and a key of the deployment for whether it is active. */
function setSchedules(item: Mapping, fields: Map<string, Entry>, { notes, mistakes }: PrefectFile): void {
  const one = item.entries.get("schedule");
  const several = fields.get("schedules");
  if (one && !isEmpty(one)) {
    if (several && !isEmpty(several)) {
      mistakes.add(one.at, "schedule and schedules are both given, which prefect deploy refuses; keep one of them");
      return;
    }
    if (several)
      notes.add(
        one.at,
        "schedule and schedules are both given, for which prefect deploy fails; the one that isn't empty counts",
      );
    const { value } = one;
    if (value.kind === "list")
      notes.add(
        one.at,
        "schedule is a list, for which prefect deploy refuses the whole file; it is taken for schedules",
      );
    fields.set("schedules", {
      at: one.at,
      value: value.kind === "list" ? value : { kind: "list", items: [value], span: value.span },
    });
  } else if (one && !several) {
    fields.set("schedules", { at: one.at, value: { kind: "list", items: [], span: one.value.span } });
  }
}

function noteOthers(item: Mapping, { notes }: PrefectFile): void {
  const known = [
    ...ofDeployment,
    ...stepKinds,
    ...Object.keys(misplaced),
    "work_pool",
    "schedule",
    "env",
    "is_schedule_active",
  ];
  for (const [key, { at, value }] of item.entries) {
    if (known.includes(key) || isNothing(value)) continue;
    const why = obsolete[key];
    notes.add(at, `prefect deploy knows no "${key}" here, and leaves it out${why ? `: ${why}` : ""}`);
  }
}

/** `env` beside the work pool, which Prefect leaves out, means the environment of the runs. */
function addEnvironment(item: Mapping, pool: Map<string, Entry>, { notes }: PrefectFile): void {
  const env = item.entries.get("env");
  if (!env || isEmpty(env)) return;
  const given = pool.get("job_variables");
  const hasOwn = given?.value.kind === "mapping" && given.value.entries.has("env");
  const canHold = env.value.kind === "mapping" && !hasOwn && (isEmpty(given) || given?.value.kind === "mapping");
  notes.add(
    env.at,
    `prefect deploy knows no "env" here, and leaves it out; ${canHold ? "it is taken for" : "write it as"} work_pool.job_variables.env`,
  );
  if (!canHold) return;
  const before = given?.value.kind === "mapping" ? given.value.entries : new Map<string, Entry>();
  const value: Mapping = { kind: "mapping", entries: new Map([...before, ["env", env]]), span: env.value.span };
  pool.set("job_variables", { at: given?.at ?? env.at, value });
}

/** The steps of a deployment: its own, else those at the top of the file, by Prefect's own rules for each kind. */
function stepsOf(item: Mapping, file: PrefectFile): Pick<Meant, "build" | "push" | "pull" | "imageBuild"> {
  const [build, push, pull] = stepKinds.map((kind) => item.entries.get(kind));
  const top = (kind: StepKind) => file.steps[kind];
  // nothing at a deployment's `build` means none; its `push` and `pull` are then those at the top
  const pushing = isEmpty(push) ? top("push") : push;
  if (push && isEmpty(push) && !isEmpty(top("push"))) {
    file.notes.add(
      push.at,
      "push is empty here, and prefect deploy runs the push steps at the top of the file all the same",
    );
  }
  // an empty list says that there is none where nothing stands before it, and anything else that is empty says nothing
  const first = pull ?? top("pull");
  const pulling = first?.value.kind === "list" ? first : [pull, top("pull")].find((one) => !isEmpty(one));
  const imageBuild = stepsIn(isEmpty(build) ? top("build") : build, "build", file)?.find(
    (step) => step.function === buildsImage,
  );
  return {
    ...(imageBuild && { imageBuild }),
    build: stepsIn(build ?? top("build"), "build", file) ?? [],
    push: stepsIn(pushing, "push", file) ?? [],
    ...(pulling && { pull: stepsIn(pulling, "pull", file) }),
  };
}
