import { z } from "zod";
import { deploymentDaskRules } from "../../components/eks/dask/daskRules";
import { cpuProblem, memoryProblem, quantityRule } from "../../components/quantity";
import { automation } from "../../provider/kinds/automation/automation";
import { triggerRules } from "../../provider/kinds/automation/trigger";
import { deployment } from "../../provider/kinds/deployment/deployment";
import * as rules from "../../provider/kinds/shared/rules";
import { scheduleListRules } from "../../provider/schedule/schedule";

const { codeHash: _, flowName, ...ofDeployment } = deployment.rules.shape as Record<string, z.ZodType>;
const { name, description, enabled, tags, adopt } = automation.rules.shape as Record<string, z.ZodType>;

/** What a trigger of a deployment may say besides what it waits for. */
const ofTrigger = {
  ...{ name: name?.optional(), description, enabled, tags, adopt },
  parameters: rules.object.optional(),
  jobVariables: rules.object.optional(),
  scheduleAfter: z.number("must be a number of seconds").min(0, "must be a number of seconds from 0 on").optional(),
};
const triggerForms = (triggerRules as z.ZodDiscriminatedUnion<[z.ZodObject, ...z.ZodObject[]]>).options;
const deploymentTrigger = z.discriminatedUnion(
  "type",
  triggerForms.map((form) => form.extend(ofTrigger)) as unknown as [z.ZodObject, ...z.ZodObject[]],
  "must be a trigger whose type is event, compound or sequence",
);

/** What may be said of a deployment: any argument of `Deployment`, and what recipes make of others. */
export const deploymentRules = z.strictObject({
  ...ofDeployment,
  flowName: flowName?.optional(),
  schedule: scheduleListRules.element.optional(),
  triggers: z.array(deploymentTrigger, "must be a list of triggers").optional(),
  cpu: quantityRule(cpuProblem),
  memory: quantityRule(memoryProblem),
  dask: deploymentDaskRules.optional(),
});
