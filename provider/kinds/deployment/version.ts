import { isEqual } from "../../api/json";
import type { Hints } from "../../engine/kind";
import type { OwnArgs } from "./deployment";

/**
 * The version that a deployment gets. One that follows its changes is as before while nothing else differs; else "auto" is one more than
 * before, and "git" what git says.
 */
export function settledVersion(news: OwnArgs, olds: OwnArgs | undefined, hints: Hints): string | undefined {
  if (news.version !== "auto" && news.version !== "git") return news.version;
  const before = olds ? olds.version : hints.adopted?.version;
  const isSame = olds ? !isChanged({ ...news, version: before }, olds) : hints.adopted?.changes === false;
  if (news.version === "git") return isSame && before !== undefined ? before : (hints.gitVersion ?? news.version);
  if (!olds) return String(countOf(before) + (isSame && countOf(before) > 0 ? 0 : 1));
  return isSame && before !== undefined ? before : String(countOf(before) + 1);
}

/** Whether a deployment differs from what it was; that it was taken over is no change of it. */
export function isChanged(news: OwnArgs, olds: OwnArgs): boolean {
  const counting = (Object.keys({ ...olds, ...news }) as (keyof OwnArgs)[]).filter((key) => key !== "adopt");
  return counting.some((key) => !isEqual(olds[key], news[key]));
}

function countOf(version: string | undefined): number {
  return version !== undefined && /^\d{1,15}$/.test(version) ? Number(version) : 0;
}
