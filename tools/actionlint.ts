import * as path from "node:path";
import { cached } from "./cache";
import { goBuild } from "./goBuild";
import { step } from "./progress";
import { works } from "./run";

const version = "1.7.12";

/** Finds actionlint, which checks work flows of GitHub Actions, on the PATH or in the cache; else builds it from a Go module. */
export async function findActionlint(): Promise<string> {
  if (await works("actionlint", ["--version"])) return "actionlint";
  const bin = await cached(
    `actionlint-${version}`,
    (folder) => works(path.join(folder, "actionlint"), ["--version"]),
    (bin) =>
      step(`building actionlint ${version} from a Go module`, () =>
        goBuild({ module: "actionlint", packages: ["github.com/rhysd/actionlint/cmd/actionlint"], bin }),
      ),
  );
  return path.join(bin, "actionlint");
}
