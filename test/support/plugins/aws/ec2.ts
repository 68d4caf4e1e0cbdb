import {
  DescribeAvailabilityZonesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Filter,
  type Subnet,
} from "@aws-sdk/client-ec2";
import type { AwsQuery, AwsService, Tags } from "./awsType";
import { clientSettings } from "./settings";
import { tagsOf } from "./tags";

type Regional = { region?: string };
type Filtered = Regional & { filters?: { name: string; values: string[] }[]; tags?: Tags };

const client = (inputs: Regional) => new EC2Client(clientSettings(inputs));

const getVpc: AwsQuery<Filtered & { id?: string; default?: boolean; cidrBlock?: string; state?: string }> = async (
  inputs,
) => {
  const { id, default: isDefault, cidrBlock, state } = inputs;
  const { Vpcs = [] } = await client(inputs).send(
    new DescribeVpcsCommand({
      VpcIds: id ? [id] : undefined,
      Filters: [
        ...filtersOf(inputs),
        ...(isDefault === undefined ? [] : [{ Name: "is-default", Values: [String(isDefault)] }]),
        ...(cidrBlock === undefined ? [] : [{ Name: "cidr", Values: [cidrBlock] }]),
        ...(state === undefined ? [] : [{ Name: "state", Values: [state] }]),
      ],
    }),
  );
  const [vpc, another] = Vpcs;
  if (!vpc) throw new Error("no matching EC2 VPC found");
  if (another)
    throw new Error("multiple EC2 VPCs matched; use additional constraints to reduce matches to a single EC2 VPC");
  const { region } = clientSettings(inputs);
  return {
    id: vpc.VpcId,
    arn: `arn:aws:ec2:${region}:${vpc.OwnerId}:vpc/${vpc.VpcId}`,
    cidrBlock: vpc.CidrBlock,
    default: vpc.IsDefault,
    state: vpc.State,
    ownerId: vpc.OwnerId,
    instanceTenancy: vpc.InstanceTenancy,
    tags: tagsOf(vpc.Tags),
  };
};

const getSubnets: AwsQuery<Filtered> = async (inputs) => {
  const filters = filtersOf(inputs);
  const { Subnets = [] } = await client(inputs).send(
    new DescribeSubnetsCommand({ Filters: filters.length ? filters : undefined }),
  );
  return { ids: Subnets.map(({ SubnetId }) => SubnetId) };
};

type Zones = Filtered & {
  allAvailabilityZones?: boolean;
  excludeNames?: string[];
  excludeZoneIds?: string[];
  state?: string;
};

const getAvailabilityZones: AwsQuery<Zones> = async (inputs) => {
  const { allAvailabilityZones, excludeNames = [], excludeZoneIds = [], state } = inputs;
  const { AvailabilityZones = [] } = await client(inputs).send(
    new DescribeAvailabilityZonesCommand({ AllAvailabilityZones: allAvailabilityZones, Filters: filtersOf(inputs) }),
  );
  const zones = AvailabilityZones.filter(
    ({ ZoneName = "", ZoneId = "", State }) =>
      !excludeNames.includes(ZoneName) && !excludeZoneIds.includes(ZoneId) && (state === undefined || State === state),
  );
  return {
    names: zones.map(({ ZoneName }) => ZoneName),
    zoneIds: zones.map(({ ZoneId }) => ZoneId),
    groupNames: [...new Set(zones.flatMap(({ GroupName }) => (GroupName ? [GroupName] : [])))],
  };
};

/** The subnets; fails in AWS's words if one of them doesn't exist. */
export async function describeSubnets(ids: string[], inputs: Regional): Promise<Subnet[]> {
  const { Subnets = [] } = await client(inputs).send(new DescribeSubnetsCommand({ SubnetIds: ids }));
  return Subnets;
}

function filtersOf({ filters = [], tags = {} }: Filtered): Filter[] {
  return [
    ...filters.map(({ name, values }) => ({ Name: name, Values: values })),
    ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
  ];
}

export const ec2: AwsService = {
  types: {},
  queries: {
    "aws:ec2/getVpc:getVpc": getVpc,
    "aws:ec2/getSubnets:getSubnets": getSubnets,
    "aws:index/getAvailabilityZones:getAvailabilityZones": getAvailabilityZones,
  },
};
