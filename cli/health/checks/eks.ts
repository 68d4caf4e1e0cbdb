import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onPath } from "../../../processes/onPath";
import { visible } from "../../../provider/api/visible";
import { shellWord } from "../../../report/shellWord";
import { commandLine } from "../../commandLine";
import type { Aim } from "../../flags";
import type { EksUse } from "../../project/eksUse";
import { forEks, missingForEks } from "../../project/packages";
import { type Finding, problem } from "../finding";

/** How long AWS may take to say who one is, in milliseconds. */
const patience = 20_000;

/**
 * What a deployment on EKS needs of this machine.
 *
 * @param settings reads a key of the stack's configuration
 */
export async function checkEks(
  { callsAws }: EksUse,
  settings: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv,
  given?: Aim,
): Promise<Finding[]> {
  const missing = missingForEks();
  const packages: Finding =
    missing.length === 0
      ? { part: "packages for EKS", level: "ok", found: forEks.join(", ") }
      : problem(
          "packages for EKS",
          false,
          `${missing.join(", ")} are missing`,
          `${commandLine("deploy", given)} installs them after asking`,
        );
  return [packages, await checkAws(callsAws, settings, environment), kubernetes(environment)];
}

/** Who one is on AWS, by the profile and in the region that the stack uses. */
async function checkAws(
  callsAws: boolean,
  settings: (key: string) => string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Finding> {
  const aws = onPath("aws", environment);
  if (aws === undefined) {
    const use = callsAws ? "by which the cluster is reached" : "which says whose credentials are used";
    const remedy = `install the AWS CLI (https://aws.amazon.com/cli), ${use}`;
    return problem("AWS", callsAws, "there is no aws command on the PATH", remedy);
  }
  const [profile, region] = [settings("aws:profile"), settings("aws:region")];
  try {
    const words = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    const { stdout } = await promisify(execFile)(aws, [...(region ? ["--region", region] : []), ...words], {
      env: { ...environment, ...(profile && { AWS_PROFILE: profile }) },
      timeout: patience,
    });
    return { part: "AWS", level: "ok", found: visible(stdout.trim()) };
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    const reason = visible((stderr.trim() || message).split("\n").at(-1) ?? "");
    return problem("AWS", true, reason, remedyFor(profile));
  }
}

function remedyFor(profile: string | undefined): string {
  if (!profile) return "aws configure, aws sso login, or set AWS_PROFILE";
  const name = shellWord(profile);
  return `the stack's aws:profile is meant: aws configure --profile ${name}, or aws sso login --profile ${name}`;
}

/** The program itself needs none of it; people who look at pods do. */
function kubernetes(environment: NodeJS.ProcessEnv): Finding {
  const kubectl = onPath("kubectl", environment);
  const part = "Kubernetes";
  return kubectl === undefined
    ? problem(
        part,
        false,
        "there is no kubectl, with which one looks at pods",
        "https://kubernetes.io/docs/tasks/tools",
      )
    : { part, level: "ok", found: kubectl };
}
