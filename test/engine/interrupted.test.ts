import assert from "node:assert/strict";
import { FolderOfFlows } from "../support/interrupted";
import { long } from "../support/long";

describe("a deploy and a destroy that are interrupted", () => {
  long("go on from there, though nobody reads what the command says", async () => {
    const folder = await FolderOfFlows.create();
    try {
      assert.ok(await folder.interrupt("deploy", ["SIGINT"], { said: /created work pool/, later: 0 }));
      await folder.callUnread("deploy", "--yes");
      await folder.isDeployed();
      assert.ok(await folder.interrupt("destroy", ["SIGTERM"], { said: /deleted deployment/, later: 0 }));
    } finally {
      await folder.call("destroy", "--yes");
    }
    await folder.isTakenDown();
  });
});
