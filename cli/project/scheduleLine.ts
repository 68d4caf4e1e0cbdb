import { variableLine } from "./variableLine";

/** The line of a YAML that has the schedule of a deployment; undefined where that isn't plain to see. */
export function scheduleLine(file: string, flow: string, name: string, env: string | undefined): number | undefined {
  return variableLine({ file, flow, name, env }, /^schedules?$/);
}
