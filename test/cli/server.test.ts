import assert from "node:assert/strict";
import { metaPrefect } from "../support/command";
import { folderWith } from "../support/folderWith";

const apiUrl = "http://127.0.0.1:9/\u009b2J\u202e\u{e0001}/api";
const record = { apiUrl, pid: 2 ** 30, startTime: "x", logFile: "/log\u001b[2J\u202e" };

describe("server status", () => {
  const folder = () => folderWith({ ".meta-prefect/server/server.json": JSON.stringify(record) });
  const unseen = /[^\n\P{C}]/u;

  it("shows what its record says, in which nothing acts", async () => {
    const { printed } = await metaPrefect(["server", "status"], { cwd: folder(), env: process.env });
    assert.doesNotMatch(printed, unseen);
    assert.match(printed, /^ {2}api {3}http:\S+2J\\u202e\\udb40\\udc01\/api$/m);
    assert.match(printed, /^ {2}log {3}\/log\\u001b\[2J\\u202e$/m);
  });

  it("prints JSON in which nothing acts, and that says the same", async () => {
    const { printed } = await metaPrefect(["server", "status", "--json"], { cwd: folder(), env: process.env });
    assert.doesNotMatch(printed, unseen);
    const document = JSON.parse(printed) as typeof record;
    assert.deepEqual([document.apiUrl, document.logFile], [apiUrl, record.logFile]);
  });
});
