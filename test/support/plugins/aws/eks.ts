import type { AwsService } from "./awsType";
import { accessEntry, accessPolicyAssociation } from "./eksAccess";
import { cluster, getCluster } from "./eksCluster";
import { podIdentityAssociation } from "./eksPodIdentity";

export const eks: AwsService = {
  types: {
    "aws:eks/cluster:Cluster": cluster,
    "aws:eks/accessEntry:AccessEntry": accessEntry,
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": accessPolicyAssociation,
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": podIdentityAssociation,
  },
  queries: { "aws:eks/getCluster:getCluster": getCluster },
};
