import {
  type AccessEntry,
  type AccessScope,
  AssociateAccessPolicyCommand,
  type AssociatedAccessPolicy,
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  ListAssociatedAccessPoliciesCommand,
  UpdateAccessEntryCommand,
} from "@aws-sdk/client-eks";
import type { Json } from "../wireValues";
import { AwsError } from "./awsError";
import type { AwsType, Tags } from "./awsType";
import { describeCluster, eksClient, type Regional } from "./eksClient";
import { orStandIn } from "./motoLacks";
import type { Collections } from "./standInFile";
import { unlessGone } from "./unlessGone";

type Principal = Regional & { clusterName: string; principalArn: string };
type AccessEntryInputs = Principal & { kubernetesGroups?: string[]; type?: string; userName?: string; tags?: Tags };

const keyOf = ({ clusterName, principalArn }: Principal) => `${clusterName}:${principalArn}`;

export const accessEntry: AwsType<AccessEntryInputs> = {
  noun: "EKS Access Entry",
  replaces: ["clusterName", "principalArn", "type", "region"],
  async create(inputs) {
    const { region: _, ...request } = inputs;
    const { arn, name } = await describeCluster(inputs.clusterName, inputs);
    await orStandIn(
      "eks: CreateAccessEntry",
      eksClient(inputs).send(new CreateAccessEntryCommand(request)),
      (stored) => {
        const entries = (stored.accessEntries ??= {});
        if (entries[keyOf(inputs)]) {
          throw new AwsError(
            "ResourceInUseException",
            "The specified access entry resource is already in use on this cluster.",
          );
        }
        const accessEntry = {
          ...request,
          type: inputs.type ?? "STANDARD",
          username: inputs.userName ?? inputs.principalArn,
          accessEntryArn: `${arn?.replace(":cluster/", ":access-entry/")}/role/${inputs.principalArn.split("/").at(-1)}`,
          clusterName: name,
        };
        entries[keyOf(inputs)] = accessEntry;
        return { accessEntry, $metadata: {} };
      },
    );
    return keyOf(inputs);
  },
  async read(_id, inputs) {
    const { clusterName, principalArn } = inputs;
    const found = await unlessGone(
      orStandIn(
        "eks: DescribeAccessEntry",
        eksClient(inputs).send(new DescribeAccessEntryCommand({ clusterName, principalArn })),
        (stored) => ({ accessEntry: storedEntry(stored, inputs), $metadata: {} }),
      ),
    );
    if (!found?.accessEntry) return undefined;
    const { accessEntryArn, kubernetesGroups = [], type, username, tags = {} } = found.accessEntry;
    return { accessEntryArn, clusterName, principalArn, kubernetesGroups, type, userName: username, tags };
  },
  update(_id, inputs) {
    const { clusterName, principalArn, kubernetesGroups, userName: username } = inputs;
    return orStandIn(
      "eks: UpdateAccessEntry",
      eksClient(inputs).send(new UpdateAccessEntryCommand({ clusterName, principalArn, kubernetesGroups, username })),
      (stored) => {
        Object.assign(storedEntry(stored, inputs), {
          kubernetesGroups,
          ...(username && { username }),
          tags: inputs.tags,
        });
        return { $metadata: {} };
      },
    );
  },
  delete(_id, inputs) {
    const { clusterName, principalArn } = inputs;
    return unlessGone(
      orStandIn(
        "eks: DeleteAccessEntry",
        eksClient(inputs).send(new DeleteAccessEntryCommand({ clusterName, principalArn })),
        (stored) => {
          storedEntry(stored, inputs);
          delete stored.accessEntries?.[keyOf(inputs)];
          delete stored.accessPolicies?.[keyOf(inputs)];
          return { $metadata: {} };
        },
      ),
    );
  },
};

function storedEntry(stored: Collections, inputs: Principal): AccessEntry {
  const entry = stored.accessEntries?.[keyOf(inputs)];
  if (entry) return entry;
  throw new AwsError(
    "ResourceNotFoundException",
    "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
  );
}

type AssociationInputs = Principal & { policyArn: string; accessScope: AccessScope };

/** What is stored of a principal's policies, under their ARNs. */
type Policies = Record<string, AssociatedAccessPolicy>;

export const accessPolicyAssociation: AwsType<AssociationInputs> = {
  noun: "EKS Access Policy Association",
  replaces: ["clusterName", "principalArn", "policyArn", "accessScope", "region"],
  async create(inputs) {
    const { clusterName, principalArn, policyArn, accessScope } = inputs;
    const request = { clusterName, principalArn, policyArn, accessScope };
    await orStandIn(
      "eks: AssociateAccessPolicy",
      eksClient(inputs).send(new AssociateAccessPolicyCommand(request)),
      (stored) => {
        storedEntry(stored, inputs);
        const policies = (stored.accessPolicies ??= {});
        policies[keyOf(inputs)] = { ...policies[keyOf(inputs)], clusterName, [policyArn]: { policyArn, accessScope } };
        return { $metadata: {} };
      },
    );
    return `${clusterName}#${principalArn}#${policyArn}`;
  },
  async read(_id, inputs): Promise<Json | undefined> {
    const { clusterName, principalArn, policyArn } = inputs;
    const found = await unlessGone(
      orStandIn(
        "eks: ListAssociatedAccessPolicies",
        eksClient(inputs).send(new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn })),
        (stored) => ({ associatedAccessPolicies: Object.values(storedPolicies(stored, inputs)), $metadata: {} }),
      ),
    );
    const association = found?.associatedAccessPolicies?.find((one) => one.policyArn === policyArn);
    return association && { clusterName, principalArn, policyArn, accessScope: association.accessScope };
  },
  delete(_id, inputs) {
    const { clusterName, principalArn, policyArn } = inputs;
    return unlessGone(
      orStandIn(
        "eks: DisassociateAccessPolicy",
        eksClient(inputs).send(new DisassociateAccessPolicyCommand({ clusterName, principalArn, policyArn })),
        (stored) => {
          delete stored.accessPolicies?.[keyOf(inputs)]?.[policyArn];
          return { $metadata: {} };
        },
      ),
    );
  },
};

function storedPolicies(stored: Collections, inputs: Principal): Policies {
  const { clusterName: _, ...policies } = stored.accessPolicies?.[keyOf(inputs)] ?? {};
  return policies as Policies;
}
