import assert from "node:assert/strict";
import { mock } from "node:test";
import { get } from "../../../provider";
import { PrefectClient } from "../../../provider/api/client";
import { temporaryFolder } from "../../support/environment";

describe("a worker, to which the server may give another id", () => {
  const home = process.env.XDG_STATE_HOME;
  const deleted: string[] = [];
  const provider = get("Worker");
  beforeEach(() => {
    process.env.XDG_STATE_HOME = temporaryFolder();
    mock.method(PrefectClient.prototype, "filter", () => Promise.resolve([{ id: "2", name: "etl", status: "ONLINE" }]));
    mock.method(PrefectClient.prototype, "delete", (path: string) => Promise.resolve(void deleted.push(path)));
    mock.method(console, "error", () => undefined);
  });
  afterEach(() => {
    mock.restoreAll();
    deleted.length = 0;
    if (home === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = home;
  });
  const configure = (settings: Record<string, string>) =>
    provider.configure({ config: { get: (key: string) => settings[key] } });
  /** Pods of a cluster that can't be asked: the server's word counts. */
  const args = (workPoolName: string) => ({
    ...{ name: "etl", workPoolName, kubeconfig: "{}" },
    kubernetes: { namespace: "n", deployment: "d" },
  });

  it("is not deleted under its old id and Pulumi name, when the program has it under another one", async () => {
    configure({ "prefect:apiUrl": "http://127.0.0.1:9/api" });
    const { inputs } = provider.check({}, args("pool"));
    assert.equal((await provider.create(inputs)).id, "2");
    await provider.delete("1", args("pool"));
    assert.deepEqual(deleted, []);
    await provider.delete("1", args("other pool"));
    assert.deepEqual(deleted, ["/work_pools/other%20pool/workers/etl"]);
  });

  it("is gone after a move to a server that has one of the name, and kept where it is the same server's", async () => {
    configure({ "prefect:apiUrl": "http://127.0.0.1:9/api", "prefect:movedFrom": "http://127.0.0.1:8/api" });
    const state = { ...args("pool"), server: "http://127.0.0.1:8/api" };
    assert.deepEqual(await provider.read("1", state), {});
    assert.equal((await provider.read("2", state)).id, "2");
  });
});
