import {
  CreateClusterCommand,
  type CreateClusterRequest,
  DeleteClusterCommand,
  type EncryptionConfig,
  type LogType,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
  type VpcConfigRequest,
} from "@aws-sdk/client-eks";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { isSame, type Json } from "../wireValues";
import { AwsError } from "./awsError";
import type { AwsQuery, AwsType, Tags } from "./awsType";
import { describeSubnets } from "./ec2";
import { describeCluster, eksClient, type Regional } from "./eksClient";
import { orStandIn } from "./motoLacks";
import { uniqueName } from "./names";
import { clientSettings } from "./settings";
import { standInFile } from "./standInFile";
import { removedTags } from "./tags";
import { unlessGone } from "./unlessGone";

/** What moto would forget. */
type Forgotten = Pick<
  CreateClusterRequest,
  "accessConfig" | "computeConfig" | "storageConfig" | "upgradePolicy" | "deletionProtection"
>;

type ClusterInputs = Regional &
  Forgotten & {
    name: string;
    roleArn: string;
    vpcConfig: VpcConfigRequest;
    version?: string;
    kubernetesNetworkConfig?: CreateClusterRequest["kubernetesNetworkConfig"];
    bootstrapSelfManagedAddons?: boolean;
    encryptionConfig?: EncryptionConfig;
    enabledClusterLogTypes?: LogType[];
    tags?: Tags;
  };

export const cluster: AwsType<ClusterInputs> = {
  noun: "EKS Cluster",
  autoname: { property: "name", make: uniqueName },
  replaces: ["name", "roleArn", "encryptionConfig", "bootstrapSelfManagedAddons", "region"],
  async create(inputs) {
    const { name, roleArn, vpcConfig, version, kubernetesNetworkConfig, encryptionConfig, tags } = inputs;
    await refuseAsAwsWould(inputs);
    await eksClient(inputs).send(
      new CreateClusterCommand({
        name,
        roleArn,
        version,
        kubernetesNetworkConfig,
        tags,
        resourcesVpcConfig: vpcConfig,
        encryptionConfig: encryptionConfig && [encryptionConfig],
        logging: loggingOf(inputs),
        ...forgotten(inputs),
      }),
    );
    remember(name, forgotten(inputs));
    return name;
  },
  async read(id, inputs) {
    const found = await unlessGone(describeCluster(id, inputs));
    if (!found) return undefined;
    const { identity, resourcesVpcConfig, encryptionConfig, createdAt, logging, ...facts } = found;
    return {
      ...facts,
      createdAt: createdAt?.toISOString(),
      vpcConfig: resourcesVpcConfig,
      identities: [{ oidcs: [{ issuer: identity?.oidc?.issuer }] }],
      encryptionConfig: encryptionConfig?.[0],
      enabledClusterLogTypes: logging?.clusterLogging?.filter(({ enabled }) => enabled).flatMap(({ types }) => types),
    };
  },
  async update(id, inputs, olds) {
    const eks = eksClient(inputs);
    const { vpcConfig, version, kubernetesNetworkConfig, tags } = inputs;
    if (version !== undefined && version !== olds.version) {
      await orStandIn(
        "eks: UpdateClusterVersion",
        eks.send(new UpdateClusterVersionCommand({ name: id, version })),
        () => ({
          $metadata: {},
        }),
      );
      remember(id, { version });
    }
    if (!isSame(settingsOf(inputs), settingsOf(olds))) {
      await describeSubnets(vpcConfig.subnetIds ?? [], inputs);
      await eks.send(
        new UpdateClusterConfigCommand({
          name: id,
          resourcesVpcConfig: vpcConfig,
          kubernetesNetworkConfig,
          logging: loggingOf(inputs),
          ...forgotten(inputs),
        }),
      );
      remember(id, forgotten(inputs));
    }
    const { arn: resourceArn } = await describeCluster(id, inputs);
    const tagKeys = removedTags(olds.tags, tags);
    if (tagKeys.length) await eks.send(new UntagResourceCommand({ resourceArn, tagKeys }));
    if (tags) await eks.send(new TagResourceCommand({ resourceArn, tags }));
  },
  async delete(id, inputs) {
    if (inputs.deletionProtection) {
      throw new AwsError("InvalidRequestException", "Can't delete cluster while deletion protection is enabled.");
    }
    await unlessGone(eksClient(inputs).send(new DeleteClusterCommand({ name: id })));
    if (!process.env.MP_TEST_AWS_STATE) return;
    // AWS takes what belongs to a cluster with it
    standInFile((stored) => {
      delete stored.clusters?.[id];
      for (const collection of Object.values(stored)) {
        for (const [key, { clusterName }] of Object.entries(collection)) {
          if (clusterName === id) delete collection[key];
        }
      }
    });
  },
};

