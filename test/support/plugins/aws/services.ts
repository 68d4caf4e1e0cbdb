import type { AwsQuery, AwsService, AwsType } from "./awsType";

/** By the part of a token that names the service; a service's client is loaded when it is asked for. */
const services: Record<string, () => AwsService> = {
  s3: () => (require("./s3") as typeof import("./s3")).s3,
  iam: () => (require("./iam") as typeof import("./iam")).iam,
  kms: () => (require("./kms") as typeof import("./kms")).kms,
  eks: () => (require("./eks") as typeof import("./eks")).eks,
  ec2: () => (require("./ec2") as typeof import("./ec2")).ec2,
  "index/getAvailabilityZones": () => (require("./ec2") as typeof import("./ec2")).ec2,
  "index/getCallerIdentity": () => (require("./account") as typeof import("./account")).account,
  "index/getRegion": () => (require("./account") as typeof import("./account")).account,
};

export function typeOf(token: string): AwsType {
  return serviceOf(token)?.types[token] ?? unknown(token);
}

export function queryOf(token: string): AwsQuery<never> {
  return serviceOf(token)?.queries[token] ?? unknown(token);
}

function serviceOf(token: string): AwsService | undefined {
  const module = token.split(":")[1] ?? "";
  return (services[module] ?? services[module.split("/")[0] ?? ""])?.();
}

function unknown(token: string): never {
  throw new Error(`${token} is not known to the tests' stand-in for Pulumi's AWS plugin`);
}
