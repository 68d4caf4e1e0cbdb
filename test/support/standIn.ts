import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "./environment";

/** A folder for the PATH with a program that is a line of shell. */
export function standIn(program: string, line: string): string {
  const folder = temporaryFolder();
  fs.writeFileSync(path.join(folder, program), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return folder;
}

/** What stands for the Pulumi CLI says of its one stack. */
export interface StackAnswers {
  /** What `pulumi stack export` has of its resources. */
  resources?: object[];
  /** Its settings; a text is why they can't be read. */
  settings?: Record<string, string> | string;
}

/** A folder for the PATH with a Pulumi CLI that only knows one stack. */
export function pulumiStandIn({ resources = [], settings = {} }: StackAnswers = {}): string {
  const state = JSON.stringify({ deployment: { resources } });
  const values = Object.entries(settings).map(([key, value]) => [key, { value }]);
  const config =
    typeof settings === "string"
      ? `echo ${quoted(`error: ${settings}`)} >&2; exit 1`
      : `echo ${quoted(JSON.stringify(Object.fromEntries(values)))}`;
  return standIn(
    "pulumi",
    `case "$1" in version) echo v3.0.0 ;; stack) echo ${quoted(state)} ;; config) ${config} ;; *) exit 1 ;; esac`,
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
