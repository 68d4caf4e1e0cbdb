/** What differs between the deployments of a team that copies one and changes some of it. */
const sources = ["orders", "customers", "invoices", "stock", "clicks", "refunds", "suppliers", "returns"];
const sizes = [
  { name: "8gb", cpu: "1", memory: "8Gi" },
  { name: "32gb", cpu: "4", memory: "32Gi" },
];
const environments = ["staging", "prod"];

/** The flow that they all deploy, at `flows/load.py:load`. */
export const nearCopiesFlow = `from prefect import flow


@flow(log_prints=True)
def load(source: str, limit: int = 100, full: bool = False):
    """Loads one source into the warehouse."""
`;

/**
 * A prefect.yaml of near-copies, in the usual block style with some 20 lines each: 50 have 1,151 lines and 23 kB, and 110 have 2,501 lines and 50 kB.
 *
 * @param count how many deployments
 * @param pool the work pool of all
 */
export function nearCopies(count: number, pool: string): string {
  return `${head}${Array.from({ length: count }, (_, i) => nearCopy(i, pool)).join("\n")}`;
}

const head = `# Welcome to your prefect.yaml file! You can use this file for storing and managing
# configuration for deploying your flows. We recommend committing this file to source
# control along with your flow code.

# Generic metadata about this project
name: warehouse
prefect-version: 3.4.1

# build section allows you to manage and build docker images
build: null

# push section allows you to manage if and how this project is uploaded to remote locations
push: null

# pull section allows you to provide instructions for cloning this project in remote locations
pull:
- prefect.deployments.steps.git_clone:
    id: clone-step
    repository: https://git.invalid/team/warehouse.git
    branch: main
    access_token: "{{ prefect.blocks.secret.github-token }}"
- prefect.deployments.steps.pip_install_requirements:
    directory: "{{ clone-step.directory }}"
    requirements_file: requirements.txt

# the deployments section allows you to provide configuration for deploying flows
deployments:
`;

function nearCopy(i: number, pool: string): string {
  const environment = pick(environments, i);
  const size = pick(sizes, Math.floor(i / environments.length));
  const round = Math.floor(i / (environments.length * sizes.length));
  const source = pick(sources, round);
  const name = `load-${source}${round < sources.length ? "" : `-${Math.floor(round / sources.length) + 1}`}-${size.name}--${environment}`;
  const schedule =
    environment === "prod"
      ? `  schedules:
  - cron: "${(i * 7) % 60} ${(i * 3) % 24} * * *"
    timezone: America/Lima
    active: true
`
      : "  schedules: []\n";
  return `- name: ${name}
  version: null
  tags:
  - warehouse
  - ${environment}
  description: Loads ${source} into the warehouse of ${environment}.
  entrypoint: flows/load.py:load
  parameters:
    source: ${source}
    limit: ${size.name === "8gb" ? 1000 : 50000}
${schedule}  concurrency_limit: null
  work_pool:
    name: ${pool}
    work_queue_name: default
    job_variables:
      env:
        STAGE: ${environment}
        CPU: "${size.cpu}"
        MEMORY: ${size.memory}
`;
}

function pick<T>(of: readonly T[], i: number): T {
  return of[i % of.length] as T;
}
