import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../../tools/root";
import { temporaryFolder } from "../environment";

const plugins = { kubernetes: "kubernetesPlugin.js", aws: "awsPlugin.js" };

/** A new folder for the PATH with the stand-ins for Pulumi's plugins; a real plugin that is on the PATH already is left in its place. */
export function pluginFolder(): string {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(plugins)) {
    const executable = `pulumi-resource-${name}`;
    if (isOnPath(executable)) continue;
    const compiled = path.join(root, "dist", "test", "support", "plugins", script);
    const text = `#!/bin/sh\nexec "${process.execPath}" "${compiled}" "$@"\n`;
    fs.writeFileSync(path.join(folder, executable), text, { mode: 0o755 });
  }
  return folder;
}

function isOnPath(executable: string): boolean {
  return (process.env.PATH ?? "").split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, executable)));
}
