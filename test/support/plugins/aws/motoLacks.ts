import { type Collections, standInFile } from "./standInFile";

/** What moto has not got, by AWS's names of the requests: the tests' plugin answers it from a file, and notices when moto learns it. */
export const motoLacks = [
  "eks: CreateAccessEntry",
  "eks: DescribeAccessEntry",
  "eks: UpdateAccessEntry",
  "eks: DeleteAccessEntry",
  "eks: AssociateAccessPolicy",
  "eks: ListAssociatedAccessPolicies",
  "eks: DisassociateAccessPolicy",
  "eks: CreatePodIdentityAssociation",
  "eks: DescribePodIdentityAssociation",
  "eks: UpdatePodIdentityAssociation",
  "eks: DeletePodIdentityAssociation",
  "eks: UpdateClusterVersion",
  "s3: CreateBucket: rules of names",
  // moto would apply statements of a bucket's policy without their conditions
  "s3: PutBucketPolicy: statements with a condition",
  // moto takes these settings of a cluster and forgets them
  "eks: CreateCluster: accessConfig, computeConfig, storageConfig, upgradePolicy, deletionProtection",
  // moto doesn't look whether they exist
  "eks: CreateCluster: subnets, role",
] as const;

type Request<Name> = Name extends `${string}: ${string}: ${string}` ? never : Name;

/** The answer of moto, or if it doesn't know the request, of what was stored here. */
export async function orStandIn<T>(
  _request: Request<(typeof motoLacks)[number]>,
  asked: Promise<T>,
  answer: (stored: Collections) => T,
): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    // moto's page of an unknown path is no JSON; of a known path a 404 is an error of AWS
    if (name !== "SyntaxError" || $metadata?.httpStatusCode !== 404) throw error;
    return standInFile(answer);
  }
}
