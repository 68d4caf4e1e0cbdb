import { literal } from "../../importer/code";
import { defaultFlowName } from "../../provider/program/flows/flowFacts";
import type { StarterDeployment } from "./starterDeployments";

/** A program to start with; its deployments are the same as those of the YAML. */
export function starterProgram(deployments: readonly StarterDeployment[]): string {
  const given = deployments.map(({ flow, name, entrypoint, isKnownByName }) => ({
    name,
    ...(isKnownByName && defaultFlowName(entrypoint) !== flow && { flowName: flow }),
    entrypoint,
  }));
  return [
    'import { LocalRunDeployer } from "meta-prefect";',
    "",
    'const deployer = new LocalRunDeployer("local_run_deployer", {',
    "  deployments: [",
    '    // when it runs, besides by hand: schedule: { slug: "mornings", cron: "0 9 * * *", timezone: "UTC", active: true }',
    ...given.map((deployment) => `${literal(deployment).replace(/^/gm, "    ")},`),
    "  ],",
    "});",
    "export const deployed = deployer.deployed;",
    "export const schedules = deployer.schedules;",
    "",
  ].join("\n");
}
