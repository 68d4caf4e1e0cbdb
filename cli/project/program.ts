import * as path from "node:path";
import { programFile } from "./manifest";
import { makeOwnFolder, writeIfOther } from "./ownFolder";
import { linkPackages, type Needs } from "./packages";

/** Writes the program of a YAML into `.meta-prefect`, where nothing belongs into git, and links the packages that it needs. */
export async function writeProgram(folder: string, needs: Needs): Promise<void> {
  const own = makeOwnFolder(folder);
  writeIfOther(
    path.join(own, "package.json"),
    `${JSON.stringify({ private: true, main: "index.js" }, undefined, 2)}\n`,
  );
  writeIfOther(path.join(own, programFile(needs.file)), programOf(path.basename(needs.file)));
  await linkPackages(own, needs);
}

function programOf(yaml: string): string {
  return [
    "// written by meta-prefect, which undoes changes",
    'const { deployFromYaml } = require("meta-prefect");',
    `const deployers = deployFromYaml(${JSON.stringify(`../${yaml}`)});`,
    "exports.deployed = deployers.flatMap((deployer) => deployer.deployed);",
    'exports.schedules = require("@pulumi/pulumi")',
    "  .all(deployers.map((deployer) => deployer.schedules))",
    "  .apply((schedules) => schedules.flat());",
    "",
  ].join("\n");
}
