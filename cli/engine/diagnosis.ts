import { stripVTControlCharacters } from "node:util";
import { type Diagnostic, type Step, titleOf } from "../../report/step";

/** What the engine says at the end of each failure, and what says nothing. */
const noise = [
  /^(update|preview|destroy|refresh) (failed|canceled)$/,
  /^resource partially created but read failed/,
  /^one or more (creation|update) errors occurred/,
];

/**
 * The errors of an operation, each once, in the words of whoever wrote it: without Pulumi's frame around them, and without stacks.
 *
 * @param steps what is known of the resources, by which they are called
 */
export function errorsIn(diagnostics: Diagnostic[], steps: Step[]): string[] {
  return said(diagnostics, steps, "error").filter((text) => !noise.some((pattern) => pattern.test(text)));
}

/** The warnings of an operation, each once. */
export function warningsIn(diagnostics: Diagnostic[], steps: Step[]): string[] {
  return said(diagnostics, steps, "warning");
}

/** What the program itself printed. */
export function printedIn(diagnostics: Diagnostic[]): string[] {
  return diagnostics.filter(({ severity }) => severity === "info").map(({ message }) => plain(message));
}

function said(diagnostics: Diagnostic[], steps: Step[], severity: Diagnostic["severity"]): string[] {
  const texts = diagnostics
    .filter((diagnostic) => diagnostic.severity === severity)
    .map(({ message, urn }) => withTitle(unframed(plain(message)), urn, steps))
    .filter((text) => text !== "");
  // of an error that is said alone and with more around it, the longer one is kept
  return [...new Set(texts)].filter(
    (text, _, all) => !all.some((other) => other !== text && other.endsWith(`: ${text}`)),
  );
}

function plain(message: string): string {
  return stripVTControlCharacters(message)
    .replace(/<\{%[^%]*%\}>/g, "")
    .trimEnd();
}

/** A message without what Pulumi and Node.js put around it. */
function unframed(message: string): string {
  return message
    .replace(/^(error|warning): /, "")
    .replace(/^an unhandled error occurred: /, "")
    .replace(/^Running program '[^\n]*' failed with an unhandled exception:\n/, "")
    .replace(/^[^\n]* resource '[^\n]*?': property (\S+) value \{.*?\} has a problem: /s, "$1 ")
    .replace(/^[^\n]* resource '[^\n]*?' has a problem: /, "")
    .replace(/\n {4}at [\s\S]*$/, "")
    .replace(/\nRequire stack:\n[\s\S]*$/, "")
    .replace(/^(Uncaught )?(Error|RunError|PrefectError|ApiError): /, "")
    .trim();
}

/** A message of a resource names it, unless it does so itself. */
function withTitle(text: string, urn: string | undefined, steps: Step[]): string {
  if (urn === undefined || text === "" || /^[a-z ]+ "[^"]*"/.test(text)) return text;
  const step = steps.find((one) => one.urn === urn) ?? { op: "", urn };
  return `${titleOf(step)}: ${text}`;
}
