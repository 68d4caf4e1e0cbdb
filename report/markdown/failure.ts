import { visible } from "../../provider/api/visible";
import { count } from "../words/phrase";
import { html, shortened } from "./text";

/** How much of what went wrong is shown. */
const mostLines = 40;
const longestLine = 400;

/** What stands on a pull request whose preview failed: that it did, and the errors as they are, in a block that nothing in them ends. */
export function failureMarkdown({ project, stack }: { project: string; stack: string }, message: string): string {
  const lines = message.split(/\r?\n/).map(visible);
  const shown = lines.slice(0, mostLines).map((line) => shortened(line, longestLine));
  const longest = Math.max(2, ...[...shown.join("\n").matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const left = lines.length - shown.length;
  return [
    `**${html(project)}/${html(stack)}: the preview failed**, so what would change isn't known`,
    "",
    `${fence}text`,
    ...shown,
    fence,
    ...(left > 0 ? ["", `The log of the job has ${count(left, "more line")}.`] : []),
    "",
  ].join("\n");
}
