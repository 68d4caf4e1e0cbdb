import { documented } from "./documented";

/** Files with which nothing is wrong, by what is particular to them. */
export const rightFiles: Record<string, string> = {
  "the file of the documentation": documented,
  "no deployment at all": "deployments: {}",
  "names in snake_case": `
deployments:
  sums:
    - recipe: local_run_deployer
      variables:
        name: nightly
        entrypoint: flows.py:sums
        work_pool_name: etl
        work_queue_name: fast
        job_variables: { env: { A: "1" }, anything: [1] }
        pull_steps: [{ prefect.deployments.steps.set_working_directory: { directory: /srv } }]
        parameter_openapi_schema: { type: object }
        enforce_parameter_schema: false
        concurrency_options: { collision_strategy: CANCEL_NEW, grace_period_seconds: 90 }
        schedules:
          - { slug: a, cron: 0 9 * * *, day_or: false, max_scheduled_runs: 5, parameters: { x: null } }
          - { rrule: FREQ=DAILY, skip_holidays: { country: US, state: CA, types: [public] } }
        triggers:
          - { type: event, posture: Proactive, for_each: [a], match_related: [{ a: b }], schedule_after: 5, within: 10 }
        dask: { min_workers: 1, max_workers: 4, replaces_task_runner: true }
`,
  "names in camelCase": `
deployments:
  sums:
    - recipe: eks_dask_deployer
      variables:
        name: nightly
        jobVariables: {}
        concurrencyOptions: { collisionStrategy: ENQUEUE }
        triggers: [{ type: sequence, triggers: [{ type: event, posture: Reactive, forEach: [a] }] }]
        dask: { enabled: false }
recipes:
  eks_dask_deployer:
    resultStorage: { existingBucket: results }
    source: { git: { repository: https://git.example.com/flows, accessToken: "{{ prefect.blocks.secret.git }}" } }
    cluster: { name: flows, subnet_ids: [a, b] }
    worker: { image: "worker:1", replicas: 2 }
    aws_tags: { Cost_Center: "7" }
`,
  "overlays by patterns, with what is removed and left out": `
deployments:
  sums:
    - recipe: local_run_deployer
      variables: { name: nightly, tags: [a], parameters: { x: 1 }, schedule: }
      environments:
        prod: { variables: { tags: , parameters: { x: null } } }
        "pr-*": false
        "*": {}
`,
  "texts that are filled in": `
deployments:
  sums:
    - recipe: local_run_deployer
      variables:
        name: "nightly-\${env:USER}"
        description: "\${config:note} costs $\${5}"
        schedule: { cron: "\${env:CRON}" }
recipes:
  eks_dask_deployer: { cluster: { kubeconfig: "\${config:kubeconfig}" }, namespace: "\${env:NAMESPACE}" }
`.replace("cluster: { kubeconfig:", "cluster: { existing_name: a, kubeconfig:"),
  "anchors, aliases and merged mappings": `
deployments:
  sums:
    - &sums { recipe: local_run_deployer, variables: &common { name: a, tags: &tags [x] } }
    - { <<: *sums, variables: { <<: *common, name: b } }
  products:
    - { recipe: local_run_deployer, variables: { <<: [*common], tags: *tags } }
`,
  "a key that would merge, in quotes": `
deployments:
  sums:
    - { recipe: local_run_deployer, variables: { name: a, parameters: { "<<": 1, '<<x': 2 } } }
`,
  "names that look like numbers": `
deployments:
  1.0:
    - { recipe: local_run_deployer, variables: { name: "7" }, environments: { 2026: false } }
`,
  "arguments of all recipes": `
deployments: {}
recipes:
  local_run_deployer: { env: test, tags: [a], version: auto }
  eks_dask_deployer: { image: "flows:1", packages: [], api_url: "https://prefect.example.com/api" }
`,
};
