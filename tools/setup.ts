import * as path from "node:path";
import { findPrefectPython } from "./prefectPython";
import { findPulumi } from "./pulumiCli";

export interface ToolChain {
  /** Python interpreter with Prefect. */
  python: string;
  /** Environment variables under which `pulumi` is found and asks nothing. */
  env: Record<string, string>;
}

/** Finds or makes all that the demo and the tests need; what is there already takes a second. */
export async function setUp(): Promise<ToolChain> {
  const pulumi = await findPulumi();
  const python = await findPrefectPython();
  return {
    python,
    env: {
      PATH: [...(pulumi ? [pulumi] : []), process.env.PATH ?? ""].join(path.delimiter),
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // what only some of the examples need isn't downloaded for all
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_CONFIG_PASSPHRASE: process.env.PULUMI_CONFIG_PASSPHRASE ?? "",
      META_PREFECT__PYTHON: python,
    },
  };
}

if (require.main === module) {
  setUp().then(
    ({ python }) => console.log(`the tool chain is ready; Prefect runs in ${python}`),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    },
  );
}
