import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { programError } from "../../../provider/program/programError";
import { aws } from "./aws";

/**
 * The region of AWS that the program is for: `aws:region`, AWS_REGION, AWS_DEFAULT_REGION, or what the profile says.
 *
 * @throws RunError when nothing can say it
 */
export function awsRegion(): pulumi.Output<string> {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_CONFIG_FILE } = process.env;
  const region = pulumi.runtime.getConfig("aws:region") || AWS_REGION || AWS_DEFAULT_REGION;
  if (region) return pulumi.output(region);
  if (fs.existsSync(AWS_CONFIG_FILE ?? path.join(os.homedir(), ".aws", "config"))) {
    return pulumi.output(aws.getRegion()).apply(({ region }) => region);
  }
  throw programError(
    "no AWS region is configured; run `pulumi config set aws:region <region>`, for example eu-central-1, or set AWS_REGION",
  );
}

/** The part of AWS that a region belongs to, which is in every ARN. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
