import { askedInText } from "./askOfFiles";

/** A flow: its folder, and its entrypoint in it. */
export interface FlowPlace {
  folder: string;
  entrypoint: string;
}

/**
 * The real paths of the files that the code of each of some flows consists of, those that its `codeHash` is made of; undefined for one that
 * can't be told. Nothing is executed.
 *
 * @param folder the project's
 * @throws PrefectError when there is no Python that reads them
 */
export function codeFiles(folder: string, flows: FlowPlace[]): (string[] | undefined)[] {
  const answers = askedInText<{ files: string[] }>(folder, "code_files.py", "files of flows", flows);
  return flows.map((_, i) => {
    const answer = answers[i];
    return answer && "files" in answer ? answer.files : undefined;
  });
}

/** Whether texts of Python are the same before and after but for comments and layout. */
export function sameCode(folder: string, texts: { before: Buffer; after: Buffer }[]): boolean[] {
  const questions = texts.map(({ before, after }) => ({
    before: before.toString("base64"),
    after: after.toString("base64"),
  }));
  const answers = askedInText<{ isSame: boolean }>(folder, "same_code.py", "comments", questions);
  return texts.map((_, i) => {
    const answer = answers[i];
    return answer !== undefined && "isSame" in answer && answer.isSame;
  });
}
