import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { EksDaskDeployerArgs } from "../../../index";
import { all, aloneInEachTest, count, deployer, nightly, registered } from "../../support/eksDask/deployed";
import { readable } from "../../support/eksDask/made";
import { type Noted, noteOptions } from "../../support/eksDask/notedOptions";
import { assertRunError } from "../../support/eksDask/runError";
import type { Registered } from "../../support/registered";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  describe("shares with the other deployers of the program", () => {
    const oidcProviderArn = "arn:aws:iam::123456789012:oidc-provider/example.com/id/ABC";
    const hashOf = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 8);

    it("cluster, namespace, bucket, worker and operator, each made once", async () => {
      const resources = await registered(() => {
        const first = deployer({ dask: {} }, "first");
        const second = deployer(
          { dask: { workers: 5 }, cpu: 2, deployments: [{ ...nightly, name: "other" }] },
          "second",
        );
        for (const key of ["cluster", "resultStorage", "flowIdentity", "worker", "daskOperator"] as const) {
          assert.equal(first[key], second[key], key);
        }
      });
      const once = [":Cluster", ":Namespace", ":Bucket", ":FlowIdentity", ":Release", "apps/v1:Deployment"];
      for (const type of [...once, "Block", "WorkPool", "Worker"]) assert.equal(count(type, resources), 1, type);
      for (const type of [":EksDaskDeployer", "Deployment"]) assert.equal(count(type, resources), 2, type);
    });

    it("the operator and the flows' identity with one of whose deployments a single one is on Dask", async () => {
      const resources = await registered(() => {
        const first = deployer({ deployments: [{ ...nightly, dask: {} }] }, "first");
        const second = deployer({ dask: {} }, "second");
        assert.ok(first.daskOperator);
        assert.equal(first.daskOperator, second.daskOperator);
        assert.equal(deployer({}, "plain").daskOperator, undefined);
      });
      assert.deepEqual([count(":Release", resources), count(":FlowIdentity", resources)], [1, 2]);
    });

    it("nothing that has other names, and gives flows without Dask an identity with fewer rights", async () => {
      const resources = await registered(() => {
        const first = deployer({ dask: {} }, "first");
        const plain = deployer({}, "plain");
        const other = deployer({ namespace: "team-b", cluster: { name: "other" } }, "other");
        assert.equal(first.cluster, plain.cluster);
        assert.notEqual(first.flowIdentity, plain.flowIdentity);
        assert.notEqual(first.cluster, other.cluster);
        assert.notEqual(first.worker, other.worker);
        assert.notEqual(first.resultStorage, other.resultStorage);
      });
      const accounts = all(":ServiceAccount", resources).map(({ name }) => name);
      assert.deepEqual(accounts, [
        "project-dev-dask-flow",
        "project-dev-flow",
        "project-dev-worker",
        "team-b-flow",
        "team-b-worker",
      ]);
    });

    /** The transforms of each thing that is shared, as other functions at each call. */
    const transforms = (): NonNullable<EksDaskDeployerArgs["transform"]> => ({
      cluster: (cluster) => void (cluster.deletionProtection = true),
      bucket: (bucket) => void (bucket.bucketPrefix = "transformed"),
      workPool: (pool) => void (pool.concurrencyLimit = 3),
      workerDeployment: (deployment) => ({ ...deployment, metadata: { name: "transformed" } }),
      daskOperator: (release) => void (release.timeout = 5),
    });

    it("what has equal tags and arguments and the same transforms, though these are in other objects", async () => {
      const transform = transforms();
      const args = (): Partial<EksDaskDeployerArgs> => ({
        dask: { installOperator: true },
        awsTags: { team: "data", cost: "1" },
        cluster: { kubeconfig: "s3cret: a", oidcProviderArn, existingName: "theirs" },
        resultStorage: { expireAfterDays: 3 },
        worker: { replicas: 2, cpu: 1 },
        transform: { ...transform },
      });
      const resources = await registered(() => {
        const first = deployer(args(), "first");
        const second = deployer({ ...args(), awsTags: { cost: "1", team: "data" } }, "second");
        for (const key of ["cluster", "resultStorage", "flowIdentity", "worker", "daskOperator"] as const) {
          assert.ok(first[key], key);
          assert.equal(first[key], second[key], key);
        }
      });
      const once = [":ExistingCluster", ":Namespace", ":Bucket", ":FlowIdentity", ":Release", "apps/v1:Deployment"];
      for (const type of [...once, "Block", "WorkPool", "Worker"]) assert.equal(count(type, resources), 1, type);
    });

    it("a cluster of the same provider, and of the same kubeconfig of another resource", async () => {
      const resources = await registered(() => {
        const ways = [
          { provider: new k8s.Provider("theirs", { kubeconfig: "a: b" }) },
          { kubeconfig: pulumi.secret("s3cret: a") },
        ];
        for (const [i, way] of ways.entries()) {
          const cluster = { ...way, existingName: `theirs-${i}` };
          const given = { cluster, namespace: `team-${i}` };
          const [first, second] = [deployer(given, `first-${i}`), deployer({ ...given, cpu: 2 }, `second-${i}`)];
          assert.equal(first.cluster, second.cluster);
          assert.equal(first.worker, second.worker);
        }
      });
      assert.equal(count(":ExistingCluster", resources), 2);
    });

    it("nothing with one on another cluster and in another namespace", async () => {
      const dask = { installOperator: true };
      const first = () => deployer({ dask, cluster: { existingName: "theirs" } }, "first");
      const second = () => deployer({ dask, cluster: { existingName: "other" }, namespace: "team-b" }, "second");
      const options: Noted[] = [];
      const both = await registered(() => {
        noteOptions(options);
        const [one, another] = [first(), second()];
        for (const key of ["cluster", "resultStorage", "flowIdentity", "worker", "daskOperator"] as const) {
          assert.ok(one[key] && another[key], key);
          assert.notEqual(one[key], another[key], key);
        }
      });
      const [alone, other] = [await registered(first), await registered(second)];
      const sorted = async (resources: Registered[]) =>
        (await Promise.all(resources.map(readable))).map((resource) => JSON.stringify(resource)).sort();
      assert.deepEqual(await sorted(both), await sorted([...alone, ...other]));
      assert.deepEqual(
        other
          .filter(({ type }) => !type.startsWith("aws:"))
          .map(({ type, name }) => `${type.replace(/.*[:/]/, "")} ${name}`)
          .sort(),
        [
          "Block team-b-results",
          "DaskOperator project-dev-other",
          "Deployment second-my-flow/nightly",
          "Deployment team-b-worker",
          "EksDaskDeployer second",
          "ExistingCluster other",
          "FlowIdentity team-b-dask",
          "KubernetesWorker team-b",
          "Namespace team-b",
          "Release project-dev-other-dask-operator",
          "ResultStorage team-b",
          "Role team-b-dask-flow",
          "Role team-b-worker",
          "RoleBinding team-b-dask-flow",
          "RoleBinding team-b-worker",
          "ServiceAccount team-b-dask-flow",
          "ServiceAccount team-b-worker",
          "WorkPool team-b",
          "Worker team-b-worker",
          "kubernetes other",
        ],
      );
      // the operator's name alone begins with the stack's
      assert.doesNotMatch(JSON.stringify(other).replaceAll("project-dev-other", ""), /project-dev|theirs"/);
      assert.doesNotMatch(JSON.stringify(alone), /team-b|other"/);
      const inKubernetes = options.filter(({ type }) => type.startsWith("kubernetes:"));
      assert.equal(inKubernetes.length, 2 * other.filter(({ type }) => type.startsWith("kubernetes:")).length);
      for (const { type, name, provider } of inKubernetes) {
        const reached = /^team-b|^project-dev-other/.test(name) ? "other" : "theirs";
        assert.match(
          provider,
          new RegExp(`ExistingCluster\\$pulumi:providers:kubernetes::${reached}::`),
          `${type} ${name}`,
        );
      }
    });

    const conflicts: [string, Partial<EksDaskDeployerArgs>, Partial<EksDaskDeployerArgs>, string][] = [
      [
        "a cluster",
        { cluster: { version: "1.34" } },
        { cluster: { version: "1.35" } },
        'cluster "project-dev" is given twice with different arguments ({"version":"1.34"} and {"version":"1.35"})',
      ],
      [
        "a bucket",
        { resultStorage: { expireAfterDays: 1 } },
        { resultStorage: { expireAfterDays: 2 } },
        'result storage "project-dev" is given twice with different arguments ({"expireAfterDays":1} and {"expireAfterDays":2})',
      ],
      [
        "a worker",
        { worker: { replicas: 1 } },
        { worker: { replicas: 2 } },
        'worker "project-dev" is given twice with different arguments ({"replicas":1} and {"replicas":2})',
      ],
      [
        "a Dask operator",
        { dask: { installOperator: true } },
        { dask: { installOperator: false } },
        'Dask operator of cluster "project-dev" is given twice with different arguments ({"install":true} and {"install":false})',
      ],
      [
        "a namespace",
        { cluster: { existingName: "theirs" } },
        { cluster: { existingName: "other" } },
        'namespace "project-dev" is given twice with different arguments ({"cluster":"theirs"} and {"cluster":"other"})',
      ],
      [
        "a namespace of a cluster that is made",
        {},
        { cluster: { existingName: "theirs" } },
        'namespace "project-dev" is given twice with different arguments ({"cluster":"project-dev"} and {"cluster":"theirs"})',
      ],
      [
        "a namespace by its name",
        { namespace: "team", cluster: { name: "a" } },
        { namespace: "team", cluster: { name: "b" } },
        'namespace "team" is given twice with different arguments ({"cluster":"a"} and {"cluster":"b"})',
      ],
      [
        "a kubeconfig, which may hold a secret,",
        { cluster: { kubeconfig: "s3cret: a", oidcProviderArn } },
        { cluster: { kubeconfig: "s3cret: b", oidcProviderArn } },
        `cluster "project-dev" is given twice with different arguments ` +
          `(${JSON.stringify({ kubeconfig: hashOf("s3cret: a"), oidcProviderArn })} and ` +
          `${JSON.stringify({ kubeconfig: hashOf("s3cret: b"), oidcProviderArn })})`,
      ],
      [
        "tags of the cluster",
        { awsTags: { team: "a" } },
        { awsTags: { team: "b" } },
        'cluster "project-dev" is given twice with different arguments ({"tags":{"team":"a"}} and {"tags":{"team":"b"}})',
      ],
      ...(
        [
          ["cluster", 'cluster "project-dev"', "transform"],
          ["bucket", 'result storage "project-dev"', "transform"],
          ["workPool", 'worker "project-dev"', "workPool"],
          ["workerDeployment", 'worker "project-dev"', "workerDeployment"],
          ["daskOperator", 'Dask operator of cluster "project-dev"', "transform"],
        ] as const
      ).map(([key, shared, property]): [string, Partial<EksDaskDeployerArgs>, Partial<EksDaskDeployerArgs>, string] => {
        const transform = transforms()[key];
        const text = JSON.stringify({ [property]: String(transform) });
        return [
          `a transform, that of ${key},`,
          { dask: {}, transform: { [key]: transform } },
          { dask: {} },
          `${shared} is given twice with different arguments (${text} and {})`,
        ];
      }),
    ];
    it("not an identity of flows that two different storages would lead to", async () => {
      await registered(() => {
        deployer({ dask: {} }, "first");
        assertRunError(
          () => deployer({ resultStorage: { path: "dask" } }, "second"),
          'flow identity "project-dev-dask" is given twice with different arguments (' +
            '{"storage":"project-dev","namespace":"project-dev","makesDaskClusters":true} and ' +
            '{"storage":"project-dev-dask","namespace":"project-dev","makesDaskClusters":false}); ' +
            "give them the same arguments, so that they share it, or other names",
        );
      });
    });

    it("a cluster that exists although their tags on AWS differ, which it hasn't", async () => {
      const cluster = { existingName: "theirs" };
      const resources = await registered(() => {
        deployer({ cluster, namespace: "one", awsTags: { team: "one" } }, "first");
        deployer({ cluster, namespace: "two", awsTags: { team: "two" } }, "second");
      });
      assert.equal(resources.filter(({ type }) => type === "pulumi:providers:kubernetes").length, 1);
    });

    it("nothing with transforms that do something else by the same text, which is an error that says what to do", async () => {
      const wanting = (protect: boolean): Partial<EksDaskDeployerArgs> => ({
        transform: { cluster: (cluster) => void (cluster.deletionProtection = protect) },
      });
      const text = JSON.stringify({ transform: String(wanting(true).transform?.cluster) });
      await registered(() => {
        deployer(wanting(true), "first");
        assertRunError(
          () => deployer(wanting(false), "second"),
          `cluster "project-dev" is given twice with different arguments (${text} and ${text}); each has functions of its own; ` +
            "declare each function once and give it to both, so that they share it, or other names",
        );
      });
    });

    for (const [what, first, second, message] of conflicts) {
      it(`not ${what} that they want differently, which is an error that names both`, async () => {
        await registered(() => {
          deployer(first, "first");
          assertRunError(
            () => deployer(second, "second"),
            `${message}; give them the same arguments, so that they share it, or other names`,
          );
        });
      });
    }
  });

  it("makes what is shared beside the deployers, so that any of them can go", async () => {
    const options: Noted[] = [];
    await registered(() => {
      noteOptions(options);
      deployer({ dask: { shared: true, maxWorkers: 3 } });
    });
    const below = (parent: string) =>
      options.filter((option) => option.parent.endsWith(parent)).map(({ type }) => type);
    assert.deepEqual(below("EksDaskDeployer::prod"), ["pulumi-nodejs:dynamic/prefect:Deployment"]);
    assert.equal(
      options.filter(({ type }) => type.startsWith("meta-prefect:")).every(({ parent }) => parent === ""),
      true,
    );
    assert.deepEqual(below("DaskOperator::project-dev"), ["kubernetes:helm.sh/v3:Release"]);
    assert.deepEqual(below("SharedDaskCluster::project-dev-prod"), [
      "kubernetes:kubernetes.dask.org/v1:DaskCluster",
      "kubernetes:kubernetes.dask.org/v1:DaskAutoscaler",
    ]);
  });
});
