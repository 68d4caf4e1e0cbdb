import assert from "node:assert/strict";
import type { EksDaskDeployerArgs } from "../../../index";
import { all, aloneInEachTest, count, deploy, deployed, only, replicas, runner } from "../../support/eksDask/deployed";
import { operator } from "../../support/eksDask/expectedInKubernetes";
import { assertMade } from "../../support/eksDask/made";
import type { Json } from "../../support/registered";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  describe("gives its Dask clusters", () => {
    it("workers whose number follows the work, of the run's own", async () => {
      const dask = runner(await deployed({}, { dask: { minWorkers: 1, maxWorkers: 8 } }));
      assert.deepEqual(dask.adapt_kwargs, { minimum: 1, maximum: 8 });
      assert.equal(replicas(dask), 1);
      const from0 = runner(await deployed({}, { dask: { maxWorkers: 8 } }));
      assert.deepEqual(from0.adapt_kwargs, { minimum: 0, maximum: 8 });
      assert.equal(replicas(from0), 0);
    });

    it("workers whose number follows the work, by an autoscaler when all share one", async () => {
      const resources = await deploy({ dask: { shared: true, minWorkers: 1, maxWorkers: 8 } });
      assert.deepEqual(only(":DaskAutoscaler", resources), {
        type: "kubernetes:kubernetes.dask.org/v1:DaskAutoscaler",
        name: "project-dev-prod-autoscaler",
        inputs: {
          apiVersion: "kubernetes.dask.org/v1",
          kind: "DaskAutoscaler",
          metadata: { name: "project-dev-prod", namespace: "project-dev" },
          spec: { cluster: "project-dev-prod", minimum: 1, maximum: 8 },
        },
      });
      const { spec } = only(":DaskCluster", resources).inputs as { spec: { worker: { replicas: number } } };
      assert.equal(spec.worker.replicas, 1);
    });

    it("a fixed number of workers, two unless it is given, and then no autoscaler", async () => {
      const own = runner(await deployed({}, { dask: {} }));
      assert.deepEqual([replicas(own), own.adapt_kwargs], [2, undefined]);
      assert.equal(count(":DaskAutoscaler", await deploy({ dask: { shared: true } })), 0);
    });

    it("the recipe's image, cpu and memory, unless they have their own", async () => {
      const container = async (args: Partial<EksDaskDeployerArgs>) => {
        const text = JSON.stringify(runner(await deployed({}, args)));
        const { image, resources } = JSON.parse(
          (/\{"name":"worker".*?\}(?=,"ports")/.exec(text)?.[0] ?? "") + "}",
        ) as Json;
        return [image, resources];
      };
      const amounts = (cpu: string, memory: string) => ({ requests: { cpu, memory }, limits: { cpu, memory } });
      const args = { image: "flows:1", cpu: 0.5, memory: "1Gi" };
      assert.deepEqual(await container({ ...args, dask: {} }), ["flows:1", amounts("0.5", "1Gi")]);
      const own = { image: "dask:1", cpu: 4, memory: "8Gi" };
      assert.deepEqual(await container({ ...args, dask: own }), ["dask:1", amounts("4", "8Gi")]);
    });
  });

  describe("names the Dask operator of a cluster that exists after stack and cluster,", () => {
    const long = "a".repeat(26);
    const names: [what: string, existingName: string, name: string, release: string][] = [
      ["as Kubernetes takes it", "Team_A.x", "project-dev-team-a-x", "project-dev-team-a-x-dask-operator"],
      [
        "and its release by no more letters than Helm takes",
        "a".repeat(60),
        `project-dev-${"a".repeat(60)}`,
        `project-dev-${"a".repeat(27)}-dask-operator`,
      ],
      [
        "and its release with no two dashes where it is cut",
        `${long}-rest`,
        `project-dev-${long}-rest`,
        `project-dev-${long}-dask-operator`,
      ],
    ];
    for (const [what, existingName, name, release] of names) {
      it(what, async () => {
        assert.ok(release.length <= 53);
        const resources = await deploy({ cluster: { existingName }, dask: { installOperator: true } });
        const made = all(":DaskOperator", resources).concat(all(":Release", resources));
        await assertMade(made, operator(name, release));
      });
    }
  });
});
