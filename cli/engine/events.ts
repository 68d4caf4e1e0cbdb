import type { EngineEvent } from "@pulumi/pulumi/automation";

/** The event that a line of Pulumi's standard output is, if it is one. */
export function eventIn(line: string): EngineEvent | undefined {
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    // something that a process of Pulumi's printed
    return undefined;
  }
}
