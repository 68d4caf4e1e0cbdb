import { quoted } from "../../importer/code";

/** A program that deploys what a YAML in its folder says, with the same objects and the same outputs. */
export function yamlProgram(yaml: string): string {
  return [
    'import * as pulumi from "@pulumi/pulumi";',
    'import { deployFromYaml } from "meta-prefect";',
    "",
    `const deployers = deployFromYaml(${quoted(yaml)});`,
    "export const deployed = deployers.flatMap((deployer) => deployer.deployed);",
    "export const schedules = pulumi",
    "  .all(deployers.map((deployer) => deployer.schedules))",
    "  .apply((all) => all.flat());",
    "",
  ].join("\n");
}
