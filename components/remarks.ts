import * as pulumi from "@pulumi/pulumi";
import { perProgram } from "../provider/program/perProgram";

/** Something to know of a deployment that is no mistake of its arguments. */
export interface Remark {
  /** What is good to know is said by previews alone. */
  severity: "info" | "warning";
  message: string;
}

const said = perProgram(() => new Set<string>());

/** Says it, each once in a program. */
export function say(remarks: Remark[]): void {
  for (const { severity, message } of remarks) {
    if (said().has(message) || (severity === "info" && !pulumi.runtime.isDryRun())) continue;
    said().add(message);
    void (severity === "info" ? pulumi.log.info(message) : pulumi.log.warn(message));
  }
}
