import * as path from "node:path";
import { camel, snake } from "../../provider/api/casing";
import { messageOf } from "../../provider/api/errors";
import type { Drift, ServerDrift } from "../../report/drift";
import { serverDriftOf } from "../../report/report";
import { prefectKind, type Step } from "../../report/step";
import type { Language } from "../../report/written";
import { patienceOfLooks } from "../health/patience";
import { environmentName } from "../project/environmentName";
import type { Project } from "../project/project";
import { stackClient } from "../project/stackClient";
import { variableLines } from "../project/variableLine";
import { withOrigins } from "./driftOrigins";

/** What a project's program is written in. */
export function languageOf({ file }: Project): Language {
  return file === undefined ? "TypeScript" : "YAML";
}

/** What somebody changed on the server, with where the program says it, and when and by whom it was changed. */
export async function serverDrift(project: Project, steps: Step[]): Promise<ServerDrift> {
  const { objects } = serverDriftOf({ steps }, new Date(), languageOf(project));
  if (objects.length === 0) return { objects, left: [] };
  const placed = withPlaces(objects, project);
  try {
    return await withOrigins(await stackClient(project, patienceOfLooks), placed);
  } catch (error) {
    return { objects: placed, left: [`when it was changed on the server isn't known: ${messageOf(error)}`] };
  }
}

/** Where a YAML says what was changed. */
function withPlaces(drift: Drift[], project: Project): Drift[] {
  const { file } = project;
  if (file === undefined) return drift;
  const lineOf = variableLines(file);
  const env = environmentName(project);
  return drift.map((one) => {
    const [, flow, name] = /^deployment "(.*?)\/(.*)"$/s.exec(one.title) ?? [];
    if (prefectKind(one.urn) !== "Deployment" || flow === undefined || name === undefined) return one;
    const placeOf = (variable: RegExp) => {
      const line = lineOf({ flow, name, env }, variable);
      return line === undefined ? {} : { place: `${path.basename(file)}:${line}` };
    };
    const own = placeOf(/^name$/);
    const properties = one.properties.map((property) => ({ ...property, ...own, ...placeOf(namedAs(property.name)) }));
    return { ...one, ...own, properties };
  });
}

/** What a property may be called in a YAML. */
function namedAs(property: string): RegExp {
  return property === "schedules" ? /^schedules?$/ : new RegExp(`^(${snake(property)}|${camel(property)})$`);
}
