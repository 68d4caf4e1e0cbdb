import { askOfFiles } from "./askOfFiles";

/** A call of Prefect's `run_deployment` or `arun_deployment` in the text of a Python file. */
export interface FoundCall {
  /** Path of the file below the folder, with slashes. */
  file: string;
  line: number;
  /** The parts of the name, such as `["etl/load-", null]`: null stands for what the text doesn't tell. */
  name: (string | null)[];
  /** The parameters; what the text doesn't tell of them is an object with the key `__prefect_kind`, as what Prefect fills in later. */
  parameters: Record<string, unknown>;
  /** Whether more parameters may be given than the text tells. */
  isOpen: boolean;
}

/** The calls below a folder, and the files that can't be read. */
export interface CallsBelow {
  calls: FoundCall[];
  unread: { file: string; error: string }[];
}

interface Answer {
  calls: (Omit<FoundCall, "file"> & { column: number })[];
}

/**
 * The calls of `run_deployment` in the Python files below a folder, in the order of the text; nothing is executed.
 *
 * A name or a parameter is known when it is a literal, or a variable that is set once to one. Calls by another function's hand, such as
 * `functools.partial`, aren't found.
 *
 * @throws PrefectError when there is no Python that reads them
 */
export function runDeploymentsBelow(folder: string): CallsBelow {
  const found: CallsBelow = { calls: [], unread: [] };
  for (const { file, answer } of askOfFiles<Answer>(folder, "run_deployments.py", "calls of run_deployment")) {
    if ("error" in answer) found.unread.push({ file, error: answer.error });
    else found.calls.push(...answer.calls.map(({ column: _, ...call }) => ({ file, ...call })));
  }
  return found;
}
