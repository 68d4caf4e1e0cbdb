import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "./environment";
import { type RunnerMachine, shell, type ShellEnd } from "./runnerMachine";

export interface GithubStep {
  id?: string;
  uses?: string;
  with?: Record<string, string | boolean>;
  run?: string;
  env?: Record<string, string>;
}

export interface GithubJob {
  if?: string;
  needs?: string;
  environment?: string;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  permissions: Record<string, string>;
  "timeout-minutes": number;
  env?: Record<string, string>;
  outputs?: Record<string, string>;
  steps: GithubStep[];
}

export interface GithubWorkflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  env?: Record<string, string>;
  jobs: Record<string, GithubJob>;
}

export function githubWorkflow(file: string): GithubWorkflow {
  return parse(fs.readFileSync(file, "utf8")) as GithubWorkflow;
}

/** How a job ended. */
export interface JobEnd {
  result: "success" | "failure" | "skipped";
  /** What its steps printed. */
  log: string;
  /** What stands on the page of the run. */
  summary: string;
  /** The exit code of the step that failed. */
  code?: number | null;
}

/** The event that starts a work flow, and what the repository has for it. */
export interface GithubRun {
  machine: RunnerMachine;
  /** What is checked out. */
  ref: string;
  /** What `github` has in expressions. */
  github: Record<string, unknown>;
  /** What the runner sets, such as GITHUB_REPOSITORY. */
  variables: NodeJS.ProcessEnv;
  /** Variables and secrets that a job of an environment, or of none, gets. */
  settings: (environment?: string) => { vars: Record<string, string>; secrets: Record<string, string> };
  /** Is told of what a job may do, before it begins. */
  permitted?: (permissions: Record<string, string>) => void;
}

interface Context {
  job: GithubJob;
  workspace: string;
  /** What an action leaves to later steps. */
  env: NodeJS.ProcessEnv;
  run: GithubRun;
  artifacts: string;
}

/** What the test does in place of each action, by its name: what the action would do here. */
const actions: Record<string, (inputs: Record<string, string>, context: Context) => Promise<void>> = {
  "actions/checkout": (inputs, { workspace, run }) => {
    assert.equal(String(inputs["persist-credentials"]), "false");
    run.machine.clone(run.ref, workspace);
    return Promise.resolve();
  },
  "actions/setup-python": (_, { env, run }) => {
    env.PATH = [run.machine.python, env.PATH].join(path.delimiter);
    return Promise.resolve();
  },
  "aws-actions/configure-aws-credentials": async (inputs, { job, env, run }) => {
    assert.equal(job.permissions["id-token"], "write");
    const { "role-to-assume": role = "", "aws-region": region = "" } = inputs;
    Object.assign(env, await run.machine.assumeRole(role), { AWS_REGION: region, AWS_DEFAULT_REGION: region });
  },
  "actions/upload-artifact": (inputs, { workspace, artifacts }) => {
    const { name = "", path: file = "" } = inputs;
    fs.mkdirSync(path.join(artifacts, name), { recursive: true });
    fs.copyFileSync(path.join(workspace, file), path.join(artifacts, name, file));
    return Promise.resolve();
  },
  "actions/download-artifact": (inputs, { workspace, artifacts }) => {
    fs.cpSync(path.join(artifacts, inputs.name ?? ""), workspace, { recursive: true });
    return Promise.resolve();
  },
};

/** Does what GitHub's runner does of a work flow, job by job. */
export async function runGithub(workflow: GithubWorkflow, run: GithubRun): Promise<Record<string, JobEnd>> {
  const ends: Record<string, JobEnd> = {};
  const needs: Record<string, { outputs: Record<string, string> }> = {};
  const artifacts = temporaryFolder();
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const isReady = job.needs === undefined || ends[job.needs]?.result === "success";
    const context = { github: run.github, needs, ...run.settings(job.environment) };
    if (!isReady || (job.if !== undefined && filled(`\${{ ${job.if} }}`, context) !== "true")) {
      ends[name] = { result: "skipped", log: "", summary: "" };
      continue;
    }
    const steps: Record<string, { outputs: Record<string, string> }> = {};
    ends[name] = await runJob(workflow, job, run, { ...context, steps }, artifacts);
    const outputs = Object.entries(job.outputs ?? {}).map(([key, text]) => [key, filled(text, { ...context, steps })]);
    needs[name] = { outputs: Object.fromEntries(outputs) as Record<string, string> };
  }
  return ends;
}

type Names = Record<string, unknown> & { steps: Record<string, { outputs: Record<string, string> }> };

async function runJob(
  workflow: GithubWorkflow,
  job: GithubJob,
  run: GithubRun,
  names: Names,
  artifacts: string,
): Promise<JobEnd> {
  run.permitted?.(job.permissions);
  const [workspace, own] = [temporaryFolder(), temporaryFolder()];
  const env: NodeJS.ProcessEnv = { ...run.machine.env, CI: "true", GITHUB_ACTIONS: "true", ...run.variables };
  Object.assign(env, filledAll(workflow.env, names), filledAll(job.env, names));
  const context: Context = { job, workspace, env, run, artifacts };
  const end: JobEnd = { result: "success", log: "", summary: "" };
  for (const [index, step] of job.steps.entries()) {
    if (step.uses !== undefined) {
      const [action = ""] = step.uses.split("@");
      await (actions[action] ?? assert.fail(`the test doesn't know what ${action} does`))(
        filledAll(step.with, names),
        context,
      );
      continue;
    }
    const files = { summary: path.join(own, `summary-${index}`), output: path.join(own, `output-${index}`) };
    for (const file of Object.values(files)) fs.writeFileSync(file, "");
    const ended: ShellEnd = await shell(filled(step.run ?? "", names), {
      cwd: workspace,
      env: { ...env, GITHUB_STEP_SUMMARY: files.summary, GITHUB_OUTPUT: files.output, ...filledAll(step.env, names) },
    });
    end.log += ended.log;
    end.summary += fs.readFileSync(files.summary, "utf8");
    if (step.id !== undefined) names.steps[step.id] = { outputs: outputsIn(fs.readFileSync(files.output, "utf8")) };
    if (ended.code !== 0) return { ...end, result: "failure", code: ended.code };
  }
  return end;
}

function outputsIn(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

function filledAll(texts: Record<string, string | boolean> | undefined, names: object): Record<string, string> {
  return Object.fromEntries(Object.entries(texts ?? {}).map(([key, text]) => [key, filled(String(text), names)]));
}

/** A text with its expressions evaluated, of those that the work flows have: a name, or whether two are equal. What isn't set is empty. */
export function filled(text: string, names: object): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    const [left = "", right, ...more] = expression.split("==").map((part) => part.trim());
    assert.deepEqual(more, [], expression);
    return right === undefined ? valueOf(left, names) : String(valueOf(left, names) === valueOf(right, names));
  });
}

function valueOf(word: string, names: object): string {
  const [, literal] = /^'([^']*)'$/.exec(word) ?? [];
  if (literal !== undefined) return literal;
  assert.match(word, /^[a-z]\w*(\.\w+)+$/i, `the test doesn't know the expression ${word}`);
  const [first = ""] = word.split(".");
  assert.ok(first in names, `there is no ${first} here`);
  let value: unknown = names;
  for (const name of word.split(".")) value = (value as Record<string, unknown> | undefined)?.[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
