import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import type { EksDaskDeployerArgs } from "../../../index";
import { all, aloneInEachTest, deploy, deployer, only, registered, variables } from "../../support/eksDask/deployed";
import type { ours } from "../../support/eksDask/expectedOnAws";
import { tags } from "../../support/eksDask/expectedOnAws";
import { type Noted, noteOptions } from "../../support/eksDask/notedOptions";
import type { Registered } from "../../support/registered";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  describe("keeps on AWS what is protected:", () => {
    const ways: [string, Partial<EksDaskDeployerArgs>, pulumi.ComponentResourceOptions, string[]][] = [
      ["nothing unless it is said", {}, {}, []],
      [
        "what the arguments name",
        { cluster: { protect: true }, resultStorage: { retainOnDelete: true } },
        {},
        ["Cluster protect", "Bucket retainOnDelete"],
      ],
      [
        "cluster and bucket by the component's options",
        {},
        { protect: true, retainOnDelete: true },
        ["Bucket protect", "Bucket retainOnDelete", "Cluster protect", "Cluster retainOnDelete"],
      ],
      [
        "not what the arguments except from the component's options",
        { resultStorage: { protect: false } },
        { protect: true },
        ["Cluster protect"],
      ],
    ];
    for (const [what, args, opts, kept] of ways) {
      it(what, async () => {
        const options: Noted[] = [];
        await registered(() => {
          noteOptions(options);
          deployer(args, "prod", opts);
        });
        const seen = options.flatMap(({ type, ...option }) => {
          const [, kind] = /^aws:(?:eks\/cluster|s3\/bucket):(\w+)$/.exec(type) ?? [];
          if (kind === undefined) return [];
          return (["protect", "retainOnDelete"] as const).filter((key) => option[key]).map((key) => `${kind} ${key}`);
        });
        assert.deepEqual(seen.sort(), [...kept].sort());
      });
    }
  });

  it("gives its tags to every resource on AWS that is billed or has rights", async () => {
    const resources = await deploy({
      dask: {},
      awsTags: { team: "data" },
      cluster: { admins: ["arn:aws:iam::123456789012:role/admin"] },
    });
    // parts of a resource that has tags
    const parts = /Attachment$|RolePolicy$|:Bucket(?!Objectv2$)[A-Z]|:Alias$|:AccessPolicyAssociation$/;
    const onAws = resources.filter(({ type }) => type.startsWith("aws:") && !parts.test(type));
    assert.deepEqual([...new Set(onAws.map(({ type }) => type.replace(/.*:/, "")))].sort(), [
      "AccessEntry",
      "Bucket",
      "BucketObjectv2",
      "Cluster",
      "Key",
      "PodIdentityAssociation",
      "Role",
    ]);
    for (const { type, name, inputs } of onAws)
      assert.deepEqual(inputs.tags, { ...tags, team: "data" }, `${type} ${name}`);
  });

  it("admits who is named to the cluster that it makes", async () => {
    const principalArn = "arn:aws:iam::123456789012:role/admin";
    const resources = await deploy({ cluster: { admins: [principalArn] } });
    const child = "project-dev-role/admin";
    assert.deepEqual(
      resources.filter(({ name }) => name === child),
      [
        {
          type: "aws:eks/accessEntry:AccessEntry",
          name: child,
          inputs: { clusterName: "project-dev", principalArn, tags },
        },
        {
          type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
          name: child,
          inputs: {
            clusterName: "project-dev",
            principalArn,
            policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            accessScope: { type: "cluster" },
          },
        },
      ],
    );
  });

  it("has the region's part of AWS in its ARNs", async () => {
    const cn = await deploy({ resultStorage: { existingBucket: "their-bucket" } }, { "aws:region": "cn-north-1" });
    assert.match(only(":RolePolicy", cn).inputs.policy as string, /"arn:aws-cn:s3:::their-bucket"/);
    const attached = all(":RolePolicyAttachment", cn).map(({ inputs }) => inputs.policyArn as string);
    assert.equal(attached.filter((arn) => arn.startsWith("arn:aws-cn:iam::aws:policy/")).length, 7);
  });

  it("finds the region in the environment, and in AWS's own configuration", async () => {
    const region = (made: Registered[]) => variables(only("Deployment", made)).env.AWS_DEFAULT_REGION;
    process.env.AWS_DEFAULT_REGION = "eu-west-1";
    assert.equal(region(await deploy({}, { "aws:region": "" })), "eu-west-1");
    process.env.AWS_REGION = "eu-west-2";
    assert.equal(region(await deploy({}, { "aws:region": "" })), "eu-west-2");
    assert.equal(region(await deploy()), "eu-central-1");
  });

  it("reaches the cluster by the AWS profile that Pulumi uses", async () => {
    const profile = async (configuration: Record<string, string> = {}) => {
      const { kubeconfig } = only(":kubernetes", await deploy({}, configuration)).inputs as { kubeconfig: string };
      return (JSON.parse(kubeconfig) as typeof ours).users[0]?.user.exec.env;
    };
    process.env.AWS_PROFILE = "environment";
    assert.deepEqual(await profile(), [{ name: "AWS_PROFILE", value: "environment" }]);
    assert.deepEqual(await profile({ "aws:profile": "work" }), [{ name: "AWS_PROFILE", value: "work" }]);
  });
});
