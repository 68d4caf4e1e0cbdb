import { randomBytes } from "node:crypto";
import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  UpdatePodIdentityAssociationCommand,
} from "@aws-sdk/client-eks";
import type { Json } from "../wireValues";
import { AwsError } from "./awsError";
import type { AwsType, Tags } from "./awsType";
import { describeCluster, eksClient, type Regional } from "./eksClient";
import { orStandIn } from "./motoLacks";
import type { Collections } from "./standInFile";
import { unlessGone } from "./unlessGone";

type PodIdentityInputs = Regional & {
  clusterName: string;
  namespace: string;
  serviceAccount: string;
  roleArn: string;
  targetRoleArn?: string;
  disableSessionTags?: boolean;
  tags?: Tags;
};

export const podIdentityAssociation: AwsType<PodIdentityInputs> = {
  noun: "EKS Pod Identity Association",
  replaces: ["clusterName", "namespace", "serviceAccount", "region"],
  async create(inputs) {
    const { region: _, ...request } = inputs;
    const { arn } = await describeCluster(inputs.clusterName, inputs);
    const { association } = await orStandIn(
      "eks: CreatePodIdentityAssociation",
      eksClient(inputs).send(new CreatePodIdentityAssociationCommand(request)),
      (stored) => {
        const associations = (stored.podIdentityAssociations ??= {});
        const { clusterName, namespace, serviceAccount } = inputs;
        const same = Object.values(associations).find(
          (one) =>
            one.clusterName === clusterName && one.namespace === namespace && one.serviceAccount === serviceAccount,
        );
        if (same)
          throw new AwsError("ResourceInUseException", `Association already exists: ${String(same.associationId)}`);
        const associationId = `a-${randomBytes(9).toString("hex").slice(0, 17)}`;
        const associationArn = `${arn?.replace(":cluster/", ":podidentityassociation/")}/${associationId}`;
        const association = { ...request, associationId, associationArn };
        associations[associationId] = association;
        return { association, $metadata: {} };
      },
    );
    return association?.associationId as string;
  },
  async read(associationId, inputs) {
    const { clusterName } = inputs;
    const found = await unlessGone(
      orStandIn(
        "eks: DescribePodIdentityAssociation",
        eksClient(inputs).send(new DescribePodIdentityAssociationCommand({ clusterName, associationId })),
        (stored) => ({ association: storedAssociation(stored, associationId), $metadata: {} }),
      ),
    );
    if (!found?.association) return undefined;
    const { createdAt: _created, modifiedAt: _modified, ownerArn: _owner, ...facts } = found.association;
    return facts;
  },
  update(associationId, inputs) {
    const { clusterName, roleArn, targetRoleArn, disableSessionTags } = inputs;
    const changes = { roleArn, targetRoleArn, disableSessionTags };
    return orStandIn(
      "eks: UpdatePodIdentityAssociation",
      eksClient(inputs).send(new UpdatePodIdentityAssociationCommand({ clusterName, associationId, ...changes })),
      (stored) => {
        Object.assign(storedAssociation(stored, associationId), changes, { tags: inputs.tags });
        return { $metadata: {} };
      },
    );
  },
  delete(associationId, inputs) {
    const { clusterName } = inputs;
    return unlessGone(
      orStandIn(
        "eks: DeletePodIdentityAssociation",
        eksClient(inputs).send(new DeletePodIdentityAssociationCommand({ clusterName, associationId })),
        (stored) => {
          storedAssociation(stored, associationId);
          delete stored.podIdentityAssociations?.[associationId];
          return { $metadata: {} };
        },
      ),
    );
  },
};

function storedAssociation(stored: Collections, id: string): Json {
  const association = stored.podIdentityAssociations?.[id];
  if (association) return association;
  throw new AwsError("ResourceNotFoundException", `No association found with id: ${id}`);
}
