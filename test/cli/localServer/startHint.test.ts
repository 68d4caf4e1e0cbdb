import assert from "node:assert/strict";
import * as path from "node:path";
import { startHint } from "../../../cli/localServer/startHint";
import { metaPrefect } from "../../support/command";
import { temporaryFolder } from "../../support/environment";
import { folderWith } from "../../support/folderWith";
import { pulumiStandIn } from "../../support/standIn";

const hint = "; it is that of this folder, and isn't running: meta-prefect server start";
const hintOfFile = `${hint} --file team/risk.yaml`;

function folderOf(apiUrl: string): string {
  const record = { apiUrl, pid: 2 ** 30, startTime: "x", logFile: "/log" };
  return folderWith({
    "team/.meta-prefect/server/server.json": JSON.stringify(record),
    "team/risk.yaml": "deployments: {}\n",
  });
}

describe("the hint that the folder's own server isn't running", () => {
  it("is given of the folder of the file, or of the current one", () => {
    const folder = folderOf("http://127.0.0.1:9/api");
    const message = "the Prefect server at http://127.0.0.1:9/api can't be reached";
    assert.equal(startHint(message, { env: "prod", file: "team/risk.yaml" }, folder), hintOfFile);
    assert.equal(startHint(message, {}, path.join(folder, "team")), hint);
    assert.equal(startHint(message, {}, folder), "");
    assert.equal(startHint("something else", { file: "team/risk.yaml" }, folder), "");
  });

  it("is given however the command line has the file", async () => {
    const PREFECT_API_URL = "http://127.0.0.1:9/api";
    const urn = "urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:Deployment::daily";
    const pulumi = pulumiStandIn({ resources: [{ urn, id: "i", inputs: { flowName: "sums", name: "daily" } }] });
    const PATH = [pulumi, process.env.PATH].join(path.delimiter);
    const env = { PATH, HOME: temporaryFolder(), PREFECT_API_URL, META_PREFECT__PATIENCE: "0.1" };
    const cwd = folderOf(PREFECT_API_URL);
    const { said } = await metaPrefect(["run", "sums", "--file=team/risk.yaml"], { cwd, env });
    assert.ok(said.trimEnd().endsWith(`start it, or correct prefect:apiUrl (PREFECT_API_URL)${hintOfFile}`), said);
  });
});
