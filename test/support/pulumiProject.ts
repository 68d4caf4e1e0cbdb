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

/** A resource of a state. */
export interface StoredResource {
  urn: string;
  id: string;
  type: string;
  inputs: Json;
  outputs: Json;
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

  /**
   * A copy of a JavaScript project with its configuration.
   *
   * @param packages what it may `require` besides this package and Pulumi's
   * @param build folder of the build of this package that it gets
   */
  static async copied(folder: string, packages: string[] = [], build = root): Promise<PulumiProject> {
    const copy = temporaryFolder();
    fs.cpSync(folder, copy, { recursive: true });
    linkFrom(build, copy, "@pulumi/pulumi", ...packages);
    return PulumiProject.at(copy, undefined);
  }

  /** A project whose folder is there already. */
  static async at(folder: string, program: string | undefined, stack = "dev"): Promise<PulumiProject> {
    const state = path.join(temporaryFolder(), "state");
    fs.mkdirSync(state);
    // a Pulumi that is killed can leave its files of metadata, which nothing needs, half written; it reads no stack then
    const PULUMI_BACKEND_URL = `file://${state}?metadata=skip`;
    const project = new PulumiProject(folder, { ...(await testEnvironment()), PULUMI_BACKEND_URL });
    if (program !== undefined) project.program = program;
    await project.pulumi("stack", "init", stack);
    return project;
  }

  get program(): string {
    return fs.readFileSync(path.join(this.folder, "index.js"), "utf8");
  }

  set program(text: string) {
    this.write("index.js", text);
  }

  write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(this.folder, file)), { recursive: true });
    fs.writeFileSync(path.join(this.folder, file), text);
  }

  /** Runs a command of Pulumi and gives its standard output, where Pulumi also prints warnings and what the program says. */
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
    const { steps = [] } = JSON.parse(await this.pulumi("preview", "--json", ...args)) as { steps?: Step[] };
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

  /** The stored resources by their Pulumi names, of which each is to be one resource's alone. */
  async resources(): Promise<Map<string, StoredResource>> {
    return new Map((await this.storedResources()).map((resource) => [resource.urn.split("::").at(-1) ?? "", resource]));
  }

  /** The stored resources in the state's order. */
  async storedResources(): Promise<StoredResource[]> {
    const exported = JSON.parse(await this.pulumi("stack", "export")) as {
      deployment: { resources?: StoredResource[] };
    };
    return exported.deployment.resources ?? [];
  }
}

/** Puts this package and others of ours into a folder, as an installation would. */
function link(folder: string, ...packages: string[]): void {
  linkFrom(root, folder, ...packages);
}

function linkFrom(build: string, folder: string, ...packages: string[]): void {
  const modules = path.join(folder, "node_modules");
  for (const [name, target] of [
    ["meta-prefect", build],
    ...packages.map((name) => [name, path.join(build, "node_modules", name)]),
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
