import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentBuilder } from "../../builder";
import type { Infrastructure } from "../../infrastructure";
import { aws } from "../aws/aws";
import { slugOf } from "../slug";
import { type CodeFolder, leftOutNote, readCodeFolder } from "./codeFolder";
import type { ResultStorage } from "./resultStorage";

/** What the uploaded archive is called, in the bucket and where a run unpacks it. */
const archive = "code.zip";

/**
 * Code that is uploaded to the bucket, all at once as one archive, under a name that changes with it: a run gets the code of one
 * moment, and what it is getting stays there when the next one is uploaded.
 */
export function bucketCode(name: string, storage: ResultStorage): DeploymentBuilder {
  return {
    build({ path: given = ".", ...plan }, { programFolder }) {
      const folder = path.resolve(programFolder, given);
      const code = readCodeFolder(folder);
      const failures = "problem" in code ? [{ property: "path", reason: code.problem }] : [];
      const steps = "problem" in code ? [] : fetchAndUnpack(storage, code.hash);
      return {
        ...plan,
        codeFolder: folder,
        pullSteps: plan.pullSteps ?? steps,
        failures: [...(plan.failures ?? []), ...failures],
      };
    },
    requires({ codeFolder = ".", pullSteps }, { programFolder }) {
      const code = readCodeFolder(codeFolder);
      // somebody's own steps get the code from elsewhere
      if ("problem" in code || !pullSteps?.some((step) => fetches(step, storage, code.hash))) return [];
      const place = slugOf(path.relative(programFolder, codeFolder).replaceAll("..", "up")) || "program";
      return [uploadedCode(`${name}-code-${place}`, codeFolder, code, storage)];
    },
  };
}

function fetchAndUnpack(storage: ResultStorage, hash: string): Record<string, unknown>[] {
  return [
    fetchStep(storage, hash),
    { "prefect.deployments.steps.run_shell_script": { script: `python -m zipfile -e ${archive} .` } },
  ];
}

const pullFromS3 = "prefect_aws.deployments.steps.pull_from_s3";

/** The step of Prefect that copies a folder of the bucket's code into the folder that a run is in. */
export function fetchStep(storage: ResultStorage, folder: string): Record<string, unknown> {
  return {
    [pullFromS3]: {
      requires: "prefect-aws",
      bucket: storage.bucketName,
      folder: `${storage.codePath}/${folder}`,
    },
  };
}

/** Whether a step is that one. */
function fetches(step: Record<string, unknown>, storage: ResultStorage, folder: string): boolean {
  const { folder: fetched } = (step[pullFromS3] ?? {}) as { folder?: unknown };
  return fetched === `${storage.codePath}/${folder}`;
}

function uploadedCode(name: string, folder: string, code: CodeFolder, storage: ResultStorage): Infrastructure {
  return {
    name,
    given: { hash: code.hash },
    make() {
      const note = leftOutNote(folder, code.leftOut);
      if (note !== undefined) void pulumi.log.warn(note);
      const own = code.files.map(({ name }) => ({ name, file: path.join(folder, name) }));
      const files = [...own, ...code.carried].map(({ name, file }) => [name, new pulumi.asset.FileAsset(file)]);
      const source = new pulumi.asset.AssetArchive(Object.fromEntries(files) as Record<string, pulumi.asset.Asset>);
      return { object: codeObject(name, `${code.hash}/${archive}`, { source }, storage) };
    },
  };
}

/** Uploads code. What was uploaded stays, for runs that are fetching it. */
export function codeObject(
  name: string,
  key: string,
  content: { source: pulumi.asset.Archive } | { content: string },
  storage: ResultStorage,
): pulumi.Resource {
  const args = { bucket: storage.bucketName, key: `${storage.codePath}/${key}`, tags: storage.tags, ...content };
  return new aws.s3.BucketObjectv2(name, args, { parent: storage, retainOnDelete: true });
}
