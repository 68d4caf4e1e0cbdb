import { askOfFiles } from "./askOfFiles";

/** A flow in the text of a Python file. */
export interface FoundFlow {
  /** Its name; undefined when its decorator works it out, so that the text doesn't tell. */
  name: string | undefined;
  /** Its file and function, such as "flows/flows.py:add_two_numbers_flow". */
  entrypoint: string;
  /** Path of the file below the folder, with slashes. */
  file: string;
  function: string;
  line: number;
}

/** The flows below a folder, and the files that can't be read. */
export interface FlowsBelow {
  flows: FoundFlow[];
  unread: { file: string; error: string }[];
}

interface Answer {
  flows: { function: string; line: number; name: string | null }[];
}

/** The functions with `@flow` in the Python files below a folder, as their text says; nothing is executed. */
export function findFlows(folder: string): FoundFlow[] {
  return flowsBelow(folder).flows;
}

/**
 * The same, with the files that can't be read.
 *
 * @throws PrefectError when there is no Python that reads them
 */
export function flowsBelow(folder: string): FlowsBelow {
  const found: FlowsBelow = { flows: [], unread: [] };
  for (const { file, answer } of askOfFiles<Answer>(folder, "find_flows.py", "flows")) {
    if ("error" in answer) found.unread.push({ file, error: answer.error });
    else {
      for (const { name, function: called, line } of answer.flows) {
        found.flows.push({ name: name ?? undefined, entrypoint: `${file}:${called}`, file, function: called, line });
      }
    }
  }
  return found;
}
