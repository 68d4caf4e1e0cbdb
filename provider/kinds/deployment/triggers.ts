import * as pulumi from "@pulumi/pulumi";
import type { Hints, Json } from "../../engine/kind";
import { Automation, type AutomationArgs } from "../automation/automation";
import type { Trigger } from "../automation/trigger";
import type { Deployment } from "./deployment";

/** A trigger, and what the run that it starts gets. */
export type DeploymentTriggerArgs = Trigger &
  Pick<AutomationArgs, "description" | "enabled" | "tags" | "adopt"> & {
    /** Name of the automation, by which it is found again. @default "<flow>/<deployment>__automation_<n>" */
    name?: string;
    /** The run's parameters, in which Prefect fills in templates. @default the deployment's */
    parameters?: Json;
    /** The run's job variables. @default the deployment's */
    jobVariables?: Json;
    /** Seconds until the run starts. @default 0 */
    scheduleAfter?: number;
  };

/**
 * The automation of a deployment's trigger. Its Pulumi name is frozen.
 *
 * @param places where the deployment's arguments are written, if that is a file
 */
export function automationOf(
  owner: Deployment,
  pulumiName: string,
  given: DeploymentTriggerArgs,
  number: number,
  places: Hints["places"] = {},
): Automation {
  const { name, description, enabled, tags, adopt, parameters, jobVariables, scheduleAfter, ...trigger } = given;
  const run = { type: "run-deployment" as const, deploymentId: owner.id, parameters, jobVariables, scheduleAfter };
  // two flows may each have a deployment of the name
  const usual = pulumi.interpolate`${owner.flowName}/${owner.name}__automation_${number}`;
  const former = pulumi.interpolate`${owner.name}__automation_${number}`;
  return new Automation(
    `${pulumiName}/${typeof name === "string" ? name : `trigger-${number}`}`,
    {
      name: name ?? usual,
      trigger,
      actions: [run],
      description,
      enabled,
      tags,
      adopt,
    },
    { parent: owner },
    hintsOf(placesOf(`triggers[${number - 1}]`, places), name === undefined ? former : undefined),
  );
}

function hintsOf(
  places: Record<string, string>,
  former: pulumi.Output<string> | undefined,
): pulumi.Input<Hints> | undefined {
  const written = Object.keys(places).length > 0 ? { places } : undefined;
  return former ? former.apply((name) => ({ ...written, formerDefaults: { name } })) : written;
}

/** Where the parts of a trigger are written, by what they are called in its automation. */
function placesOf(begin: string, places: Record<string, string>): Record<string, string> {
  const own = Object.entries(places).filter(([path]) => path === begin || path.startsWith(`${begin}.`));
  return Object.fromEntries(
    own.map(([path, place]) => {
      const part = path.slice(begin.length + 1);
      const [first = ""] = part.split(/[.[]/);
      if (["", "name", "description", "enabled", "tags"].includes(first)) return [part, place];
      const isOfRun = ["parameters", "jobVariables", "scheduleAfter"].includes(first);
      return [`${isOfRun ? "actions[0]" : "trigger"}.${part}`, place];
    }),
  );
}
