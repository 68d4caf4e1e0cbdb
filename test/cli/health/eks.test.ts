import assert from "node:assert/strict";
import { checkEks } from "../../../cli/health/checks/eks";
import { temporaryFolder } from "../../support/environment";
import { standIn } from "../../support/standIn";

const unset = () => undefined;

async function awsFinding(callsAws: boolean, settings: (key: string) => string | undefined, PATH: string) {
  const findings = await checkEks({ callsAws }, settings, { PATH, AWS_PROFILE: "mine" });
  return findings.find(({ part }) => part === "AWS");
}

describe("what doctor finds for EKS", () => {
  it("is an error without the aws command where the cluster is reached by it, and a warning elsewhere", async () => {
    const PATH = temporaryFolder();
    assert.equal((await awsFinding(true, unset, PATH))?.level, "error");
    const { level, remedy } = (await awsFinding(false, unset, PATH)) ?? {};
    assert.equal(level, "warning");
    assert.match(remedy ?? "", /which says whose credentials are used$/);
  });

  it("is by the environment's profile where the stack has none", async () => {
    const PATH = standIn("aws", 'echo "$AWS_PROFILE $*"');
    const found = (await awsFinding(true, unset, PATH))?.found;
    assert.equal(found, "mine sts get-caller-identity --query Arn --output text");
  });

  it("says how the profile that is used is mended", async () => {
    const PATH = standIn("aws", "echo 'The config profile could not be found\u202e' >&2; exit 255");
    const failed = await awsFinding(true, (key) => (key === "aws:profile" ? "the team" : undefined), PATH);
    assert.deepEqual([failed?.level, failed?.found], ["error", "The config profile could not be found\\u202e"]);
    assert.match(failed?.remedy ?? "", /aws configure --profile 'the team'/);
    assert.match((await awsFinding(true, unset, PATH))?.remedy ?? "", /or set AWS_PROFILE$/);
  });
});
