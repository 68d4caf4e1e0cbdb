import { nearest } from "../../provider/engine/nearest";
import { commandLine } from "../commandLine";
import { namesOfDeployment } from "../engine/targets";
import { UsageError } from "../usageError";
import { environmentName } from "./environmentName";
import type { Project } from "./project";
import type { StackDeployment } from "./stackState";

/**
 * The deployment that a command line means.
 *
 * @param flow its flow, or `<flow>/<deployment>` with or without the environment at its end
 * @param all those of the stack
 * @throws UsageError where none is meant, or several are
 */
export function chosenDeployment(flow: string, all: StackDeployment[], project: Project): StackDeployment {
  const { env: stack, given } = project;
  const env = environmentName(project);
  const found = all.filter(({ flowName, name }) => namesOfDeployment(flowName, name, env).includes(flow));
  const [first, second] = found;
  if (first && !second) return first;
  const names = (first ? found : all).map(({ flowName, name }) => `${flowName}/${name}`);
  if (first) throw new UsageError(`flow "${flow}" has several deployments; name one: ${names.join(", ")}`);
  const known = all.flatMap(({ flowName, name }) => namesOfDeployment(flowName, name, env));
  const near = nearest(flow, [...new Set(known)]);
  const where = stack === undefined ? "the stack" : `"${stack}"`;
  const hint =
    all.length === 0
      ? `nothing is; run: ${commandLine("deploy", given)}`
      : near
        ? `did you mean ${near}?`
        : `there are: ${[...new Set(names)].join(", ")}`;
  throw new UsageError(`flow "${flow}" is not deployed in ${where}; ${hint}`);
}
