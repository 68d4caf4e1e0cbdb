import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { root } from "../../tools/root";
import { temporaryFolder } from "./environment";
import { PulumiProject } from "./pulumiProject";

/** A program in a folder below `test/states/<build>`, beside which lies the state that this build wrote of it. */
export interface RecordedProgram {
  /** The commit of the build. */
  build: string;
  name: string;
  /** What it may `require` besides this package and Pulumi's. */
  packages: string[];
}

const eks = ["@pulumi/aws", "@pulumi/kubernetes", "@kubernetes/client-node"];
export const programs: RecordedProgram[] = [
  { build: "917a106", name: "kinds", packages: [] },
  { build: "917a106", name: "localRun", packages: [] },
  { build: "917a106", name: "changed", packages: [] },
  { build: "917a106", name: "eksDask", packages: eks },
  { build: "5e46975", name: "plain", packages: [] },
];

/** Where nothing listens. */
const nowhere = "http://127.0.0.1:9/api";

/** The folder of a program and the state that its build recorded. */
export function folderOf({ build, name }: RecordedProgram): string {
  return path.join(root, "test", "states", build, name);
}

/** What differs from machine to machine in the text of a state, by what stands for it in a recorded one. */
export function placeholders({ folder, env }: PulumiProject): Record<string, string> {
  return {
    "{{folder}}": folder,
    "{{server}}": new URL(env.PREFECT_API_URL as string).origin,
    '"host": "{{host}}"': `"host": ${JSON.stringify(os.hostname())}`,
  };
}

/** A copy of a recorded program with its state, for this build and a server that can't be reached. */
export async function recorded(program: RecordedProgram): Promise<PulumiProject> {
  const folder = folderOf(program);
  const project = await PulumiProject.copied(folder, program.packages);
  Object.assign(project.env, { PREFECT_API_URL: nowhere, PULUMI_CONFIG_PASSPHRASE: "" });
  const state = Object.entries(placeholders(project)).reduce(
    (text, [placeholder, value]) => text.replaceAll(placeholder, value),
    fs.readFileSync(path.join(folder, "state.json"), "utf8"),
  );
  const file = path.join(temporaryFolder(), "state.json");
  fs.writeFileSync(file, state);
  await project.pulumi("stack", "import", "--file", file);
  return project;
}
