import { z } from "zod";
import type { Failure, Json } from "../../provider/engine/kind";
import * as rules from "../../provider/kinds/shared/rules";
import { cpuProblem, memoryProblem, quantityRule } from "../quantity";
import { argumentFailures, type ArgumentRules, transforms } from "../recipeArguments";
import { daskFailures } from "./dask/daskRules";
import { holdsCredentials } from "./storage/gitCode";

/** Names of S3's buckets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = rules.text.refine(
  (name) =>
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !/\.\.|^\d+\.\d+\.\d+\.\d+$|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name),
  "must be a name that S3 takes: 3 to 63 lower-case letters, digits, dots and dashes, with a letter or digit at both ends, and no IP address",
);
/** Names that Kubernetes takes, short enough for what is added to them. */
const kubernetesName = rules.text.regex(
  /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  "must be at most 40 lower-case letters, digits and dashes, with a letter at its start",
);
const anything = z.unknown().optional();
const flag = rules.flag.optional();
const cpu = quantityRule(cpuProblem);
const memory = quantityRule(memoryProblem);

/** The rules of the recipe's own arguments; what another package defines is checked there. */
export const ownRules = {
  transform: transforms("workPool", "workerDeployment", "cluster", "bucket", "daskOperator"),
  namespace: kubernetesName.optional(),
  apiUrl: rules.text.regex(/^https?:\/\/[^/]/, "must be an address such as https://prefect.example.com/api").optional(),
  image: rules.text.min(1, "must be the name of an image").optional(),
  packages: rules.strings.optional(),
  cpu,
  memory,
  awsTags: z.record(z.string(), rules.text, "must be an object of strings").optional(),
  cluster: z
    .strictObject(
      {
        name: rules.text
          .regex(
            /^[A-Za-z][A-Za-z0-9_-]{0,39}$/,
            "must be at most 40 letters, digits, dashes and underscores, with a letter at its start",
          )
          .optional(),
        existingName: rules.text.min(1, "must be the name of a cluster").optional(),
        kubeconfig: anything,
        provider: anything,
        oidcProviderArn: rules.text
          .regex(/^arn:[^:]+:iam::\d+:oidc-provider\/.+/, "must be the ARN of an IAM OpenID Connect provider")
          .optional(),
        version: rules.text.regex(/^1\.\d+$/, 'must be a version of Kubernetes, such as "1.35"').optional(),
        subnetIds: anything,
        endpointPublicAccess: flag,
        endpointPrivateAccess: flag,
        publicAccessCidrs: rules.strings.optional(),
        enabledClusterLogTypes: rules.strings.optional(),
        admins: rules.strings.optional(),
        protect: flag,
        retainOnDelete: flag,
      },
      "must be an object",
    )
    .optional(),
  resultStorage: z
    .strictObject(
      {
        path: rules.text
          .regex(
            /^(?=.*[A-Za-z0-9])(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/,
            "must be a folder's name of letters, digits, dots, dashes and underscores, without slashes at its ends",
          )
          .optional(),
        bucketName: bucketName.optional(),
        existingBucket: bucketName.optional(),
        expireAfterDays: rules.positive.optional(),
        forceDestroy: flag,
        protect: flag,
        retainOnDelete: flag,
      },
      "must be an object",
    )
    .optional(),
  source: z
    .strictObject(
      {
        git: z
          .strictObject(
            {
              repository: rules.text.min(1, "must be the address of a repository"),
              branch: rules.text.optional(),
              commitSha: rules.text.optional(),
              includeSubmodules: flag,
              accessToken: rules.text.optional(),
              directory: rules.text.optional(),
            },
            "must be an object",
          )
          .optional(),
        imageDirectory: rules.text.optional(),
      },
      "must be an object",
    )
    .optional(),
  worker: z
    .strictObject(
      {
        image: rules.text.min(1, "must be the name of an image").optional(),
        replicas: rules.positive.optional(),
        limit: rules.positive.optional(),
        cpu,
        memory,
      },
      "must be an object",
    )
    .optional(),
  dask: z
    .strictObject(
      {
        workers: anything,
        minWorkers: anything,
        maxWorkers: anything,
        cpu: anything,
        memory: anything,
        image: rules.text.min(1, "must be the name of an image").optional(),
        shared: flag,
        installOperator: flag,
      },
      "must be an object",
    )
    .optional(),
} satisfies ArgumentRules;

/**
 * What is wrong with the arguments of EksDaskDeployer; nothing about its deployments, which are checked as deployments.
 *
 * @param isOpen whether it may be given more, as by a class that extends it
 */
export function deployerFailures(args: Json, isOpen = false): Failure[] {
  // a text isn't shown: it may be a kubeconfig
  if (typeof args.cluster === "string") return [{ property: "cluster", reason: "must be an object, not a text" }];
  const git = (args.source as Json | null | undefined)?.git ?? args.source;
  if (typeof git === "string" && holdsCredentials(git)) {
    return [
      { property: "source", reason: 'must be an object such as { git: { repository: "https://..." } }, not a text' },
    ];
  }
  const failures = argumentFailures(args, ownRules, isOpen);
  if (failures.length > 0) return failures;
  const { cluster = {}, resultStorage = {}, source = {}, dask, image } = args as Record<string, Json | undefined>;
  return [
    ...daskFailures(dask ?? {}, "dask"),
    ...exclusive(cluster, "cluster", ["kubeconfig", "provider"]),
    ...exclusive(resultStorage, "resultStorage", ["bucketName", "existingBucket"]),
    ...exclusive(source, "source", ["git", "imageDirectory"]),
    ...gitFailures((source.git ?? {}) as Json),
    ...madeAndExisting(cluster),
    ...forMadeAlone(resultStorage, "resultStorage", "existingBucket", ["path", "existingBucket", "bucketName"]),
    ...(source.imageDirectory !== undefined && image === undefined
      ? [{ property: "image", reason: "must be given with source.imageDirectory: it is the image that has the code" }]
      : []),
  ];
}

function exclusive(given: Json, at: string, [first, second]: [string, string]): Failure[] {
  if (given[first] === undefined || given[second] === undefined) return [];
  return [{ property: `${at}.${second}`, reason: `excludes ${first}; give one of them` }];
}

/** What is for a cluster that is made says nothing of one that exists. */
function madeAndExisting(cluster: Json): Failure[] {
  const naming = ["existingName", "kubeconfig", "provider"].find((key) => cluster[key] !== undefined);
  if (naming === undefined) {
    if (cluster.oidcProviderArn === undefined) return [];
    return [{ property: "cluster.oidcProviderArn", reason: "is for a cluster that exists; give its existingName" }];
  }
  const failures = forMadeAlone(cluster, "cluster", naming, [
    "existingName",
    "kubeconfig",
    "provider",
    "oidcProviderArn",
  ]);
  if (cluster.existingName === undefined && cluster.oidcProviderArn === undefined) {
    failures.push({
      property: "cluster.existingName",
      reason: `must be given with ${naming}, or oidcProviderArn: without one of them pods get no rights on AWS`,
    });
  }
  return failures;
}

/** What only has a meaning for something that is made, given with what names one that exists. */
function forMadeAlone(given: Json, at: string, naming: string, forExisting: string[]): Failure[] {
  if (given[naming] === undefined) return [];
  return Object.keys(given)
    .filter((key) => !forExisting.includes(key) && given[key] !== undefined)
    .map((key) => ({
      property: `${at}.${key}`,
      reason: `is for what is made, and ${naming} names what exists; remove one of them`,
    }));
}

function gitFailures({ repository, branch, commitSha, accessToken }: Json): Failure[] {
  const failures = exclusive({ branch, commitSha }, "source.git", ["branch", "commitSha"]);
  if (typeof repository === "string" && holdsCredentials(repository)) {
    // not shown, for what is in it
    const reason =
      "has a user, a password or an access token in it, which each run's record would show; remove it, keep the token in a Secret block " +
      'of Prefect, and give accessToken: "{{ prefect.blocks.secret.git-token }}"';
    failures.push({ property: "source.git.repository", reason });
  }
  if (typeof accessToken === "string" && !/^\s*\{\{.*\}\}\s*$/.test(accessToken)) {
    // not shown: it may be the token
    const reason =
      'must be a template that Prefect fills in, such as "{{ prefect.blocks.secret.git-token }}", and not the token itself';
    failures.push({ property: "source.git.accessToken", reason });
  }
  return failures;
}
