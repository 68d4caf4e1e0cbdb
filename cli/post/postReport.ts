import { setTimeout as pause } from "node:timers/promises";
import { visible } from "../../provider/api/visible";
import { say as sayThere } from "../terminal/say";
import type { CheckResult, CodeHost } from "./codeHost";
import { commentMark } from "./commentMark";
import { commentText } from "./commentText";
import type { Found } from "./found";
import { github } from "./github";
import { githubPlace } from "./githubPlace";
import { gitlab } from "./gitlab";
import { gitlabPlace } from "./gitlabPlace";
import { Refusal } from "./hostApi";
import { settledComment } from "./settledComment";

/** The hosts that a report can be posted to. */
export type HostName = "github" | "gitlab";

/** What a preview says, for people. */
export interface Report {
  markdown: string;
  hasChanges: boolean;
  /** Whether something would be refused, or would no longer work. */
  isBroken: boolean;
  /** Whether there was no preview, as it failed. */
  hasFailed?: boolean;
}

/** The stack that a report is about, by which its comment is found again. */
export interface Subject {
  project: string;
  stack: string;
}

export interface Posting {
  /** The environment of CI, which says where to post. @default process.env */
  environment?: NodeJS.ProcessEnv;
  /** Says a line to the person. @default on standard error */
  say?: (line: string) => void;
  /** Waits so many milliseconds, before a request is sent again. */
  pause?: (milliseconds: number) => Promise<unknown>;
}

/** How long a host lets the parts of a check's result be, in characters. */
const longestName = 255;

/**
 * Makes or updates the comment about a stack on the pull request that CI is at work for, and sets the result of a check. What was done is said on
 * standard error, and so is why nothing is done: outside of a pull request, without a token, or when nothing changes and nothing ever did.
 *
 * @param report gives the report; asked only when there is somewhere to post it
 * @throws PrefectError when the host refuses it, or answers what its API would not
 */
export async function postReport(
  name: HostName,
  subject: Subject,
  report: () => Report,
  { environment = process.env, say = sayThere, pause: wait = pause }: Posting = {},
): Promise<void> {
  const found = hostFor(name, environment, wait);
  if ("nothing" in found) return say(`nothing is posted: ${found.nothing}`);
  const { place: host } = found;
  const { markdown, ...outcome } = report();
  const mark = commentMark(subject);
  const { text, left } = commentText(mark, host.harmless(markdown), host.limit);
  if (left > 0)
    say(`a comment on ${host.name} has ${host.limit} characters at most: ${left} of the report are left out`);
  try {
    const isWorthOne = outcome.hasChanges || outcome.isBroken;
    const settled = await settledComment(host, { mark, text, isWorthOne }, wait);
    say(`the comment on ${host.name} is ${settled}${settled === "not made" ? ", as nothing changes" : ""}`);
    await checked(host, checkResult(subject, outcome), say);
  } catch (error) {
    if (!(host.readOnly && isForbidden(error))) throw error;
    say(`nothing is posted: ${host.readOnly} (${error.message})`);
  }
}

function checkResult(
  { project, stack }: Subject,
  { hasChanges, isBroken, hasFailed }: Omit<Report, "markdown">,
): CheckResult {
  const changes = hasChanges ? "changes; the comment says which" : "nothing changes";
  const broken = hasFailed ? "the preview failed; the comment says why" : "something breaks; the comment says what";
  return {
    name: visible(`meta-prefect: ${project}/${stack}`).slice(0, longestName),
    isGood: !isBroken,
    description: isBroken ? broken : changes,
  };
}

/** Sets the result of a check, where the token allows it. */
async function checked(host: CodeHost, result: CheckResult, say: (line: string) => void): Promise<void> {
  try {
    await host.check(result);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    say(`no check is set, which the token doesn't allow: ${error.message}`);
  }
}

/** Hosts say "not found" of what a token may not see. */
function isForbidden(error: unknown): error is Refusal {
  return error instanceof Refusal && [403, 404].includes(error.status);
}

function hostFor(name: HostName, environment: NodeJS.ProcessEnv, wait: NonNullable<Posting["pause"]>): Found<CodeHost> {
  if (name === "github") {
    const found = githubPlace(environment);
    return "place" in found ? { place: github(found.place, wait) } : found;
  }
  const found = gitlabPlace(environment);
  return "place" in found ? { place: gitlab(found.place, wait) } : found;
}
