const { PlainDeployer, WorkPool } = require("meta-prefect");

const pool = new WorkPool("etl", { name: "etl", type: "process" });

new PlainDeployer("etl", {
  deployments: [
    {
      name: "nightly",
      entrypoint: "flows.py:sums",
      path: "flows",
      workPoolName: pool,
      parameters: { x: 1 },
      tags: ["own"],
      jobVariables: { env: { REGION: "eu" } },
      schedules: [
        { cron: "0 6 * * 1-5", timezone: "Europe/Berlin", active: true, parameters: { y: 3 } },
        { interval: 3600, slug: "hourly" },
        { rrule: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0;BYSECOND=0", slug: "mondays", skipHolidays: { country: "US", years: [2026, 2027] } },
      ],
      triggers: [{ type: "event", posture: "Reactive", expect: ["data.ready"] }],
    },
    {
      name: "cloned",
      entrypoint: "flows/flows.py:sums",
      workPoolName: pool,
      version: "v7",
      description: "from a repository",
      concurrencyLimit: 2,
      pullSteps: [{ "prefect.deployments.steps.git_clone": { repository: "https://example.com/flows.git" } }],
    },
  ],
});
