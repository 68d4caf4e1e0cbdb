/** @ts-ignore its types are only there for those who use EKS */
import type * as iam from "@pulumi/aws/iam";
import type * as pulumi from "@pulumi/pulumi";
import { aws } from "./aws";
import { trustOfService } from "./policies";
import { partitionOf } from "./region";

/** A role that a service of AWS acts as. */
export interface ServiceRoleArgs {
  /** The service, such as eks.amazonaws.com. */
  service: string;
  /** Names of AWS's own policies that the role has. */
  policies: string[];
  region: pulumi.Output<string>;
  tags: Record<string, string>;
}

/** Makes the role; it can do its work when its policies are attached. */
export function serviceRole(
  name: string,
  { service, policies, region, tags }: ServiceRoleArgs,
  opts: pulumi.CustomResourceOptions,
): { role: iam.Role; attachments: iam.RolePolicyAttachment[] } {
  const assumeRolePolicy = JSON.stringify(trustOfService(service));
  const role = new aws.iam.Role(name, { assumeRolePolicy, tags }, opts);
  const attachments = policies.map((policy) => {
    const policyArn = region.apply((region) => `arn:${partitionOf(region)}:iam::aws:policy/${policy}`);
    return new aws.iam.RolePolicyAttachment(`${name}-${policy}`, { role: role.name, policyArn }, opts);
  });
  return { role, attachments };
}
