const pulumi = require("@pulumi/pulumi");
const m = require("meta-prefect");

const pool = new m.WorkPool("pool", {
  type: "process",
  description: "where it runs",
  concurrencyLimit: 4,
  isPaused: false,
});
const templated = new m.WorkPool("templated", {
  name: "templated-pool",
  type: "docker",
  baseJobTemplate: {
    variables: { type: "object", properties: { image: { type: "string", default: "any" } } },
    job_configuration: { image: "{{ image }}" },
  },
});
const queue = new m.WorkQueue("fast", { workPoolName: pool.name, priority: 2, concurrencyLimit: 3, description: "q" });
new m.Worker("worker", {
  workPoolName: pool.name,
  workQueueNames: [queue.name],
  limit: 2,
  env: { GREETING: pulumi.secret("hunter2-worker") },
});

const type = new m.BlockType("Database", { slug: "database", description: "a database" });
const schema = new m.BlockSchema("database", {
  blockTypeId: type.id,
  fields: {
    title: "Database",
    type: "object",
    properties: { host: { type: "string" }, password: { type: "string", format: "password" } },
    secret_fields: ["password"],
    block_type_slug: "database",
  },
  capabilities: ["read", "write"],
  version: "1.0",
});
const block = new m.Block("main", {
  blockTypeSlug: type.slug,
  blockSchemaId: schema.id,
  data: { host: "h", password: "hunter2-block" },
});
new m.Block("token", { blockTypeSlug: "secret", dataWriteOnly: { value: "hunter2-write-only" }, dataVersion: 1 });
new m.Block("pair", {
  blockTypeSlug: type.slug,
  data: { host: pulumi.interpolate`${block.name}.local`, password: pulumi.secret("hunter2-pair") },
});
new m.Variable("region", { value: { name: "eu-1", none: null, zones: ["a", [null], 1.5] }, tags: ["a"] });
new m.Variable("secret_variable", { name: "password", value: pulumi.secret("hunter2-variable") });
const limit = new m.GlobalConcurrencyLimit("limit", { limit: 3, slotDecayPerSecond: 1.5, active: true });
new m.TagConcurrencyLimit("gpu", { concurrencyLimit: 2 });

const flow = new m.Flow("flow", { name: "sums", tags: ["team"] });
const deployment = new m.Deployment("nightly", {
  flowName: flow.name,
  entrypoint: "flows.py:sums",
  pullSteps: [{ "prefect.deployments.steps.git_clone": { repository: "https://example.com/flows.git" } }],
  workPoolName: pool.name,
  workQueueName: queue.name,
  globalConcurrencyLimitId: limit.id,
  concurrencyOptions: { collisionStrategy: "ENQUEUE", gracePeriodSeconds: 90 },
  jobVariables: { env: { TOKEN: pulumi.secret("hunter2-env"), REGION: "eu-1" }, stream_output: true },
  parameters: { x: 1, day: "2026-01-01" },
  parameterOpenapiSchema: { type: "object", properties: { x: { type: "integer" }, day: { type: "string" } } },
  enforceParameterSchema: true,
  tags: ["a", "b"],
  labels: { team: "data", tier: 1 },
  version: "auto",
  description: "sums of the night",
  paused: false,
  schedules: [
    {
      rrule: "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
      timezone: "US/Pacific",
      skipHolidays: { country: "US", years: [2026, 2027] },
    },
    {
      slug: "mondays",
      cron: "0 9 * * 1",
      timezone: "Europe/Berlin",
      dayOr: false,
      active: false,
      parameters: { x: 2 },
    },
    { interval: 3600, anchorDate: "2026-01-01T00:00:00+00:00", maxScheduledRuns: 4 },
  ],
  triggers: [
    { type: "event", posture: "Reactive", expect: ["data.ready"], parameters: { x: pulumi.secret("hunter2-trigger") } },
    { name: "late", type: "event", posture: "Proactive", expect: ["data.late"], within: 60, jobVariables: { env: {} } },
  ],
});
const unscheduled = new m.Deployment("unscheduled", {
  name: "by-hand",
  flowName: "products",
  concurrencyLimit: 2,
  version: "v7",
  parameterOpenapiSchema: '{"type":"object","properties":{"big":{"default":12345678901234567890}}}',
});

new m.Automation("rerun", {
  trigger: {
    type: "compound",
    require: "all",
    within: 30,
    triggers: [
      { type: "event", posture: "Reactive", expect: ["one"], match: { "prefect.resource.id": "a" } },
      {
        type: "sequence",
        triggers: [
          { type: "event", posture: "Reactive", expect: ["two"], forEach: ["prefect.resource.id"] },
          { type: "event", posture: "Reactive", after: ["two"], expect: ["three"], threshold: 3, within: 20 },
        ],
      },
    ],
  },
  description: "again",
  enabled: true,
  tags: ["a"],
  actions: [
    { type: "pause-work-pool", workPoolId: pool.uuid },
    { type: "pause-work-queue", workQueueId: queue.uuid },
    {
      type: "run-deployment",
      deploymentId: deployment.id,
      parameters: { token: pulumi.secret("hunter2-action") },
      scheduleAfter: 60,
    },
  ],
  actionsOnResolve: [{ type: "do-nothing" }],
});
new m.Automation("owned", {
  name: "owned by a team",
  ownerResource: pulumi.interpolate`acme.team.${unscheduled.flowName}`,
  trigger: { type: "event", posture: "Reactive", expect: ["no.such.event"] },
  actions: [{ type: "pause-deployment", deploymentId: unscheduled.id }],
});

exports.templated = templated.id;
exports.data = block.data;
exports.urls = pulumi.all([pool, queue, block, deployment].map(({ url }) => url));
exports.version = deployment.version;
