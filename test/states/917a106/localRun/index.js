const pulumi = require("@pulumi/pulumi");
const { LocalRunDeployer } = require("meta-prefect");

const deployer = new LocalRunDeployer("local", {
  deployments: [
    {
      name: "nightly",
      entrypoint: "flows.py:sums",
      path: "flows",
      parameters: { x: 1 },
      tags: ["own"],
      schedule: {
        rrule: "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=30;BYSECOND=0",
        timezone: "US/Pacific",
        skipHolidays: { country: "US", state: "CA", years: [2026, 2027] },
      },
      jobVariables: { env: { TOKEN: pulumi.secret("hunter2-env") } },
      triggers: [
        { type: "event", posture: "Reactive", expect: ["data.ready"] },
        { name: "late", type: "event", posture: "Proactive", expect: ["data.late"], within: 60 },
      ],
    },
    {
      name: "report",
      entrypoint: "flows.py:report",
      path: "flows",
      parameters: { day: "2026-01-01" },
      schedules: [
        { cron: "0 6 * * 1-5", timezone: "Europe/Berlin", active: true },
        { interval: 3600, slug: "hourly" },
      ],
    },
    { name: "in the program's folder", entrypoint: "flows/flows.py:sums", version: "v7" },
  ],
  tags: ["team"],
  transform: {
    workPool: (pool) => void (pool.description = "of this machine"),
    worker: (worker) => ({ ...worker, limit: 2 }),
  },
});
new LocalRunDeployer("plain", {
  deployments: [{ name: "plain", entrypoint: "flows.py:sums", path: "flows" }],
  env: "staging",
});

exports.workPool = deployer.workPool.name;
exports.urls = deployer.deployments.map(({ url }) => url);
