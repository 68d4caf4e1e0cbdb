import assert from "node:assert/strict";
import type { EksDaskDeployerArgs, RecipeDeployment } from "../../../index";
import { aloneInEachTest, deploy, nightly, only } from "../../support/eksDask/deployed";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  describe("shows at preview, on the argument,", () => {
    type Wrong = [string, Partial<RecipeDeployment>, Partial<EksDaskDeployerArgs>, string, RegExp];
    const wrong: Wrong[] = [
      [
        "a quantity that is none",
        { jobVariables: { cpu_limit: "lots" } },
        {},
        "jobVariables.cpu_limit",
        /must be a number of CPUs above 0, such as .*, not "lots"/,
      ],
      [
        "memory without a unit",
        { jobVariables: { memory_request: "512" } },
        {},
        "jobVariables.memory_request",
        /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes, not "512"$/,
      ],
      [
        "memory without a unit as a number",
        { jobVariables: { memory_limit: 512 } },
        {},
        "jobVariables.memory_limit",
        /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes, not 512$/,
      ],
      [
        "a job variable that the work pool doesn't have",
        { jobVariables: { working_dir: "/tmp" } },
        {},
        "jobVariables.working_dir",
        /the recipe's work pool has no job variable "working_dir"; it has .*cpu_limit, /,
      ],
      [
        "what is wrong with its Dask",
        { dask: { workers: 0 } },
        { dask: {} },
        "dask.workers",
        /^must be an integer from 1 on, not 0$/,
      ],
      [
        "what is wrong with its Dask, where the recipe says none",
        { dask: { workers: 0 } },
        {},
        "dask.workers",
        /^must be an integer from 1 on, not 0$/,
      ],
      [
        "what is wrong with the Dask that it does without",
        { dask: { enabled: false, minWorkers: 1 } },
        {},
        "dask.minWorkers",
        /^is given without maxWorkers; give both$/,
      ],
      [
        "a word of its Dask that there isn't",
        { dask: { wokers: 3 } as object },
        { dask: {} },
        "dask.wokers",
        /^there is no such argument; did you mean workers\? allowed are enabled, replacesTaskRunner, workers, minWorkers, maxWorkers, cpu, memory$/,
      ],
      [
        "a word of its Dask that is the recipe's alone",
        { dask: { image: "dask:1" } as object },
        { dask: {} },
        "dask.image",
        /^there is no such argument; allowed are enabled, replacesTaskRunner, workers, minWorkers, maxWorkers, cpu, memory$/,
      ],
      [
        "a choice of Dask that is none",
        { dask: { enabled: "no" } as object },
        { dask: {} },
        "dask.enabled",
        /^must be true or false, not "no"$/,
      ],
      [
        "half of the limits of its Dask, whatever the recipe says",
        { dask: { minWorkers: 1 } },
        { dask: { maxWorkers: 8 } },
        "dask.minWorkers",
        /^is given without maxWorkers; give both$/,
      ],
      [
        "memory of its Dask without a unit",
        { dask: { memory: 4 } },
        { dask: {} },
        "dask.memory",
        /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes, not 4$/,
      ],
      [
        "a word that there isn't, of Dask that all share",
        { dask: { wokers: 3 } as object },
        { dask: { shared: true } },
        "dask.wokers",
        /^there is no such argument; did you mean workers\? allowed are enabled, /,
      ],
      ...Object.entries({ workers: 3, minWorkers: 1, maxWorkers: 3, cpu: 1, memory: "4Gi" }).map(
        ([key, value]): Wrong => [
          `${key} of Dask that all share`,
          { dask: { [key]: value } },
          { dask: { shared: true } },
          `dask.${key}`,
          /^is for a Dask cluster of the run's own, and the recipe's runs share one$/,
        ],
      ),
      [
        "a folder that only a shell finds",
        { path: "~/flows" },
        {},
        "path",
        /there is no folder .*~\/flows, as only a shell expands ~: write path\.join\(os\.homedir\(\), "flows"\); correct/,
      ],
      ["a folder that isn't there", { path: "nowhere" }, {}, "path", /there is no folder .*nowhere; correct the path/],
      [
        "a schedule that is given twice",
        { schedule: { interval: 60 }, schedules: [] },
        {},
        "schedules",
        /excludes schedule; give one of them/,
      ],
    ];
    for (const [what, own, args, property, reason] of wrong) {
      it(what, async () => {
        const resources = await deploy({ deployments: [{ ...nightly, ...own }], ...args });
        const { failures = [] } = only("Deployment", resources);
        assert.deepEqual(
          failures.map((failure) => failure.property),
          [property],
        );
        assert.match(failures[0]?.reason ?? "", reason);
      });
    }
  });
});
