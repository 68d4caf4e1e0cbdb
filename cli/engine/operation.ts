import { PrefectError } from "../../provider/api/errors";
import { type Digest, type Preview, previewOf } from "../../report/preview";
import { type Diagnostic, isChange, isObject, stackOf, type Step, titleOf } from "../../report/step";
import { usualStack } from "../project/place";
import type { Project } from "../project/project";
import { showProgress } from "../terminal/progress";
import { say } from "../terminal/say";
import { errorsIn } from "./diagnosis";
import { eventIn } from "./events";
import { isLocked, removeDeadLocks } from "./locks";
import { begunBy, doneBy, note, nothingYet, type Outcome } from "./outcome";
import { type Ended, pulumi, type Running } from "./pulumi";
import { withSkippedDays } from "./toldDays";

/** Pulumi's own exit code for a stack that isn't there; earlier ones say it by their text alone. */
const stackNotFound = 6;

/** How a preview is asked for. */
export interface Asking {
  refresh?: boolean;
  debug?: boolean;
  /** Whether the program tells the holidays that its schedules skip, which takes it a moment. */
  namesHolidays?: boolean;
}

/** Asks Pulumi what would be done. A stack that isn't there is made, since there is no preview without one. */
export async function preview(project: Project, { refresh, debug, namesHolidays }: Asking): Promise<Preview> {
  const progress = await showProgress("comparing with what is deployed");
  try {
    const words = ["preview", "--json", "--show-sames", ...(refresh ? ["--refresh"] : [])];
    const ask = async (more: NodeJS.ProcessEnv = {}) => {
      const once = () => pulumi({ ...project, variables: { ...project.variables, ...more } }, words, { debug });
      const ended = await onStack(project, once);
      if (!isWithoutStack(ended)) return ended;
      await makeStack(project);
      return once();
    };
    const [ended, skippedDays] = namesHolidays ? await withSkippedDays(ask) : [await ask()];
    const seen: Preview = { ...previewOf(digestIn(ended.stdout)), ...(skippedDays && { skippedDays }) };
    if (ended.code !== 0) throw failure(seen.diagnostics, seen.steps, ended);
    // the one that Pulumi has selected
    if (seen.steps.length > 0) project.env ??= stackOf(seen.steps).stack;
    return seen;
  } finally {
    progress.end();
  }
}

const gerunds: Record<string, [doing: string, done: string]> = {
  create: ["creating", "created"],
  "create-replacement": ["creating anew", "created anew"],
  update: ["updating", "updated"],
  delete: ["deleting", "deleted"],
  "delete-replaced": ["deleting the former", "deleted the former"],
  import: ["importing", "imported"],
  refresh: ["looking at", ""],
};

/**
 * Runs `pulumi up` or `pulumi destroy`, without a preview of its own, and shows how far it is.
 *
 * @param total how many objects it changes
 * @throws PrefectError with all errors, when it failed
 */
export async function operate(
  project: Project,
  words: ["up" | "destroy", ...string[]],
  { title, total, debug }: { title: string; total: number; debug?: boolean },
): Promise<Outcome> {
  const outcome = nothingYet();
  const progress = await showProgress(title);
  let count = 0;
  const line = (text: string) => {
    const event = eventIn(text);
    if (debug) say(text);
    if (!event) return;
    note(outcome, event);
    const [begun, done] = [begunBy(event), doneBy(event)];
    if (begun && isObject(begun) && gerunds[begun.op]) {
      progress.doing(`${title}: ${count} of ${total}; ${gerunds[begun.op]?.[0]} ${titleOf(begun)}`);
    }
    if (done && isObject(done) && gerunds[done.op]?.[1]) {
      if (isChange(done)) count += 1;
      progress.done(`${gerunds[done.op]?.[1]} ${titleOf(done)}`);
    }
  };
  try {
    const [command, ...others] = words;
    const ended = await withoutDeadLocks(project, [command, "--json", "--yes", "--skip-preview", ...others], {
      line,
      debug,
    });
    if (ended.code !== 0) throw failure(outcome.diagnostics, [...outcome.failures, ...outcome.unfinished], ended);
    return outcome;
  } finally {
    progress.end();
  }
}

