import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "./root";
import { run, works } from "./run";

export interface GoBuild {
  /** Folder below `tools/toolchain/go` with the module that names the versions. */
  module: string;
  /** Packages with a main function; each becomes a command of its own name. */
  packages: string[];
  /** Folder for the commands. */
  bin: string;
  /** Variables that are set in the commands, such as their version. */
  variables?: Record<string, string>;
}

/** Builds commands from Go modules, for where no installer of theirs can be reached. */
export async function goBuild({ module, packages, bin, variables = {} }: GoBuild): Promise<void> {
  if (!(await works("go", ["version"]))) {
    throw new Error(
      `${packages.map((name) => path.basename(name)).join(" and ")} has to be built, and Go is not on the PATH; ` +
        "install one of them, and run this again",
    );
  }
  fs.mkdirSync(bin, { recursive: true });
  const settings = Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`);
  const args = ["build", "-mod=mod", "-ldflags", ["-s -w", ...settings].join(" "), "-o", `${bin}/`, ...packages];
  await run("go", args, { cwd: path.join(root, "tools", "toolchain", "go", module) });
}
