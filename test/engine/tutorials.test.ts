import assert from "node:assert/strict";
import * as path from "node:path";
import { root } from "../../tools/root";
import { prefectServer } from "../support/environment";
import { insteadOfNpmInstall } from "../support/linked";
import { long } from "../support/long";
import { installedByNpx } from "../support/npx";
import { Page } from "../support/page";
import { insteadOfPrefect } from "../support/pip";
import { compare, Reader } from "../support/reader";

const here = path.join(root, "dist", "cli", "index.js");

describe("a reader who types", () => {
  long("the first tutorial arrives, without a server of their own", async () => {
    const reader = await Reader.with(await installedByNpx(), {
      META_PREFECT__PYTHON: undefined,
      PREFECT_API_URL: undefined,
    });
    try {
      await reader.follow(new Page("docs/tutorials/1-command.md"), {
        "pip install --quiet prefect meta-prefect": await insteadOfPrefect(),
      });
    } finally {
      await reader.takeDown();
    }
  });

  it("the second tutorial arrives", async () => {
    const reader = await Reader.with(here, { META_PREFECT__PYTHON: undefined });
    try {
      await reader.follow(new Page("docs/tutorials/2-typescript.md"), {
        "pip install --quiet prefect": await insteadOfPrefect(),
        "npm install meta-prefect typescript@5.9 @types/node@20": insteadOfNpmInstall,
      });
    } finally {
      await reader.takeDown();
    }
  });

  it("what the README shows first sees what it shows", async () => {
    const page = new Page("README.md");
    const [lines, yaml, preview] = page.blocks;
    const reader = await Reader.with(here);
    reader.goInto("flows");
    reader.write("flows.py", new Page("docs/tutorials/1-command.md").files.get("flows.py") ?? "");
    try {
      const typed = lines?.text.replace(/^pip install .*$/m, "").replace(/^meta-prefect deploy .*$/m, "") ?? "";
      assert.equal((await reader.type(typed)).code, 0);
      reader.write("meta_prefect.yaml", yaml?.text ?? "");
      await reader.type("meta-prefect deploy --yes");
      reader.write("meta_prefect.yaml", yaml?.text.replace("0 9", "0 7") ?? "");
      const { printed } = await reader.type("meta-prefect preview");
      compare(preview?.text ?? "", printed, "README.md");
    } finally {
      await reader.takeDown();
    }
  });

  before(() => prefectServer());
});
