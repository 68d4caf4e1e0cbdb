import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type ServerSideEncryptionRule,
  type VersioningConfiguration,
} from "@aws-sdk/client-s3";
import { assetBytes } from "../assetBytes";
import type { Archive, Asset, Json } from "../wireValues";
import { AwsError } from "./awsError";
import type { AwsQuery, AwsService, AwsType, Tags } from "./awsType";
import { capitalized, uncapitalized } from "./capitalized";
import { type Document, documentText } from "./documents";
import { uniqueName } from "./names";
import { clientSettings, currentRegion } from "./settings";
import { standInFile } from "./standInFile";
import { tagList, tagsOf } from "./tags";
import { unlessGone } from "./unlessGone";
import { withoutConditions } from "./withoutConditions";

type Regional = { region?: string };
type OfBucket = Regional & { bucket: string };

const client = (inputs: Regional) => new S3Client({ ...clientSettings(inputs), forcePathStyle: true });

const bucketName = /^(?!xn--|.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const bucket: AwsType<OfBucket & { forceDestroy?: boolean; tags?: Tags }> = {
  noun: "S3 Bucket",
  autoname: { property: "bucket", make: (name) => uniqueName(name).toLowerCase() },
  replaces: ["bucket", "region"],
  async create(inputs) {
    const region = currentRegion(inputs.region);
    if (!bucketName.test(inputs.bucket)) throw new AwsError("InvalidBucketName", "The specified bucket is not valid.");
    await client(inputs).send(
      new CreateBucketCommand({
        Bucket: inputs.bucket,
        ...(region !== "us-east-1" && {
          CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
        }),
      }),
    );
    await setBucketTags(inputs);
    return inputs.bucket;
  },
  async read(id, inputs) {
    const s3 = client(inputs);
    if (!(await unlessGone(s3.send(new HeadBucketCommand({ Bucket: id }))))) return undefined;
    const tags = await unlessGone(s3.send(new GetBucketTaggingCommand({ Bucket: id })));
    return { ...bucketFacts(id, currentRegion(inputs.region)), ...(tags && { tags: tagsOf(tags.TagSet) }) };
  },
  update: (_id, inputs) => setBucketTags(inputs),
  async delete(id, inputs) {
    if (inputs.forceDestroy) await emptyBucket(id, inputs);
    await unlessGone(client(inputs).send(new DeleteBucketCommand({ Bucket: id })));
  },
};

async function setBucketTags({ bucket, tags = {}, region }: OfBucket & { tags?: Tags }): Promise<void> {
  const s3 = client({ region });
  if (Object.keys(tags).length === 0) await s3.send(new DeleteBucketTaggingCommand({ Bucket: bucket }));
  else await s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: tagList(tags) } }));
}

async function emptyBucket(Bucket: string, inputs: Regional): Promise<void> {
  const s3 = client(inputs);
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const entries = [...Versions, ...DeleteMarkers];
    if (entries.length === 0) return;
    for (const { Key, VersionId } of entries) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
}

function bucketFacts(name: string, region: string): Json {
  return {
    arn: `arn:aws:s3:::${name}`,
    bucket: name,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    bucketRegion: region,
    hostedZoneId: "Z3AQBSTGFYJSTF",
  };
}

/** A setting of a bucket: put as a whole, read as what is there. */
function bucketSetting<Inputs extends OfBucket>(
  noun: string,
  {
    put,
    get,
    remove,
  }: {
    put: (s3: S3Client, inputs: Inputs) => Promise<unknown>;
    get: (s3: S3Client, bucket: string) => Promise<Json>;
    remove: (s3: S3Client, bucket: string) => Promise<unknown>;
  },
): AwsType<Inputs> {
  return {
    noun,
    replaces: ["bucket", "region"],
    async create(inputs) {
      await put(client(inputs), inputs);
      return inputs.bucket;
    },
    read: (id, inputs) => unlessGone(get(client(inputs), id)),
    update: (_id, inputs) => put(client(inputs), inputs),
    delete: (id, inputs) => unlessGone(remove(client(inputs), id)),
  };
}

type PublicAccess = OfBucket & {
  blockPublicAcls?: boolean;
  blockPublicPolicy?: boolean;
  ignorePublicAcls?: boolean;
  restrictPublicBuckets?: boolean;
};

const publicAccessBlock = bucketSetting<PublicAccess>("S3 Bucket Public Access Block", {
  put: (s3, { bucket, blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: blockPublicAcls ?? false,
          BlockPublicPolicy: blockPublicPolicy ?? false,
          IgnorePublicAcls: ignorePublicAcls ?? false,
          RestrictPublicBuckets: restrictPublicBuckets ?? false,
        },
      }),
    ),
  get: async (s3, Bucket) =>
    uncapitalized((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration) as Json,
  remove: (s3, Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
});

const encryption = bucketSetting<OfBucket & { rules: Json[] }>("S3 Bucket Server-side Encryption Configuration", {
  put: (s3, { bucket, rules }) =>
    s3.send(
      new PutBucketEncryptionCommand({
        Bucket: bucket,
        ServerSideEncryptionConfiguration: { Rules: capitalized(rules) as ServerSideEncryptionRule[] },
      }),
    ),
  get: async (s3, Bucket) => {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    return { rules: uncapitalized(ServerSideEncryptionConfiguration?.Rules) };
  },
  remove: (s3, Bucket) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
});