async function refuseAsAwsWould({ region, roleArn, vpcConfig, ...inputs }: ClusterInputs): Promise<void> {
  const subnets = await describeSubnets(vpcConfig.subnetIds ?? [], { region });
  if (new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size < 2) {
    throw new AwsError("InvalidParameterException", "Subnets specified must be in at least two different AZs");
  }
  const role = new IAMClient(clientSettings()).send(new GetRoleCommand({ RoleName: roleArn.split("/").at(-1) }));
  if (!(await unlessGone(role))) {
    throw new AwsError(
      "InvalidParameterException",
      `Role with arn: ${roleArn}, could not be assumed because it does not exist or the trusted entity is not correct`,
    );
  }
  const autoMode = new Set([
    inputs.computeConfig?.enabled ?? false,
    inputs.storageConfig?.blockStorage?.enabled ?? false,
    inputs.kubernetesNetworkConfig?.elasticLoadBalancing?.enabled ?? false,
  ]);
  if (autoMode.size > 1) {
    throw new AwsError(
      "InvalidParameterException",
      "For EKS Auto Mode, please ensure that all required configs, including computeConfig, kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled.",
    );
  }
}

function forgotten({
  accessConfig,
  computeConfig,
  storageConfig,
  upgradePolicy,
  deletionProtection,
}: ClusterInputs): Forgotten {
  return { accessConfig, computeConfig, storageConfig, upgradePolicy, deletionProtection };
}

function remember(name: string, facts: Json): void {
  if (!process.env.MP_TEST_AWS_STATE) return;
  standInFile((stored) => {
    const clusters = (stored.clusters ??= {});
    clusters[name] = { ...clusters[name], ...facts };
  });
}

function settingsOf({ vpcConfig, kubernetesNetworkConfig, enabledClusterLogTypes, ...inputs }: ClusterInputs): Json {
  return { vpcConfig, kubernetesNetworkConfig, enabledClusterLogTypes, ...forgotten(inputs as ClusterInputs) };
}

function loggingOf({ enabledClusterLogTypes = [] }: ClusterInputs): CreateClusterRequest["logging"] {
  return enabledClusterLogTypes.length
    ? { clusterLogging: [{ types: enabledClusterLogTypes, enabled: true }] }
    : undefined;
}

/** `getCluster`, whose lists of one are Pulumi's. */
export const getCluster: AwsQuery<Regional & { name: string }> = async (inputs) => {
  const found = await unlessGone(describeCluster(inputs.name, inputs));
  if (!found) throw new Error(`reading EKS Cluster (${inputs.name}): couldn't find resource`);
  const { identity, resourcesVpcConfig, certificateAuthority, createdAt, logging, ...facts } = found;
  return {
    ...facts,
    id: inputs.name,
    createdAt: createdAt?.toISOString(),
    certificateAuthorities: [certificateAuthority],
    vpcConfig: resourcesVpcConfig,
    identities: [{ oidcs: [{ issuer: identity?.oidc?.issuer }] }],
    accessConfigs: [found.accessConfig ?? {}],
    computeConfigs: [found.computeConfig ?? {}],
    storageConfigs: [found.storageConfig ?? {}],
    kubernetesNetworkConfigs: [found.kubernetesNetworkConfig ?? {}],
    upgradePolicies: [found.upgradePolicy ?? {}],
    enabledClusterLogTypes:
      logging?.clusterLogging?.filter(({ enabled }) => enabled).flatMap(({ types = [] }) => types) ?? [],
  };
};
