import type { RecipeDeployment } from "../../../components/builder";
import type { Converted, ConvertedDeployment } from "../../../recipes/prefectYaml/converted";

/** A deployment of a prefect.yaml, whose flow is known by its entrypoint unless it is said to be known by its name. */
export function one(
  flow: string,
  deployment: RecipeDeployment,
  { comments = {}, isKnownByName = true }: { comments?: Record<string, string[]>; isKnownByName?: boolean } = {},
): ConvertedDeployment {
  return { flow, isKnownByName, deployment, comments: new Map(Object.entries(comments)) };
}

const clone = (repository: string, branch: string) => [
  {
    "prefect.deployments.steps.git_clone": {
      repository,
      branch,
      credentials: "{{ prefect.blocks.github-credentials.etl }}",
    },
  },
  {
    "prefect.deployments.steps.pip_install_requirements": {
      directory: "{{ clone-step.directory }}",
      requirements_file: "requirements.txt",
    },
  },
];

const etl = {
  entrypoint: "flows/load.py:load",
  description:
    "Loads what the shops have sold.\n\nRuns after the shops have closed; see the runbook for what to do\nwhen a shop is missing.",
  tags: ["etl", "sales"],
  workPoolName: "k8s",
  workQueueName: "default",
  jobVariables: {
    image: "registry.example.com/etl:${env:IMAGE_TAG}",
    env: { EXTRA_PIP_PACKAGES: "s3fs pandas==2.2", LOG_LEVEL: "INFO", WAREHOUSE: "postgresql://warehouse/sales" },
    image_pull_policy: "Always",
  },
  pullSteps: clone("https://github.com/example/etl.git", "main"),
};

const sizes = ["4gb", "8gb", "16gb", "32gb"];

