/** @ts-ignore its types are only there for those who use EKS */
import type * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { Block } from "../../../provider/kinds/block";
import type { Transform } from "../../deployer";
import { transformed } from "../../deployer";
import { shared } from "../../infrastructure";
import { aws } from "../aws/aws";
import { awsTags } from "../aws/awsTags";
import type { BucketFolders } from "../aws/policies";
import { tlsOnlyPolicy } from "../aws/policies";
import { awsRegion, partitionOf } from "../aws/region";
import { comparable } from "../comparable";
import { type Kept, keptBy } from "../kept";
import { shortened } from "../names";
import { slugOf } from "../slug";

/** Where the results of flows and tasks are kept: a bucket that is made, unless `existingBucket` names one. */
export interface ResultStorageArgs {
  /** Folder of the bucket below which results lie, without slashes at its ends. The code of flows lies beside it, below "<path>-code". @default "results" */
  path?: string;
  /** Name of the bucket to make, unique on all of AWS. A change replaces the bucket. @default one that Pulumi makes up */
  bucketName?: string;
  /** Name of a bucket that exists; it is used as it is. */
  existingBucket?: string;
  /** Days after which a result is deleted, in a bucket that is made. @default 90 */
  expireAfterDays?: number;
  /** Whether a bucket that isn't empty may be deleted, with all that it holds. @default false */
  forceDestroy?: boolean;
  /** Keeps the bucket from being deleted by Pulumi. @default false */
  protect?: boolean;
  /** Leaves the bucket, with its settings, on AWS when it goes from the stack. @default false */
  retainOnDelete?: boolean;
}

/** The arguments, with those of the recipe that are for what is made. */
type OwnArgs = ResultStorageArgs & { tags?: Record<string, string>; transform?: Transform<s3.BucketArgs> };

/** The folder of results of which nothing is said. */
const defaultPath = "results";
const defaultExpiry = 90;
/** Days after which what was overwritten or deleted is gone for good, and uploads that were never finished are. */
const recovery = 7;

/**
 * A bucket for results and for the code of flows, private, encrypted, versioned and reached by TLS alone, and Prefect's block that
 * makes flows find it. Of a bucket that exists only the block is made.
 */
export class ResultStorage extends pulumi.ComponentResource {
  /** The bucket that was made. */
  readonly bucket?: s3.Bucket;
  readonly block: Block;
  readonly bucketName: pulumi.Output<string>;
  readonly folders: pulumi.Output<BucketFolders>;
  /** Its Pulumi name. */
  readonly name: string;
  /** Name of the block, known in every preview. */
  readonly blockName: string;
  /** Prefix of the code. */
  readonly codePath: string;
  readonly tags: Record<string, string>;

  constructor(name: string, args: OwnArgs, opts?: pulumi.ComponentResourceOptions) {
    super("meta-prefect:components:ResultStorage", name, {}, opts);
    const path = args.path ?? defaultPath;
    this.name = name;
    this.codePath = `${path}-code`;
    this.tags = awsTags(args.tags);
    this.blockName = blockNameOf(name);
    let bucketArn: pulumi.Output<string>;
    if (args.existingBucket === undefined) {
      this.bucket = this.makeBucket(name, path, args, opts);
      this.bucketName = this.bucket.bucket;
      bucketArn = this.bucket.arn;
    } else {
      this.bucketName = pulumi.output(args.existingBucket);
      bucketArn = awsRegion().apply((region) => `arn:${partitionOf(region)}:s3:::${args.existingBucket}`);
    }
    this.folders = bucketArn.apply((bucketArn) => ({ bucketArn, results: path, code: this.codePath }));
    this.block = new Block(
      `${name}-results`,
      {
        name: this.blockName,
        blockTypeSlug: "s3-bucket",
        data: { bucket_name: this.bucketName, bucket_folder: path },
      },
      { parent: this },
    );
    this.registerOutputs();
  }

  private makeBucket(name: string, path: string, args: OwnArgs, opts?: pulumi.ComponentResourceOptions): s3.Bucket {
    // a bucket that stays keeps what protects it
    const own = { parent: this, retainOnDelete: args.retainOnDelete ?? opts?.retainOnDelete };
    const bucketArgs: s3.BucketArgs = {
      ...(args.bucketName !== undefined && { bucket: args.bucketName }),
      forceDestroy: args.forceDestroy ?? false,
      tags: this.tags,
    };
    const made = new aws.s3.Bucket(`${name}-results`, transformed(args.transform, bucketArgs), {
      ...own,
      protect: args.protect ?? opts?.protect,
    });
    const bucket = made.bucket;
    const publicAccess = new aws.s3.BucketPublicAccessBlock(
      `${name}-results`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      own,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-results`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" }, bucketKeyEnabled: true }] },
      own,
    );
    const versioning = new aws.s3.BucketVersioning(
      `${name}-results`,
      { bucket, versioningConfiguration: { status: "Enabled" } },
      own,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-results`,
      { bucket, rules: lifecycleRules(path, args.expireAfterDays ?? defaultExpiry) },
      // S3 refuses rules for old versions until versions are kept
      { ...own, dependsOn: versioning },
    );
    new aws.s3.BucketPolicy(
      `${name}-results`,
      { bucket, policy: made.arn.apply((arn) => JSON.stringify(tlsOnlyPolicy(arn))) },
      // two changes of a bucket's access at once are a conflict on S3
      { ...own, dependsOn: publicAccess },
    );
    return made;
  }
}

function lifecycleRules(path: string, days: number) {
  return [
    {
      id: "old-results",
      status: "Enabled",
      filter: { prefix: `${path}/` },
      expiration: { days },
      noncurrentVersionExpiration: { noncurrentDays: recovery },
    },
    {
      id: "unfinished-uploads",
      status: "Enabled",
      filter: { prefix: "" },
      abortIncompleteMultipartUpload: { daysAfterInitiation: recovery },
    },
  ];
}

/** Prefect allows lower-case letters, digits and dashes in names of blocks. */
function blockNameOf(name: string): string {
  return `${name}-results`.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
}

/** The storage of a folder, made once in a program. */
export function sharedStorage(base: string, args: OwnArgs, kept: Kept): ResultStorage {
  const folder = slugOf(args.path ?? defaultPath);
  const name = folder === defaultPath ? base : shortened(`${base}-${folder}`);
  return shared({
    name: `result storage "${name}"`,
    given: comparable({ ...keptBy(args, kept) }),
    make: () => ({ storage: new ResultStorage(name, args, kept) }),
  }).storage;
}
