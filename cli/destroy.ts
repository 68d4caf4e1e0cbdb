import { Command } from "commander";
import { messageOf, PrefectError } from "../provider/api/errors";
import { isObject, type Step, titleOf } from "../report/step";
import { commandLine } from "./commandLine";
import { type Exported, exported } from "./engine/exported";
import { Interrupted } from "./engine/interruption";
import { failure, operate, withoutDeadLocks } from "./engine/operation";
import { type PendingCreations, pendingCreations } from "./engine/pending";
import { type Flags, withFlags } from "./flags";
import { settingsFile } from "./project/place";
import { openProject, type Project } from "./project/project";
import { readSettings } from "./project/settings";
import { coloursOf } from "./terminal/colours";
import { countLine, planLines } from "./terminal/planText";
import { agrees, checkAnswerable } from "./terminal/question";
import { print, printJson, say } from "./terminal/say";

interface DestroyFlags extends Flags {
  yes?: boolean;
}

export const command = withFlags(new Command("destroy"))
  .option("--yes", "ask nothing")
  .action(async (flags: DestroyFlags) => {
    checkAnswerable("destroy", flags.yes);
    const project = await openProject(flags);
    const state = await exported(project);
    const env = project.env ?? "the selected stack";
    if (state === undefined) {
      say(`nothing to take down: there is no stack ${env}`);
      return finish(project, flags, []);
    }
    const begun = pendingCreations(state);
    sayBegun(begun);
    let found = deletions(state);
    let objects = found.filter(isObject);
    const show = flags.json ? say : print;
    for (const line of planLines(objects, coloursOf(flags.json ? process.stderr : process.stdout))) show(line);
    if (objects.length > 0) show(countLine(objects));
    if (!flags.yes && !(await agrees(`take down all of ${env}?`))) {
      say("nothing was done");
      return finish(project, flags, []);
    }
    if (begun.own.length > 0) {
      await takeOver(project, begun.own, flags);
      found = deletions(await exported(project));
      objects = found.filter(isObject);
    }
    if (found.length > 0) {
      await operate(project, ["destroy"], { title: `taking down ${env}`, total: objects.length, debug: flags.debug });
    }
    say(`taken down: ${objects.length} objects deleted`);
    await removeStack(project);
    finish(project, flags, objects.map(titleOf));
  });

function finish({ env, folder }: Project, { json }: Flags, deleted: string[]): void {
  if (json) printJson({ env, folder, deleted });
}

/** What a stack holds, as what is deleted of it, children first. */
function deletions(state: Exported | undefined): Step[] {
  return (state?.deployment.resources ?? []).map((old): Step => ({ op: "delete", urn: old.urn, old })).reverse();
}

function sayBegun({ own, others }: PendingCreations): void {
  for (const urn of own) {
    say(
      `an interrupted deploy may have made ${titleOf({ op: "create", urn })}; it is taken over first, and taken down as well`,
    );
  }
  for (const urn of others) {
    say(
      `warning: an interrupted deploy may have made ${titleOf({ op: "create", urn })}, which the state doesn't have; ` +
        "look for it and delete it yourself",
    );
  }
}

/**
 * Brings what an interrupted deploy was about to make to its end, so that the state has it: by the intents of this machine an object that was made
 * is known (docs/explanation/interruptions.md), and nothing else tells whether it was.
 */
async function takeOver(project: Project, urns: string[], { debug }: DestroyFlags): Promise<void> {
  const targets = urns.flatMap((urn) => ["--target", urn]);
  try {
    await operate(project, ["up", ...targets], {
      title: "finding what an interrupted deploy has made",
      total: urns.length,
      debug,
    });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw new PrefectError(
      `nothing was taken down, as what an interrupted deploy may have made couldn't be taken over:\n${messageOf(error)}\n` +
        `mend that; or have Pulumi forget it (${commandLine("pulumi", project.given)} refresh --clear-pending-creates), delete it yourself, and take down the rest`,
    );
  }
}

/** Removes the empty stack from our own backend, with its settings unless somebody has written some. One of another backend stays. */
async function removeStack(project: Project): Promise<void> {
  const { env, given, ownState } = project;
  if (ownState === undefined || env === undefined) {
    say(`the stack itself stays, empty; to remove it: ${commandLine("pulumi", given)} stack rm`);
    return;
  }
  const keeps = hasSettings(settingsFile(project, env)) ? ["--preserve-config"] : [];
  const { PULUMI_STACK: stack = env } = project.variables;
  const removed = await withoutDeadLocks(project, ["stack", "rm", stack, "--yes", ...keeps]);
  if (removed.code !== 0) throw failure([], [], removed);
}

/** Whether a stack's settings hold more than what Pulumi writes of its own accord. */
function hasSettings(file: string): boolean {
  const { encryptionsalt: _, ...others } = readSettings(file);
  return Object.values(others).some((value) => typeof value !== "object" || Object.keys(value ?? {}).length > 0);
}
