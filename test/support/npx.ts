import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../tools/root";
import { run } from "../../tools/run";
import { temporaryFolder } from "./environment";

/** The file of the command as npx installs it. */
export async function installedByNpx(): Promise<string> {
  const folder = path.join(temporaryFolder(), "_npx", "0123456789abcdef");
  fs.mkdirSync(folder, { recursive: true });
  const packing = ["pack", "--json", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const [packed] = JSON.parse(await run("npm", packing, { cwd: root })) as { filename: string }[];
  fs.writeFileSync(path.join(folder, "package.json"), "{}");
  await run("npm", ["install", "--silent", "--no-audit", "--no-fund", `./${packed?.filename ?? ""}`], { cwd: folder });
  return fs.realpathSync(path.join(folder, "node_modules", ".bin", "meta-prefect"));
}
