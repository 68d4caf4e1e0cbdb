import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../../tools/root";

/** The file by which the public face is explained. */
export const documented = `# meta_prefect.yaml
name: risk                           # the Pulumi project; default: the folder's name, kept in Pulumi.yaml
deployments:
  add-two-numbers-flow:              # a flow's name, found in the Python files below this folder; or any name, with entrypoint: given
    - recipe: local_run_deployer
      variables:                     # the deployment's arguments
        name: local-run
        schedule: { rrule: "FREQ=DAILY;BYDAY=MO,WE,FR,SA", timezone: "US/Pacific" }
      environments:                  # what differs by environment; a key may be a pattern such as "pr-*"; \`false\` leaves it out there
        prod: { recipe: eks_dask_deployer, variables: { schedule: { active: true } } }
recipes:                             # a recipe's own arguments, and the team's own recipes
  eks_dask_deployer: { cpu: 0.8, memory: 1.5Gi, dask: { workers: 5 } }
  nightly_deployer: { module: ./recipes/nightly, retries: 3 }
`;

/** The team's own recipe that the file names, as the text of `recipes/nightly.ts`. */
export const nightlyModule = fs.readFileSync(path.join(root, "test/recipes/nightlyDeployer.ts"), "utf8");
