import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { temporaryFolder, testEnvironment } from "./environment";

type Json = Record<string, unknown>;

/** What a preview is going to do with one resource. */
export interface Step {
  op: string;
  urn: string;
  /** Pulumi name of the resource. */
  name: string;
  /** The inputs that differ. */
  changed: string[];
  oldState?: { inputs?: Json; outputs?: Json };
  newState?: { inputs?: Json };
}

/** A program in a folder of its own, run by the real Pulumi CLI with its state in that folder. */
export class PulumiProject {
  private constructor(
    readonly folder: string,
    readonly env: Record<string, string>,
  ) {}

  /**
   * @param program JavaScript of the program; `require("meta-prefect")` gives this package
   * @param packages what else it may `require`
   */
  static async create(program: string, stack = "dev", packages: string[] = []): Promise<PulumiProject> {
    const folder = temporaryFolder();
    link(folder, "@pulumi/pulumi", ...packages);
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ main: "index.js" }));
    const manifest = { name: "test", runtime: { name: "nodejs", options: { typescript: false } } };
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify(manifest));
    return PulumiProject.at(folder, program, stack);
  }

  /** A TypeScript project whose folder is there already, with this package and what it needs installed. */
  static installed(folder: string): Promise<PulumiProject> {
    link(folder, "@pulumi/pulumi", "@types/node", "typescript");
    return PulumiProject.at(folder, undefined);
  }

  /** A project whose folder is there already. */
  static async at(folder: string, program: string | undefined, stack = "dev"): Promise<PulumiProject> {
    const state = path.join(temporaryFolder(), "state");
    fs.mkdirSync(state);
    const project = new PulumiProject(folder, { ...(await testEnvironment()), PULUMI_BACKEND_URL: `file://${state}` });
    if (program !== undefined) project.program = program;
    await project.pulumi("stack", "init", stack);
    return project;
  }

  set program(text: string) {
    this.write("index.js", text);
  }

  write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    fs.writeFileSync(path.join(this.folder, file), text);
  }

  pulumi(...args: string[]): Promise<string> {
    return run("pulumi", [...args, "--non-interactive", "--color", "never"], { cwd: this.folder, env: this.env });
  }

  up(...args: string[]): Promise<string> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  destroy(): Promise<string> {
    return this.pulumi("destroy", "--yes", "--skip-preview");
  }

  /** The steps of a preview that do something. */
  async preview(...args: string[]): Promise<Step[]> {
    const printed = await this.pulumi("preview", "--json", ...args);
    const { steps = [] } = JSON.parse(printed.slice(printed.indexOf("{\n"))) as { steps?: Step[] };
    return steps
      .filter(({ op }) => !["same", "refresh", "read"].includes(op))
      .map((step) => ({ ...step, name: step.urn.split("::").at(-1) ?? "", changed: changedInputs(step) }));
  }

  /** What the command says when it fails. */
  async failure(...args: string[]): Promise<string> {
    try {
      await this.pulumi(...args);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error(`pulumi ${args.join(" ")} did not fail`);
  }

  async output<T>(name: string): Promise<T> {
    return JSON.parse(await this.pulumi("stack", "output", name, "--json")) as T;
  }

  /** The stored resources by their Pulumi names. */
  async resources(): Promise<Map<string, { id: string; type: string; inputs: Json; outputs: Json }>> {
    const { deployment } = JSON.parse(await this.pulumi("stack", "export")) as {
      deployment: { resources?: { urn: string; id: string; type: string; inputs: Json; outputs: Json }[] };
    };
    return new Map((deployment.resources ?? []).map((resource) => [resource.urn.split("::").at(-1) ?? "", resource]));
  }
}

/** Puts this package and others of ours into a folder, as an installation would. */
function link(folder: string, ...packages: string[]): void {
  const modules = path.join(folder, "node_modules");
  for (const [name, target] of [
    ["meta-prefect", root],
    ...packages.map((name) => [name, path.join(root, "node_modules", name)]),
  ]) {
    const place = path.join(modules, name as string);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.symlinkSync(target as string, place);
  }
}

function changedInputs({ oldState, newState }: Step): string[] {
  const olds = oldState?.inputs ?? {};
  const news = newState?.inputs ?? {};
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  return keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key])).sort();
}
