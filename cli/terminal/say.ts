import { visible } from "../../provider/api/visible";

/** Says one line to the person, on standard error; what of it comes from elsewhere can't make it two, or steer the terminal. */
export function say(line: string): void {
  process.stderr.write(`${visible(line)}\n`);
}

/** Says a text of several lines, each as `say` does. */
export function sayLines(text: string): void {
  text.split("\n").forEach(say);
}

let isJsonPrinted = false;

/**
 * Prints the result of a command that was asked for one JSON document; an error that comes after it doesn't make it two. What would act unseen
 * is escaped, which JSON has as well.
 */
export function printJson(document: unknown): void {
  if (isJsonPrinted) return;
  isJsonPrinted = true;
  const lines = JSON.stringify(document, undefined, 2).split("\n");
  process.stdout.write(`${lines.map(visible).join("\n")}\n`);
}

/** Prints one line of a result; what of it comes from elsewhere has been through `visible`. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
