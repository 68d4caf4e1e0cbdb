import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsQuery, AwsService } from "./awsType";
import { clientSettings, currentRegion } from "./settings";

const getCallerIdentity: AwsQuery = async () => {
  const { Account, Arn, UserId } = await new STSClient(clientSettings()).send(new GetCallerIdentityCommand({}));
  return { accountId: Account, arn: Arn, userId: UserId, id: Account };
};

const getRegion: AwsQuery<{ region?: string; name?: string }> = ({ region, name }) => {
  const current = currentRegion(region ?? name);
  const endpoint = `ec2.${current}.amazonaws.com`;
  return Promise.resolve({ id: current, name: current, region: current, description: current, endpoint });
};

/** Who asks, and where. */
export const account: AwsService = {
  types: {},
  queries: {
    "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
    "aws:index/getRegion:getRegion": getRegion,
  },
};
