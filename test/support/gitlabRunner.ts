import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "./environment";
import type { JobEnd } from "./githubRunner";
import { type RunnerMachine, shell } from "./runnerMachine";

export interface GitlabRule {
  if: string;
  when?: string;
}

export interface GitlabJob {
  extends?: string;
  stage: string;
  rules: GitlabRule[];
  needs?: string[];
  environment?: string;
  resource_group?: string;
  interruptible?: boolean;
  timeout?: string;
  id_tokens?: Record<string, { aud: string }>;
  variables?: Record<string, string>;
  before_script?: string[];
  script: string[];
  artifacts?: { paths: string[]; when?: string; access: string };
}

/** A pipeline's jobs with what they extend, and the settings beside them. */
export interface GitlabPipeline {
  stages: string[];
  workflow: { rules: GitlabRule[] };
  variables: Record<string, string>;
  jobs: Record<string, GitlabJob>;
}

export function gitlabPipeline(file: string): GitlabPipeline {
  const { stages, workflow, variables, ...rest } = parse(fs.readFileSync(file, "utf8")) as GitlabPipeline;
  const others = rest as unknown as Record<string, GitlabJob>;
  const shown = Object.entries(others).filter(([name]) => !name.startsWith("."));
  const jobs = shown.map(([name, job]) => [
    name,
    { ...(job.extends === undefined ? {} : others[job.extends]), ...job },
  ]);
  return { stages, workflow, variables, jobs: Object.fromEntries(jobs) as Record<string, GitlabJob> };
}

export interface GitlabRun {
  machine: RunnerMachine;
  ref: string;
  /** What GitLab sets, such as CI_PIPELINE_SOURCE. */
  variables: Record<string, string>;
  /** The project's variables, for a job of an environment or of none. */
  settings: (environment?: string) => Record<string, string>;
  /** The jobs that somebody starts by hand. */
  started?: string[];
}

/** Does what GitLab's runner does of a pipeline, stage by stage, in the shell of an image that has Python. */
export async function runGitlab(
  { stages, workflow, variables, jobs }: GitlabPipeline,
  { machine, ref, variables: predefined, settings, started = [] }: GitlabRun,
): Promise<Record<string, JobEnd>> {
  const ends: Record<string, JobEnd> = {};
  const artifacts = temporaryFolder();
  if (!workflow.rules.some((rule) => holds(rule.if, predefined))) return ends;
  for (const stage of stages) {
    if (Object.values(ends).some(({ result }) => result === "failure")) break;
    for (const [name, job] of Object.entries(jobs)) {
      const rule = job.rules.find((rule) => holds(rule.if, predefined));
      if (job.stage !== stage || !rule || (rule.when === "manual" && !started.includes(name))) continue;
      const [workspace, own] = [path.join(temporaryFolder(), "project"), settings(job.environment)];
      machine.clone(ref, workspace);
      fs.cpSync(artifacts, workspace, { recursive: true });
      const given = { ...predefined, ...own, ...tokens(job) };
      const all = Object.entries({ ...variables, ...job.variables }).map(([key, text]) => [key, expanded(text, given)]);
      const env = { ...machine.env, ...given, ...(Object.fromEntries(all) as Record<string, string>) };
      const ended = await shell([...(job.before_script ?? []), ...job.script].join("\n"), {
        cwd: workspace,
        env: { ...env, CI: "true", GITLAB_CI: "true", PATH: [machine.python, machine.env.PATH].join(path.delimiter) },
      });
      const kept = job.artifacts?.when === "always" || ended.code === 0 ? (job.artifacts?.paths ?? []) : [];
      for (const file of kept) fs.copyFileSync(path.join(workspace, file), path.join(artifacts, file));
      const [shownFile] = kept.filter((file) => file.endsWith(".md"));
      ends[name] = {
        result: ended.code === 0 ? "success" : "failure",
        code: ended.code,
        log: ended.log,
        summary: shownFile === undefined ? "" : fs.readFileSync(path.join(artifacts, shownFile), "utf8"),
      };
    }
  }
  return ends;
}

function tokens({ id_tokens: asked = {} }: GitlabJob): Record<string, string> {
  return Object.fromEntries(Object.keys(asked).map((name) => [name, "the.job's.token"]));
}

/** A variable's text with those of others in it. */
function expanded(text: string, variables: Record<string, string>): string {
  return text.replace(/\$(\w+)/g, (_, name: string) => variables[name] ?? "");
}

/** Whether a rule's condition is true: comparisons of variables and texts, all of which have to be so. */
function holds(condition: string, variables: Record<string, string>): boolean {
  return condition.split("&&").every((part) => {
    const [, left = "", operator, right = ""] = /^\s*(\S+) (==|!=) (\S+)\s*$/.exec(part) ?? assert.fail(part);
    const [one, other] = [left, right].map((word) => {
      const [, name] = /^\$(\w+)$/.exec(word) ?? [];
      return name === undefined ? (JSON.parse(word) as string) : variables[name];
    });
    return (one === other) === (operator === "==");
  });
}
