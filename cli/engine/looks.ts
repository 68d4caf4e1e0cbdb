import type { PrefectClient } from "../../provider/api/client";
import { messageOf } from "../../provider/api/errors";
import type { BrokenCalls } from "../../report/broken";
import type { CodeChange } from "../../report/code";
import type { CutOffs } from "../../report/cutOff";
import type { Step } from "../../report/step";
import { patienceOfLooks } from "../health/patience";
import type { Project } from "../project/project";
import { stackClient } from "../project/stackClient";
import { brokenCalls } from "./brokenCalls";
import { codeChanges } from "./codeChanges";
import { cutOffsOn } from "./cutOffs";

/** What no preview tells, but the server and the project's files do. */
export interface Looks {
  broken: BrokenCalls;
  cutOffs: CutOffs;
  /** The files behind changes of code, by the URNs of deployments. */
  code: Record<string, CodeChange>;
}

/** Looks at what a plan breaks and cuts off. A server that can't be asked is told of, and is no failure. */
export async function looksAt(project: Project, steps: Step[]): Promise<Looks> {
  const client = await clientOf(project);
  const isThere = !("away" in client);
  const broken = await brokenCalls(project, steps, isThere ? client : undefined);
  const cutOffs = isThere ? await cutOffsOn(client, steps) : { of: {}, left: [] };
  if (!isThere) broken.left.push(`the server wasn't looked at: ${client.away}`);
  return { broken, cutOffs, code: codeChanges(project, steps) };
}

async function clientOf(project: Project): Promise<PrefectClient | { away: string }> {
  try {
    return await stackClient(project, patienceOfLooks);
  } catch (error) {
    return { away: messageOf(error) };
  }
}
