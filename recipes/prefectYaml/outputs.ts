import * as pulumi from "@pulumi/pulumi";
import type { Json } from "../../provider/engine/kind";
import { isGitQuestion } from "../../provider/program/gitVersion";
import { dataOf } from "../yaml/tree";
import type { PrefectFile } from "./prefectFile";
import { buildsImage, type Step } from "./steps";

/** What the build and push steps of a deployment give, as far as it is known without running them. */
export interface Outputs {
  /** By the ids of the steps, and flat: of two of a name the later one's. */
  values: Json;
  /** Why there is nothing of a name. */
  whyUnknown(name: string): string;
}

/** Steps whose outputs are what they are given. */
const passing: Record<string, string[]> = {
  "prefect_docker.deployments.steps.push_docker_image": ["image_name", "tag", "additional_tags"],
  "prefect_aws.deployments.steps.push_to_s3": ["bucket", "folder"],
  "prefect_gcp.deployments.steps.push_to_gcs": ["bucket", "folder"],
  "prefect_azure.deployments.steps.push_to_azure_blob_storage": ["container", "folder"],
};
const pushesImage = "prefect_docker.deployments.steps.push_docker_image";
const runsScript = "prefect.deployments.steps.run_shell_script";

/**
 * What steps give. None is run: what an image is called is known when its name and tag are, and git is asked for what a script asks it for.
 *
 * @param filled the inputs of a step, filled in with what those before it give
 * @param given what the program says that steps give, by their ids
 * @param ask gives what a script prints that asks git what is checked out
 */
export function outputsOf(
  steps: readonly Step[],
  given: Json,
  filled: (step: Step, outputs: Outputs) => Json,
  ask: (script: string) => string | undefined,
): Outputs {
  const values: Json = {};
  const ids: string[] = [];
  const outputs: Outputs = {
    values,
    whyUnknown(name) {
      const [id = ""] = name.split(".");
      if (!ids.includes(id))
        return `there is no step "${id}"${id === name ? ", and no environment variable of that name" : ""}`;
      return `what the step "${id}" gives isn't known before it runs`;
    },
  };
  for (const step of steps) {
    const inputs = filled(step, outputs);
    const id = typeof inputs.id === "string" ? inputs.id : undefined;
    const known = (id !== undefined && (given[id] as Json | undefined)) || knownOutputs(step, inputs, ask);
    if (id !== undefined) ids.push(id);
    if (id !== undefined && known) values[id] = known;
    Object.assign(values, known);
  }
  return outputs;
}

function knownOutputs(
  { function: name }: Step,
  inputs: Json,
  ask: (script: string) => string | undefined,
): Json | undefined {
  const image =
    typeof inputs.image_name === "string" && typeof inputs.tag === "string" && inputs.tag !== ""
      ? { image: `${inputs.image_name}:${inputs.tag}` }
      : {};
  if (name === buildsImage)
    return { ...of(inputs, "image_name", "tag"), additional_tags: inputs.additional_tags ?? [], ...image };
  if (name === pushesImage) return { ...of(inputs, "image_name", "tag", "additional_tags"), ...image };
  if (name === runsScript && typeof inputs.script === "string" && inputs.directory === undefined) {
    const stdout = ask(inputs.script);
    return stdout === undefined ? undefined : { stdout, stderr: "" };
  }
  const keys = Object.hasOwn(passing, name) ? passing[name] : undefined;
  return keys && of(inputs, ...keys);
}

function of(inputs: Json, ...keys: string[]): Json {
  // a secret goes no further than the step that it is given to
  const isKnown = (key: string) => inputs[key] !== undefined && !pulumi.Output.isInstance(inputs[key]);
  return Object.fromEntries(keys.filter(isKnown).map((key) => [key, inputs[key]]));
}

/** Says of each build and push step what it would do, and that it has to be done by hand. */
export function noteSteps(
  steps: readonly Step[],
  { values }: Outputs,
  filled: (step: Step) => Json,
  file: PrefectFile,
): void {
  for (const step of steps) {
    const inputs = filled(step);
    const isAnswered = step.function === runsScript && typeof inputs.id === "string" && values[inputs.id] !== undefined;
    if (!isAnswered) file.notes.add(step.span, byHand(step, inputs));
  }
}

function byHand({ function: name, inputs }: Step, filled: Json): string {
  const image = [filled.image_name, filled.tag].every((part) => typeof part === "string")
    ? `${String(filled.image_name)}:${String(filled.tag)}`
    : "<image>";
  const isOwn = typeof filled.dockerfile === "string" && !["Dockerfile", "auto"].includes(filled.dockerfile);
  const dockerfile = isOwn ? ` -f ${String(filled.dockerfile)}` : "";
  // Prefect writes one for the build alone
  const needs = filled.dockerfile === "auto" ? ", with a Dockerfile of your own" : "";
  switch (name) {
    case buildsImage:
      return `the image ${image} isn't built here; build it before, as by: docker build -t ${image}${dockerfile} .${needs}`;
    case pushesImage:
      return `the image ${image} isn't pushed here; push it before, as by: docker push ${image}`;
    case runsScript: {
      const script = JSON.stringify(typeof filled.script === "string" ? filled.script : dataOf(inputs));
      const isGit = typeof filled.script === "string" && isGitQuestion(filled.script);
      return isGit
        ? `${script} isn't run here; as the version of a deployment, version: git says what is checked out`
        : `scripts aren't run here: ${script}; run it before, where it does more than tell`;
    }
    default:
      return `the step ${name} isn't run here; do what it does before`;
  }
}
