import type { Hints } from "../../engine/kind";
import { completeSchedules } from "../../schedule/completion";
import type { OwnArgs } from "./deployment";
import { isChanged, settledVersion } from "./version";

/** Fills in what the arguments of a deployment imply: slugs, holidays, the hash of its code, the version that follows its changes. */
export function completed(news: OwnArgs, olds: OwnArgs | undefined, hints: Hints): OwnArgs {
  const args = news.schedules ? { ...news, schedules: completeSchedules(news.schedules) } : { ...news };
  if (hints.codeHash !== undefined) args.codeHash = hints.codeHash;
  if (olds?.entrypoint === news.entrypoint) Object.assign(args, stayingOf(olds, hints));
  if (olds?.flowName !== undefined && olds.flowName === hints.formerDefaults?.flowName) args.flowName = olds.flowName;
  // that an upgrade adds the hash is no change of the deployment: it is stored with the next one
  const isFirstHash = olds !== undefined && olds.codeHash === undefined;
  const { codeHash, ...others } = args;
  const counted = isFirstHash ? others : args;
  const version = settledVersion(counted, olds, hints);
  const complete = version === undefined ? counted : { ...counted, version };
  return isFirstHash && isChanged(complete, olds) ? { ...complete, codeHash } : complete;
}

/** What the state has of what this machine can't tell. */
function stayingOf(olds: Partial<OwnArgs> = {}, { staying = [] }: Hints): Partial<OwnArgs> {
  return Object.fromEntries(Object.entries(olds).filter(([key]) => staying.includes(key)));
}
