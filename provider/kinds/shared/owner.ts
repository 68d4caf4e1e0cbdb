import * as os from "node:os";
import type { Owner } from "../../engine/kind";
import type { Labels } from "./labels";

const stackLabel = "meta-prefect.stack";
const personLabel = "meta-prefect.deployed-by";

/** The labels by which others see whose an object is: the stack, and who made it. What names another stack is never taken for one's own. */
export function ownerLabels(stack: string | undefined): Labels {
  if (stack === undefined) return {};
  return { [stackLabel]: stack, [personLabel]: `${userName()}@${os.hostname()}` };
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // a container may run as a number that has no name
    return String(process.getuid?.() ?? "unknown");
  }
}

/** Whose an object is, as its labels say; undefined where they don't. */
export function ownerIn(labels: object | null | undefined): Owner | undefined {
  const { [stackLabel]: stack, [personLabel]: person } = (labels ?? {}) as Labels;
  if (typeof stack !== "string") return undefined;
  return { stack, ...(typeof person === "string" && { person }) };
}
