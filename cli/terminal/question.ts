import { visible } from "../../provider/api/visible";
import { Interrupted } from "../engine/interruption";
import { UsageError } from "../usageError";

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** @throws UsageError when a command that asks has neither somebody to ask nor the answer */
export function checkAnswerable(command: string, yes: boolean | undefined): void {
  if (yes || canAsk()) return;
  throw new UsageError(`${command} asks before it does anything, and there is no terminal; give --yes to answer it`);
}

/** Asks a question whose answer is yes or no; no is what Return means. @throws Interrupted at Ctrl-C */
export async function agrees(question: string): Promise<boolean> {
  const { confirm } = await import("@inquirer/prompts");
  return answered(confirm({ message: visible(question), default: false }, { output: process.stderr }));
}

/** The same, where the answer may have been given. @throws UsageError when it hasn't, and there is nobody to ask */
export async function isAgreed(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!canAsk()) throw new UsageError(`${question} There is no terminal to ask; give --yes to answer it`);
  return agrees(question);
}

/** Lets a person choose at least one of several; all are chosen to begin with. @throws Interrupted at Ctrl-C */
export async function chosen<Value>(question: string, choices: { name: string; value: Value }[]): Promise<Value[]> {
  const { checkbox } = await import("@inquirer/prompts");
  const shown = choices.map(({ name, value }) => ({ name: visible(name), value, checked: true }));
  return answered(checkbox({ message: visible(question), choices: shown, required: true }, { output: process.stderr }));
}

async function answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name === "ExitPromptError") throw new Interrupted("SIGINT");
    throw error;
  }
}
