/** A repository of three projects, as its main branch has it: a YAML, one of a thousand deployments, and a program. */
export const base: Record<string, string> = {
  "etl/flows.py": `from prefect import flow


@flow
def nightly_report(day: str, limit: int = 100):
    """What was sold on a day."""


@flow
def load_orders(source: str):
    """Takes the new orders from a source."""


@flow
def score(model: str = "small"):
    # the model is fetched by its name
    ...
`,
  "etl/again.py": `from prefect.deployments import run_deployment


def once_more():
    run_deployment("load-orders/hourly", parameters={"source": "us"})
    run_deployment("nightly-report/nightly", parameters={"day": "yesterday"})
`,
  "etl/meta_prefect.yaml": `name: etl
deployments:
  nightly-report:
    - recipe: plain_deployer
      variables:
        name: nightly
        work_pool_name: reviewed
        tags: [reports]
        parameters: { limit: 500 }
        schedule: { slug: nightly, cron: "0 9 * * *", timezone: US/Pacific, active: true, parameters: { day: today } }
  load-orders:
    - recipe: plain_deployer
      variables:
        name: hourly
        work_pool_name: reviewed
        parameters: { source: eu }
        schedule:
          slug: workdays
          rrule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=6;BYMINUTE=0;BYSECOND=0"
          timezone: America/New_York
          active: true
  score:
    - recipe: plain_deployer
      variables:
        name: weekly
        work_pool_name: reviewed
        job_variables: { image: "registry.example.com/score:1.4.0", cpu: "1", env: { REGION: eu-central-1 } }
`,
  "many/flows.py": `from prefect import flow


@flow
def table(name: str, limit: int = 10): ...
`,
  "many/meta_prefect.yaml": tables(() => 10),
  "program/flows.py": `from prefect import flow


@flow
def refresh(region: str, full: bool = False): ...
`,
  "program/Pulumi.yaml": "name: program\nruntime: nodejs\n",
  "program/package.json": `{ "name": "program", "private": true, "main": "index.ts" }\n`,
  "program/tsconfig.json": `{ "compilerOptions": { "module": "nodenext", "noCheck": true, "skipLibCheck": true }, "files": ["index.ts"] }\n`,
  "program/index.ts": program(["eu", "us"], 15),
};

/** A thousand deployments of one flow. */
export function tables(limitOf: (table: number) => number): string {
  const one = (_: unknown, i: number) => {
    const name = `table-${String(i).padStart(4, "0")}`;
    return `    - recipe: plain_deployer
      variables: { name: ${name}, work_pool_name: reviewed, parameters: { name: ${name}, limit: ${limitOf(i)} } }\n`;
  };
  return `name: many\ndeployments:\n  table:\n${Array.from({ length: 1000 }, one).join("")}`;
}

/** A program that makes a deployment for each region. */
export function program(regions: string[], minutes: number): string {
  return `import { PlainDeployer } from "meta-prefect";

const regions = ${JSON.stringify(regions)};

new PlainDeployer("regions", {
  deployments: regions.map((region) => ({
    name: region,
    entrypoint: "flows.py:refresh",
    workPoolName: "reviewed",
    parameters: { region },
    schedule: { slug: "often", interval: ${minutes} * 60, anchorDate: "2027-01-01T00:00:00Z", active: true },
  })),
});
`;
}
