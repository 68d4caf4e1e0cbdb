import type { PrefectClient } from "../../../provider/api/client";
import { block } from "../../../provider/kinds/block";
import { workPool } from "../../../provider/kinds/workPool/workPool";
import { workQueue } from "../../../provider/kinds/workQueue";
import { Driven } from "../driven";

/** What a server has to have before the fixtures are deployed. */
export async function makeWorld(client: PrefectClient): Promise<void> {
  const pools = [
    { name: "etl", type: "process" },
    { name: "kube", type: "kubernetes" },
    // takes any job variables
    {
      name: "free",
      type: "process",
      baseJobTemplate: {
        job_configuration: { command: "{{ command }}" },
        variables: { type: "object", properties: { command: {} } },
      },
    },
  ];
  for (const pool of pools) await new Driven(workPool, client).up(pool);
  await new Driven(workQueue, client).up({ workPoolName: "etl", name: "fast" });
  // as other tools make them: a Variable refuses numbers that JavaScript would round
  for (const [name, value] of Object.entries(variables)) await client.post("/variables/", { name, value });
  for (const one of blocks) await new Driven(block, client).up(one);
}

const variables = {
  flag: false,
  region: "eu-1",
  zone: "America/Lima",
  retries: 5,
  ratio: 0.5,
  // which Python and JavaScript write in other ways
  large: 1e21,
  tiny: 0.00001,
  nothing: null,
  limits: { cpu: 1, memory: "8Gi", "is-hard": true, more: null, list: [1.5, "a'b"] },
  zones: ["a", "b", 3, false, null],
  environment: { STAGE: "prod", COUNT: "5" },
  templated: "at {{ $VARIABLES_STAGE }}",
  quotes: `it's "so"`,
  "quoted-list": [`it's`, `"so"`, `it's "so"`, "back\\slash", "line\nbreak", "é", "\u0007"],
};

const blocks = [
  { name: "github-token", blockTypeSlug: "secret", data: { value: "s3cr3t" } },
  { name: "code", blockTypeSlug: "s3-bucket", data: { bucket_name: "bucket", bucket_folder: "etl/" } },
  { name: "main", blockTypeSlug: "aws-credentials", data: { region_name: "eu-central-1" } },
];
