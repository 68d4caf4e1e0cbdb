import * as fs from "node:fs";
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { visible } from "../../provider/api/visible";
import { findPlace } from "../project/place";

/** What the deployments of a folder's YAML may be called on a command line, as the text of the file tells; none where there is no YAML. */
export function flowNames(given?: string): string[] {
  const { contents } = parseDocument(textOf(given));
  const flows = isMap(contents) ? contents.get("deployments", true) : undefined;
  const names = (isMap(flows) ? flows.items : []).flatMap(({ key, value }) => {
    const flow = isScalar(key) ? String(key.value) : "";
    const given = (isSeq(value) ? value.items : []).flatMap((item) => {
      const name: unknown = isMap(item) ? item.getIn(["variables", "name"]) : undefined;
      return typeof name === "string" ? [`${flow}/${name}`] : [];
    });
    return [flow, ...given];
  });
  // a name that shells couldn't show isn't typed, either
  return names.filter((name) => name !== "" && name === visible(name));
}

function textOf(given: string | undefined): string {
  try {
    const { file } = findPlace({ ...(given !== undefined && { file: given }) });
    return file === undefined ? "" : fs.readFileSync(file, "utf8");
  } catch {
    // there is none here
    return "";
  }
}
