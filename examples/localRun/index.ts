import { LocalRunDeployer } from "meta-prefect";

const deployer = new LocalRunDeployer("local", {
  deployments: [
    {
      name: "local-run",
      entrypoint: "flows.py:add_two_numbers_flow",
      path: "flows",
      schedule: {
        rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        timezone: "US/Pacific",
        skipHolidays: "US",
      },
    },
  ],
});

export const workPool = deployer.workPool.name;
export const deploymentUrls = deployer.deployments.map((deployment) => deployment.url);
export const schedules = deployer.schedules;
