import type { ChangedFile, CodeChange } from "../code";
import type { ValueChange } from "../deployment";
import { count, fromTo, listed, type Phrase } from "./phrase";

/** How many files are named. */
const mostNamed = 8;

/** What becomes of a flow's code: the files behind the hash where git tells them. */
export function codePhrase(hash: ValueChange, change: CodeChange | undefined): Phrase {
  if (!change) return ["code: ", ...fromTo(hash)];
  const { base, commit, isDeployed, files } = change;
  const from: Phrase = [
    { code: base },
    base.includes(commit) ? "" : ` (${commit})`,
    isDeployed ? ", which is deployed" : "",
  ];
  if (files.length === 0) return ["code: is as on ", ...from, "; what is deployed is another"];
  const isSame = files.every((file) => file.isSame);
  const alone = isSame ? " in comments and layout alone" : "";
  const differ = `${count(files.length, "file")} ${files.length === 1 ? "differs" : "differ"}${alone}`;
  const named = listed(files, mostNamed, (file) => filePhrase(file, !isSame));
  return [`code: ${differ} from `, ...from, ": ", ...named];
}

function filePhrase({ name, added, removed, isNew, isSame }: ChangedFile, tellsSame: boolean): Phrase {
  const how = isNew ? "new" : `+${added} −${removed}${isSame && tellsSame ? ", comments and layout" : ""}`;
  return [{ code: name }, ` (${how})`];
}