const versioning = bucketSetting<OfBucket & { versioningConfiguration: { status: string } }>("S3 Bucket Versioning", {
  put: (s3, { bucket, versioningConfiguration: { status } }) =>
    s3.send(
      new PutBucketVersioningCommand({
        Bucket: bucket,
        VersioningConfiguration: { Status: status as VersioningConfiguration["Status"] },
      }),
    ),
  get: async (s3, Bucket) => {
    const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
    return { versioningConfiguration: { status: Status ?? "Disabled" } };
  },
  // it can't be taken away, only suspended
  remove: (s3, Bucket) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
});

const lifecycle = bucketSetting<OfBucket & { rules: Json[] }>("S3 Bucket Lifecycle Configuration", {
  put: (s3, { bucket, rules }) =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        // AWS wants a filter in each rule, an empty one for the whole bucket
        LifecycleConfiguration: {
          Rules: rules.map((rule) => ({ Filter: { Prefix: "" }, ...(capitalized(rule) as LifecycleRule) })),
        },
      }),
    ),
  get: async (s3, Bucket) => ({
    rules: uncapitalized((await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules),
  }),
  remove: (s3, Bucket) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
});

const policy = bucketSetting<OfBucket & { policy: Document }>("S3 Bucket Policy", {
  async put(s3, { bucket: Bucket, policy }) {
    const text = documentText(policy);
    const { unconditional, isEmpty } = withoutConditions(text);
    if (isEmpty) await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    else await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: unconditional }));
    standInFile((stored) => ((stored.bucketPolicies ??= {})[Bucket] = { text }));
  },
  async get(s3, Bucket) {
    await s3.send(new HeadBucketCommand({ Bucket }));
    const held = standInFile(({ bucketPolicies }) => bucketPolicies?.[Bucket]?.text);
    return { policy: held ?? (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy };
  },
  async remove(s3, Bucket) {
    standInFile(({ bucketPolicies }) => delete bucketPolicies?.[Bucket]);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  },
});

type StoredObject = OfBucket & {
  key: string;
  source?: Asset | Archive;
  content?: string;
  contentBase64?: string;
  contentType?: string;
  forceDestroy?: boolean;
  serverSideEncryption?: string;
  kmsKeyId?: string;
  tags?: Tags;
};

const object: AwsType<StoredObject> = {
  noun: "S3 Object",
  autoname: { property: "key", make: (name) => name },
  replaces: ["bucket", "key", "region"],
  async create(inputs) {
    await putObject(inputs);
    return `${inputs.bucket}/${inputs.key}`;
  },
  async read(_id, inputs) {
    const { bucket: Bucket, key: Key } = inputs;
    const head = await unlessGone(client(inputs).send(new HeadObjectCommand({ Bucket, Key })));
    return (
      head && {
        arn: `arn:aws:s3:::${Bucket}/${Key}`,
        etag: head.ETag?.replaceAll('"', ""),
        versionId: head.VersionId,
        contentType: head.ContentType,
        serverSideEncryption: head.ServerSideEncryption,
      }
    );
  },
  update: (_id, inputs) => putObject(inputs),
  async delete(_id, inputs) {
    const s3 = client(inputs);
    const { bucket: Bucket, key: Key } = inputs;
    const listed = await unlessGone(s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key })));
    const versions = [...(listed?.Versions ?? []), ...(listed?.DeleteMarkers ?? [])].filter((one) => one.Key === Key);
    for (const { VersionId } of versions) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  },
};

async function putObject(inputs: StoredObject): Promise<void> {
  const { bucket, key, source, content, contentBase64, contentType, serverSideEncryption, kmsKeyId, tags } = inputs;
  await client(inputs).send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: source ? assetBytes(source) : Buffer.from(content ?? contentBase64 ?? "", content ? "utf8" : "base64"),
      ContentType: contentType,
      ServerSideEncryption: serverSideEncryption as "aws:kms" | undefined,
      SSEKMSKeyId: kmsKeyId,
      Tagging: tags && new URLSearchParams(tags).toString(),
    }),
  );
}

const getBucket: AwsQuery<OfBucket> = async (inputs) => {
  const found = await unlessGone(client(inputs).send(new HeadBucketCommand({ Bucket: inputs.bucket })));
  if (!found) throw new Error(`reading S3 Bucket (${inputs.bucket}): couldn't find resource`);
  return { ...bucketFacts(inputs.bucket, currentRegion(inputs.region)), id: inputs.bucket };
};

export const s3: AwsService = {
  types: {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccessBlock,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
    "aws:s3/bucketVersioning:BucketVersioning": versioning,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
    "aws:s3/bucketPolicy:BucketPolicy": policy,
    "aws:s3/bucketObjectv2:BucketObjectv2": object,
  },
  queries: { "aws:s3/getBucket:getBucket": getBucket },
};
