import { type Cluster, DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import { describeSubnets } from "./ec2";
import { clientSettings } from "./settings";
import { standInFile } from "./standInFile";

export type Regional = { region?: string };

export const eksClient = (inputs: Regional) => new EKSClient(clientSettings(inputs));

/** The cluster with what moto forgets of it, and with the real API server behind it, if the tests have one. */
export async function describeCluster(name: string, inputs: Regional): Promise<Cluster> {
  const { cluster = {} } = await eksClient(inputs).send(new DescribeClusterCommand({ name }));
  const remembered = process.env.MP_TEST_AWS_STATE ? standInFile(({ clusters }) => clusters?.[name]) : undefined;
  const { resourcesVpcConfig = {} } = cluster;
  const [subnet] = await describeSubnets(resourcesVpcConfig.subnetIds ?? [], inputs);
  const { MP_TEST_CLUSTER_ENDPOINT: endpoint, MP_TEST_CLUSTER_CA: data } = process.env;
  return {
    ...cluster,
    ...remembered,
    resourcesVpcConfig: { ...resourcesVpcConfig, vpcId: subnet?.VpcId },
    ...(endpoint && { endpoint }),
    ...(data && { certificateAuthority: { data } }),
  };
}