/** What files in the wild become; by the name of the file that has the expected text. */
export const convertedShapes: Record<string, Converted> = {
  laptop: {
    name: "sales",
    head: [" Welcome to your prefect.yaml file!", " ask Ana before you change a schedule"],
    deployments: [
      one(
        "daily sums",
        {
          name: "laptop",
          entrypoint: "sums.py:sums",
          parameters: { x: 1, y: 2.5, since: "2024-01-01", verbose: true, limit: null },
          schedules: [{ cron: "0 9 * * 1-5", timezone: "America/Lima" }],
          workPoolName: "local",
          pullSteps: [{ "prefect.deployments.steps.set_working_directory": { directory: "/home/ana/etl" } }],
        },
        {
          comments: {
            "": [" runs on Ana's laptop"],
            schedules: [" when the shops open"],
            entrypoint: [" path:function"],
          },
        },
      ),
    ],
    notes: [],
  },

  environmentPair: {
    head: [],
    deployments: [
      one("load", { name: "load--staging", ...etl, version: "012" }),
      one("load", { name: "load--prod", ...etl, version: "012", schedules: [{ cron: "0 2 * * *", slug: "nightly" }] }),
    ],
    notes: [],
  },

  environmentPairProdFirst: {
    head: [],
    deployments: [
      one("load", { name: "load--prod", ...etl, schedules: [{ cron: "0 2 * * *", slug: "nightly" }], paused: false }),
      one("load", { name: "load--staging", ...etl, tags: ["etl", "staging"] }),
    ],
    notes: [],
  },

  sizeClones: {
    name: "assembly",
    head: [],
    deployments: ["assemble", "annotate"].flatMap((flow) =>
      sizes.map((size) =>
        one(
          flow,
          {
            name: `${flow}-${size}`,
            entrypoint: `flows/${flow}.py:${flow}`,
            workPoolName: `ecs-${size}`,
            tags: ["genomes", size],
            description: `Takes ${size} of memory.`,
            enforceParameterSchema: false,
            jobVariables: {
              memory: parseInt(size) * 1024,
              cpu: 2048,
              env: { PYTHONUNBUFFERED: "1", SCRATCH: "/mnt/scratch" },
            },
            pullSteps: clone("https://github.com/example/genomes.git", "release"),
          },
          { isKnownByName: false },
        ),
      ),
    ),
    notes: [],
  },

  schedules: {
    head: [],
    deployments: [
      one("report", {
        name: "all",
        entrypoint: "report.py:report",
        schedules: [
          {
            interval: 86400,
            anchorDate: "2024-01-01T07:00:00",
            timezone: "America/Lima",
            slug: "lima",
            parameters: { sql: "select *\nfrom sales" },
          },
          { cron: "@daily", dayOr: false, slug: "off", active: false },
          { rrule: "FREQ=WEEKLY;BYDAY=MO", slug: "yes" },
        ],
        workPoolName: "local",
        concurrencyLimit: 1,
        concurrencyOptions: { collisionStrategy: "CANCEL_NEW" },
      }),
      one("report", {
        name: "none",
        entrypoint: "report.py:report",
        schedules: [],
        workPoolName: "local",
        parameters: {},
      }),
    ],
    notes: [],
  },

  triggers: {
    head: [],
    deployments: [
      one("publish", {
        name: "after-load",
        entrypoint: "publish.py:publish",
        workPoolName: "local",
        triggers: [
          {
            type: "event",
            posture: "Reactive",
            expect: ["prefect.flow-run.Completed"],
            matchRelated: { "prefect.resource.name": ["load", "load-all"], "prefect.resource.role": "deployment" },
            parameters: { run: "{{ event.resource.id }}", someThing: 1 },
            name: "after-load__automation_1",
          },
          {
            type: "compound",
            require: "all",
            within: 600,
            triggers: [
              { type: "event", posture: "Reactive", expect: ["a"], forEach: ["prefect.resource.id"] },
              { type: "event", posture: "Proactive", expect: ["b"], within: 60 },
            ],
            enabled: false,
          },
        ],
      }),
    ],
    notes: [],
  },

  comments: {
    head: [" flows of the team", "", "\tsee the wiki"],
    deployments: [
      one(
        "a",
        {
          name: "first",
          entrypoint: "a.py:a",
          workPoolName: "k8s",
          tags: ["x", "y"],
          version: "1",
          description: "the first",
          pullSteps: clone("https://github.com/example/a.git", "main"),
        },
        {
          comments: {
            "": [" the first", " of two"],
            tags: [" shown in the UI"],
            workPoolName: [' workQueueName: "fast"'],
            pullSteps: [" clones, then installs", " by hand: push the image first"],
          },
        },
      ),
      one(
        "a",
        {
          name: "second",
          entrypoint: "a.py:a",
          workPoolName: "k8s",
          tags: ["x", "y"],
          version: "1",
          description: "the first",
          pullSteps: clone("https://github.com/example/a.git", "main"),
        },
        {
          comments: { tags: [" shown in the UI"], version: [" not yet 2"], jobVariables: [" job_variables: {}"] },
        },
      ),
      one("a", { name: "third", entrypoint: "a.py:a", workPoolName: "local" }, { comments: { name: ["yes"] } }),
    ],
    notes: [],
  },

  similarParts: {
    head: [],
    deployments: ["ingest", "clean", "publish"].map((flow, i) =>
      one(flow, {
        name: `${flow}-prod`,
        entrypoint: `${flow}.py:${flow}`,
        parameters: { number: i },
        workPoolName: `pool-${i}`,
        jobVariables: {
          image: `registry.example.com/${flow}:1`,
          env: {
            ...(i === 0 && { FIRST: "true" }),
            PREFECT_LOGGING_LEVEL: "DEBUG",
            EXTRA_PIP_PACKAGES: "s3fs pandas==2.2 pyarrow==16.1",
            WAREHOUSE: "postgresql://warehouse.example.com/sales",
            FLOW_NAME: flow,
            BUCKET: "example-bucket",
          },
        },
      }),
    ),
    notes: [],
  },

  sharedParts: {
    head: [],
    deployments: ["one", "two", "three"].map((flow, i) =>
      one(flow, {
        name: `${flow}-nightly`,
        entrypoint: `${flow}.py:${flow}`,
        parameters: { number: i },
        schedules: [{ cron: "30 1 * * *", timezone: "Europe/Berlin", slug: "nightly", active: true }],
        workPoolName: `pool-${i}`,
        jobVariables: {
          image: `registry/${flow}:1`,
          env: { A: "a long text that is the same", B: "another that is the same in all of them", C: "3" },
        },
        pullSteps: clone(`https://github.com/example/shared.git`, "main"),
      }),
    ),
    notes: [],
  },
};

/** As many near-copies as that, each with some twenty lines in the usual block style of a prefect.yaml. */
export function manyNearCopies(count: number): Converted {
  const deployments = Array.from({ length: count }, (_, i) => {
    const flow = `load_${Math.floor(i / 10)}`;
    return one(flow.replace("_", "-"), {
      name: `${flow}-shop-${i}`,
      ...etl,
      entrypoint: `flows/${flow}.py:${flow}`,
      parameters: { shop: i, region: i % 3 === 0 ? "north" : "south", since: "2024-01-01" },
      schedules: [{ cron: `${i % 60} 2 * * *`, timezone: "Europe/Berlin", slug: "nightly" }],
      ...(i % 7 === 0 && { concurrencyLimit: 1 }),
    });
  });
  return { head: [], deployments, notes: [] };
}