/** Runs a command that needs the stack's lock. */
export async function withoutDeadLocks(project: Project, words: string[], running: Running = {}): Promise<Ended> {
  for (;;) {
    const ended = await pulumi(project, words, running);
    if (ended.code === 0 || !isLocked(ended.stderr)) return ended;
    removeDeadLocks(project, ended.stderr);
  }
}

/** Whether Pulumi did nothing since the stack isn't there. */
export function isWithoutStack({ code, stderr }: Ended): boolean {
  return code === stackNotFound || /no stack named '.*' found|no stack selected/.test(stderr);
}

/**
 * Runs a command of Pulumi on the project's stack: where a program's is neither asked for nor selected, on the usual one, as that of a YAML.
 */
export async function onStack(project: Project, run: () => Promise<Ended>): Promise<Ended> {
  // several commands may ask at once
  const isNamed = project.env !== undefined;
  const ended = await run();
  if (isNamed || !isWithoutStack(ended)) return ended;
  project.env = usualStack;
  project.variables.PULUMI_STACK = usualStack;
  return run();
}

async function makeStack(project: Project): Promise<void> {
  const { PULUMI_STACK: stack = usualStack } = project.variables;
  // the lock may be left of a destroy that was stopped while it removed the stack
  const made = await withoutDeadLocks(project, ["stack", "init", stack, "--no-select"]);
  // by another command meanwhile
  if (/stack '.*' already exists/.test(made.stderr)) return;
  if (made.code !== 0) throw failure([], [], made);
  say(`made the stack ${project.env ?? stack}, which is empty`);
}

const wrongPassPhrase =
  "the pass phrase here isn't the one with which the settings of this stack (Pulumi.<env>.yaml) were made; set PULUMI_CONFIG_PASSPHRASE " +
  "or PULUMI_CONFIG_PASSPHRASE_FILE to that one, or copy .meta-prefect/passphrase from whoever made the stack";

/** What Pulumi says of a backend that isn't there or lets nobody in. */
const unreachable =
  /unable to (open (bucket|state directory)|read from|list|check bucket)|could not (connect|list bucket|open bucket)|dial tcp|no such host|problem logging in|error listing stacks|failed to load (?:checkpoint|stack).*(?:blob|bucket)/i;

function firstLine(text: string): string {
  return (
    text
      .trim()
      .split("\n")[0]
      ?.replace(/^error: /, "") ?? ""
  );
}

/** All that went wrong, as one error. */
export function failure(diagnostics: Diagnostic[], steps: Step[], { stderr, stdout }: Ended): PrefectError {
  if (stderr.includes("incorrect passphrase")) return new PrefectError(wrongPassPhrase);
  if (
    /is newer than what this version of the Pulumi CLI|unsupported (checkpoint|deployment) (schema )?version/i.test(
      stderr,
    )
  ) {
    return new PrefectError(
      `the state was written by a newer Pulumi CLI than the one here (${firstLine(stderr)}); upgrade the Pulumi CLI, here and wherever the stack is deployed from`,
    );
  }
  if (unreachable.test(stderr)) {
    return new PrefectError(
      `the backend, where Pulumi keeps the state, can't be reached (${firstLine(stderr)}); check the network, its credentials, ` +
        "and its address: PULUMI_BACKEND_URL, backend.url in Pulumi.yaml, or what `pulumi whoami --verbose` says",
    );
  }
  if (/unknown (flag|command)/.test(stderr)) {
    return new PrefectError(`the Pulumi CLI on the PATH is too old for this (${stderr.trim()}); install a newer one`);
  }
  const errors = errorsIn(diagnostics, steps);
  const complaints =
    errors.length > 0 ? errors : errorsIn([{ severity: "error", message: stderr.trim() || stdout.trim() }], []);
  return new PrefectError(complaints.join("\n") || "Pulumi failed and didn't say why; --debug shows all that it says");
}

function digestIn(stdout: string): Digest {
  try {
    return JSON.parse(stdout) as Digest;
  } catch {
    // it failed before it had anything to say
    return {};
  }
}
