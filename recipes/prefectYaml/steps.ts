import type { Span } from "../yaml/source";
import type { Entry, Mapping, Tree } from "../yaml/tree";
import type { PrefectFile, StepKind } from "./prefectFile";

/** A step of a deployment: a Python function, and what it is given. */
export interface Step {
  span: Span;
  /** The function's dotted name. */
  function: string;
  inputs: Mapping;
}

const ofPrefect = "prefect.deployments.steps.";
/** Steps that Prefect 2 had under other names, and those that are written without where they are. */
const renamed: Record<string, string> = {
  "prefect.projects.steps.git_clone_project": `${ofPrefect}git_clone`,
  "prefect.projects.steps.git_clone": `${ofPrefect}git_clone`,
  "prefect.projects.steps.set_working_directory": `${ofPrefect}set_working_directory`,
  "prefect.projects.steps.run_shell_script": `${ofPrefect}run_shell_script`,
  "prefect.projects.steps.pip_install_requirements": `${ofPrefect}pip_install_requirements`,
  "prefect.deployments.steps.git_clone_project": `${ofPrefect}git_clone`,
  "prefect_docker.projects.steps.build_docker_image": "prefect_docker.deployments.steps.build_docker_image",
  "prefect_docker.projects.steps.push_docker_image": "prefect_docker.deployments.steps.push_docker_image",
  ...Object.fromEntries(
    ["git_clone", "set_working_directory", "run_shell_script", "pip_install_requirements"].map((name) => [
      name,
      ofPrefect + name,
    ]),
  ),
};

/** The step that builds a Docker image. */
export const buildsImage = "prefect_docker.deployments.steps.build_docker_image";

/** The steps below a key; undefined where nothing is there, which isn't the same as an empty list. */
export function stepsIn(entry: Entry | undefined, kind: StepKind, file: PrefectFile): Step[] | undefined {
  if (!entry) return undefined;
  const { value } = entry;
  if (value.kind === "mapping")
    return value.entries.size === 0 ? undefined : [value].flatMap((one) => step(one, kind, file));
  if (value.kind === "list") return value.items.flatMap((one) => step(one, kind, file));
  if (value.value === null) return undefined;
  file.mistakes.add(
    value.span,
    `${kind} must be a list of steps, such as - ${ofPrefect}set_working_directory: { directory: /srv }`,
  );
  return undefined;
}

function step(item: Tree, kind: StepKind, file: PrefectFile): Step[] {
  if (item.kind === "scalar" && item.value === null) {
    file.notes.add(
      item.span,
      `a ${kind} step is nothing, for which prefect deploy refuses the whole file; it is left out`,
    );
    return [];
  }
  if (item.kind !== "mapping") {
    file.mistakes.add(item.span, `a ${kind} step must be a mapping of one function to its inputs`);
    return [];
  }
  const [[name, entry] = ["", { at: item.span, value: item }], ...others] = item.entries;
  if (item.entries.size === 0) return [];
  const inputs: Mapping =
    entry.value.kind === "mapping" ? entry.value : { kind: "mapping", entries: new Map(), span: entry.value.span };
  if (others.length > 0) {
    const isUnindented = entry.value.kind === "scalar" && entry.value.value === null;
    file.notes.add(
      entry.at,
      `the ${kind} step ${name} has ${others.map(([key]) => key).join(", ")} beside it, for which it fails when it runs; ` +
        (isUnindented ? "they are taken for its inputs" : "write one step in each item; those are left out"),
    );
    if (isUnindented) inputs.entries = new Map(others);
  }
  const known = Object.hasOwn(renamed, name) ? renamed[name] : undefined;
  if (known !== undefined)
    file.notes.add(
      entry.at,
      `there is no step ${name} in Prefect 3, so that it fails when it runs; it is taken for ${known}`,
    );
  return [{ span: entry.at, function: known ?? name, inputs }];
}
