import * as pulumi from "@pulumi/pulumi";
import { EksDaskDeployer, LocalRunDeployer, type RecipeDeployment } from "meta-prefect";

const deployments: RecipeDeployment[] = [
  {
    name: "local-run",
    entrypoint: "flows.py:add_two_numbers_flow",
    path: "flows",
    schedule: {
      slug: "mornings-at-nine",
      rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
      timezone: "US/Pacific",
      skipHolidays: "US",
    },
  },
];

const deployer =
  pulumi.getStack() === "prod"
    ? new EksDaskDeployer("prod", {
        deployments,
        cpu: 0.8,
        memory: "1.5Gi",
        dask: { workers: 5 },
        resultStorage: { path: "results" },
      })
    : new LocalRunDeployer("local", { deployments });

export const workPool = deployer.deployments[0]?.workPoolName;
export const deploymentUrls = deployer.deployments.map((deployment) => deployment.url);
export const schedules = deployer.schedules;
