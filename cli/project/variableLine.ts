import * as fs from "node:fs";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** A deployment as a YAML has it. */
export interface InYaml {
  file: string;
  flow: string;
  name: string;
  env: string | undefined;
}

/** The line of a YAML that has a variable of a deployment; undefined where that isn't plain to see. */
export function variableLine({ file, ...deployment }: InYaml, variable: RegExp): number | undefined {
  return variableLines(file)(deployment, variable);
}

/** The same of many deployments of one YAML, which is read once. */
export function variableLines(
  file: string,
): (deployment: Omit<InYaml, "file">, variable: RegExp) => number | undefined {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(fs.readFileSync(file, "utf8"), { lineCounter });
  const flows = isMap(contents) ? contents.get("deployments", true) : undefined;
  return ({ flow, name, env }, variable) => {
    const items = isMap(flows) ? flows.get(flow, true) : undefined;
    if (!isSeq(items)) return undefined;
    for (const item of items.items) {
      const variables = isMap(item) ? item.get("variables", true) : undefined;
      if (!isMap(variables)) continue;
      const given = variables.get("name");
      if (given !== name && `${String(given)}-${env ?? ""}` !== name) continue;
      const pair = variables.items.find(({ key }) => isScalar(key) && variable.test(String(key.value)));
      const start = (pair?.key as Node | undefined)?.range?.[0];
      return start === undefined ? undefined : lineCounter.linePos(start).line;
    }
    return undefined;
  };
}
