import type { CodeChange } from "../code";
import type { DeploymentReport } from "../deployment";
import { deploymentItems } from "../words/deployment";
import { itemLines } from "./item";

/** What is said of a deployment below its name: a line for each thing that differs. */
export function deploymentLines(report: DeploymentReport, code?: CodeChange): string[] {
  return deploymentItems(report, { code }).flatMap(itemLines);
}
