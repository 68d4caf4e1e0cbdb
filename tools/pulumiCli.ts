import * as fs from "node:fs";
import * as path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import * as semver from "semver";
import { cached } from "./cache";
import { goBuild } from "./goBuild";
import { step } from "./progress";
import { root } from "./root";
import { run, works } from "./run";

const version = "3.259.0";
/** The newest release that the Go module proxy has with the Node.js language host in it. */
const languageHostVersion = "3.66.0";

/**
 * The folder of a Pulumi CLI with its Node.js parts; undefined when they are on the PATH. What is on the PATH comes first, then what an
 * earlier run left, then Pulumi's official installer, and where that can't be reached a build from Go modules.
 */
export async function findPulumi(): Promise<string | undefined> {
  if ((await works("pulumi", ["version"])) && (await works("sh", ["-c", "command -v pulumi-language-nodejs"])))
    return undefined;
  const folder = await cached(
    `pulumi-${version}`,
    (folder) => works(path.join(folder, "bin", "pulumi"), ["version"]),
    async (folder) => {
      const isInstalled = await step(`installing Pulumi ${version}`, () => installOfficially(folder));
      if (!isInstalled) await build(folder);
    },
  );
  return path.join(folder, "bin");
}

async function installOfficially(folder: string): Promise<boolean> {
  try {
    await PulumiCommand.install({ root: folder, version: new semver.SemVer(version) });
    return true;
  } catch (error) {
    console.log(
      `  Pulumi's installer can't be used here (${error instanceof Error ? error.message.split("\n")[0] : String(error)})`,
    );
    return false;
  }
}

async function build(folder: string): Promise<void> {
  const bin = path.join(folder, "bin");
  await step(`building Pulumi ${version} from Go modules, which takes about 5 minutes`, () =>
    goBuild({
      module: "pulumi",
      packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
      bin,
      variables: {
        "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${version}`,
        "github.com/pulumi/pulumi/pkg/v3/version.Version": `v${version}`,
      },
    }),
  );
  await step(`building Pulumi's Node.js language host ${languageHostVersion}`, async () => {
    const packages = ["github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"];
    await goBuild({ module: "language-nodejs", packages, bin });
    const cwd = path.join(root, "tools", "toolchain", "go", "language-nodejs");
    const source = (
      await run("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"], { cwd })
    ).trim();
    const launcher = path.join(bin, "pulumi-resource-pulumi-nodejs");
    fs.copyFileSync(path.join(source, "nodejs", "dist", "pulumi-resource-pulumi-nodejs"), launcher);
    fs.chmodSync(launcher, 0o755);
  });
}
