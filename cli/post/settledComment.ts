import type { CodeHost, Comment } from "./codeHost";
import { isSameText } from "./commentText";
import { LostAnswer, Refusal } from "./hostApi";

/** What became of the comment about a stack. */
export type Settled = "made" | "updated" | "left as it is" | "not made";

/** How often it is looked again, after an answer was lost or somebody else was at work at the same time. */
const mostLooks = 4;
/** After how many milliseconds a comment that was perhaps made is looked for. */
const untilSeen = 2_000;

/**
 * Makes or updates the one comment of ours that begins with a mark. Of several, made by jobs that ran at the same time, the first is kept and the
 * others are deleted, as they would go on telling what is no longer so.
 *
 * @param isWorthOne whether one is made where there is none
 * @param pause waits so many milliseconds
 */
export async function settledComment(
  host: CodeHost,
  { mark, text, isWorthOne }: { mark: string; text: string; isWorthOne: boolean },
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<Settled> {
  let isMade = false;
  let failed: unknown;
  for (let looks = 1; looks <= mostLooks; looks += 1) {
    const [first, ...others] = await ours(host, mark);
    if (!first) {
      // what the host says it has made is there, whether or not its list has it already
      if (isMade) return "made";
      if (!isWorthOne) return "not made";
      try {
        await host.create(text);
        isMade = true;
      } catch (error) {
        if (!(error instanceof LostAnswer)) throw error;
        failed = error;
        await pause(untilSeen);
      }
      // whether it is there, and alone, is seen at the next look
      continue;
    }
    const isSame = isSameText(first.text, text);
    try {
      if (!isSame) await host.update(first.id, text);
    } catch (error) {
      if (!isGone(error)) throw error;
      failed = error;
      continue;
    }
    for (const { id } of others) {
      await host.remove(id).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    }
    if (!isSame) return "updated";
    return isMade || failed !== undefined ? "made" : "left as it is";
  }
  if (isMade) return "made";
  throw failed;
}

/** The comments that begin with the mark and are of whoever the token is: somebody else's is neither trusted nor touched. */
async function ours(host: CodeHost, mark: string): Promise<Comment[]> {
  const marked = (await host.comments()).filter(({ text }) => text.startsWith(mark));
  if (marked.length === 0) return [];
  const me = await host.me();
  return marked.filter(({ author }) => author === me);
}

/** Whether what a request was about is no longer there, as somebody has deleted it. */
function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.status === 404;
}
