import { visible } from "../../provider/api/visible";
import type { Drift } from "../../report/drift";
import { keepPhrases, undoPhrases, whatHappened, whenPhrases } from "../../report/words/drift";
import type { Phrase } from "../../report/words/phrase";
import { commandLine } from "../commandLine";
import type { Colours } from "./colours";
import { changeText } from "./planText";

/** How many objects are shown. */
const mostObjects = 20;

/** What somebody changed on the server, with how to keep it, and how to undo all of it. */
export function driftLines(
  drift: Drift[],
  { env, file }: { env: string; file?: string },
  { yellow, dim }: Colours,
): string[] {
  if (drift.length === 0) return [];
  const isUndone = drift.some((one) => undoPhrases(one, env).length > 0);
  const rest = drift.length - mostObjects;
  return [
    ...drift
      .slice(0, mostObjects)
      .flatMap((one) => [
        `  ${yellow("! ")} ${visible(`${one.title} ${whatHappened(one)}`)}`,
        ...one.changes.map((change) => `       ${visible(changeText(change))}`),
        ...[...whenPhrases(one), ...keepPhrases(one)].map((phrase) => dim(`       ${visible(textOf(phrase))}`)),
      ]),
    ...(rest > 0 ? [dim(`  and ${rest} more`)] : []),
    ...(isUndone ? [`  to undo what differs: ${visible(`${commandLine("deploy", { env, file })} --refresh`)}`] : []),
    "",
  ];
}

function textOf(phrase: Phrase): string {
  return phrase.map((part) => (typeof part === "string" ? part : "code" in part ? part.code : part.typed)).join("");
}
