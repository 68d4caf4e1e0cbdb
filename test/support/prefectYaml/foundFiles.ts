/** The rest of a deployment, each with what Prefect does with it in silence, or without saying where. */
const rests = [
  // its name loses what makes it look like a file's, that of the automation doesn't
  "name: three.py\n    triggers: [{ expect: [random.event], enabled: false }]",
  // the automation is called after the deployment's id
  "name: one\n    triggers: [{ name: '', expect: [random.event], enabled: false }]",
  // what a run would know is lost in triggers and schedules, and kept elsewhere
  "name: one\n    triggers: [{ description: 'of {{ ctx.flow_run.id }}', expect: [random.event], enabled: false }]",
  "name: one\n    schedules: [{ cron: 0 1 * * *, parameters: { a: 'of {{ ctx.flow_run.id }}' } }]\n    parameters: { a: '{{ ctx.flow_run.id }}' }",
  // a date without quotes is refused beside most keys
  "name: one\n    schedules: [{ interval: 60, anchor_date: 2024-01-01, slug: x }]",
  "name: one\n    schedules: [{ interval: 60, anchor_date: 2024-01-01 }]",
  // an image counts for the pull step as it is before steps fill it in
  "name: one\n    work_pool: { name: free, job_variables: { image: '' } }",
  "name: one\n    work_pool: { name: free, job_variables: { image: '{{ $RANDOM_NOT_SET }}' } }",
  "name: one\n    work_pool: { name: free, job_variables: { image: '{{ prefect.variables.not-there }}' } }",
  "name: one\n    work_pool: { name: free, job_variables: { image: '{{ nothing.here }}' } }",
  // JSON's keys are Python's
  "name: one\n    parameters: { a: { 5: a, yes: b, ~: c, 12:30: d } }",
  "name: one\n    parameters: { yes: b }",
  // a variable may hold nothing, and a text may hold what isn't seen
  "name: one\n    parameters: { a: '{{ prefect.variables.nothing }}', b: 'x {{ prefect.variables.quoted-list }} {{ prefect.variables.tiny }}' }",
  "name: one\n    enforce_parameter_schema: false\n    parameters: { a: 1 }",
  "name: one\n    pull: {}",
  "name: one\n    triggers: [{ triggers: [], enabled: false }]",
];

/** Files in which a difference was found, random ones made smaller. */
export const foundFiles = [
  ...rests.map(
    (rest) =>
      `deployments:\n  - entrypoint: flows.py:first\n    ${rest}\n${rest.includes("work_pool") ? "" : "    work_pool: { name: free }\n"}`,
  ),
  ...["pull: true", "build: [null]", "pull: {}", "name: 5"].map(
    (top) =>
      `${top}\ndeployments:\n  - { name: one, entrypoint: "flows:first", work_pool: { name: free }, pull: null, tags: [a] }\n`,
  ),
];
