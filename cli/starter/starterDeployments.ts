import * as rules from "../../provider/kinds/shared/rules";
import type { FoundFlow } from "../../provider/program/flows/findFlows";
import { defaultFlowName } from "../../provider/program/flows/flowFacts";

/** The deployment of a flow with which one starts. */
export interface StarterDeployment {
  /** The flow's name or, where its text doesn't tell that or it can't be a key, what its function is called. */
  flow: string;
  /** Becomes `<name>-<env>`. */
  name: string;
  entrypoint: string;
  /** Whether the flow's name alone says which flow it is. */
  isKnownByName: boolean;
}

/** What nobody deploys, and why. */
export interface LeftOut {
  entrypoint: string;
  why: string;
}

const firstName = "local-run";

/** One deployment for each of the flows, under names that tell them apart. */
export function starterDeployments(
  chosen: readonly FoundFlow[],
  all: readonly FoundFlow[],
): { deployments: StarterDeployment[]; leftOut: LeftOut[] } {
  const deployments: StarterDeployment[] = [];
  const leftOut: LeftOut[] = [];
  for (const { name, entrypoint } of chosen) {
    const isKey = name !== undefined && name !== "__proto__";
    const flow = isKey ? name : defaultFlowName(entrypoint);
    if (!rules.name.safeParse(flow).success) {
      const why = `its name is ${JSON.stringify(flow)}, and Prefect's names hold none of / % & > <; give it another by @flow(name=...)`;
      leftOut.push({ entrypoint, why });
      continue;
    }
    const before = deployments.filter((one) => one.flow === flow).length;
    deployments.push({
      flow,
      name: before === 0 ? firstName : `${firstName}-${before + 1}`,
      entrypoint,
      isKnownByName: isKey && all.filter((one) => one.name === name).length === 1,
    });
  }
  return { deployments, leftOut };
}
