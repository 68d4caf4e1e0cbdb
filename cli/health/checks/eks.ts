import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onPath } from "../../../processes/onPath";
import { visible } from "../../../provider/api/visible";
import { forEks, placeOf, running } from "../../project/packages";
import { type Finding, problem } from "../finding";

/** How long AWS may take to say who one is, in milliseconds. */
const patience = 20_000;

/** What a deployment on EKS needs of this machine. */
export async function checkEks(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const missing = forEks.filter((name) => placeOf(name, running) === undefined);
  const packages: Finding =
    missing.length === 0
      ? { part: "packages for EKS", level: "ok", found: forEks.join(", ") }
      : problem(
          "packages for EKS",
          false,
          `${missing.join(", ")} are missing`,
          "meta-prefect deploy installs them after asking",
        );
  return [packages, ...(await checkAws(environment))];
}

async function checkAws(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const aws = onPath("aws", environment);
  if (aws === undefined) {
    const remedy = "install the AWS CLI (https://aws.amazon.com/cli), by which the cluster is reached";
    return [problem("AWS", true, "there is no aws command on the PATH", remedy)];
  }
  try {
    const words = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"];
    const { stdout } = await promisify(execFile)(aws, words, { env: environment, timeout: patience });
    return [{ part: "AWS", level: "ok", found: visible(stdout.trim()) }, kubernetes(environment)];
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    const reason = visible((stderr.trim() || message).split("\n").at(-1) ?? "");
    return [problem("AWS", true, reason, "aws configure, aws sso login, or set AWS_PROFILE"), kubernetes(environment)];
  }
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
