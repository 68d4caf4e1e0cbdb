import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { cli } from "../support/command";
import { PulumiStandIn } from "../support/pulumiStandIn";

/** As on a terminal, and on a Mac, where a worker's end is asked about whatever it does. */
const preload = `
  for (const stream of [process.stdin, process.stderr]) Object.defineProperty(stream, "isTTY", { value: true });
  Object.defineProperty(process, "platform", { value: "darwin" });
`;

/** Calls the command as a person who answers its question by Return; gives the document that it prints. */
async function declined({ folder, env }: PulumiStandIn, ...words: string[]) {
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(preload)}`;
  const options = { cwd: folder, env: { ...env, NODE_OPTIONS } };
  const child = spawn(process.execPath, [cli, ...words, "--json"], options);
  let [printed, said] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  let isAsked = false;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (isAsked || !said.includes("(y/N)")) return;
    isAsked = true;
    child.stdin.write("\n");
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0, said);
  assert.match(said, /nothing was done/);
  return JSON.parse(printed) as Record<string, unknown>;
}

describe("a question that is answered by no", () => {
  const pulumi = new PulumiStandIn();
  const { folder } = pulumi;
  const urn = "urn:pulumi:dev::theirs::pulumi-nodejs:dynamic/prefect:Worker::etl";
  const plan = { changes: [{ op: "update", what: 'worker "etl"', urn, properties: [] }], unchanged: 0, left: 0 };
  const rows: [line: string, document: object][] = [
    ["deploy", { env: "dev", folder, ...plan, done: false, deployments: [] }],
    ["destroy", { env: "dev", folder, deleted: [] }],
    ["worker restart etl", { env: "dev", folder, restarted: [] }],
  ];
  for (const [line, document] of rows) {
    it(`leaves a document that says so: ${line}`, async () => {
      assert.deepEqual(await declined(pulumi, ...line.split(" ")), document);
      for (const word of ["up", "destroy"] as const) assert.ok(!pulumi.hasDone(word));
    });
  }

  it("leaves a document that says so: worker install", async () => {
    const { file, calls, ...others } = await declined(pulumi, "worker", "install");
    assert.deepEqual(others, { written: false, enabled: false });
    assert.ok(typeof file === "string" && !fs.existsSync(file));
    assert.ok(Array.isArray(calls) && calls.includes("restart"));
  });
});
