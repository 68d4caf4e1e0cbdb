import assert from "node:assert/strict";
import * as os from "node:os";
import { checkHere, chosenWorker, chosenWorkers } from "../../../cli/project/chosenWorkers";
import type { Project } from "../../../cli/project/project";
import type { StackWorker } from "../../../cli/project/stackState";

const project: Project = { folder: "/f", env: "dev", variables: {} };
const worker = (workPoolName: string, name: string, host = os.hostname()): StackWorker => ({
  urn: `urn:pulumi:dev::p::pulumi-nodejs:dynamic/prefect:Worker::${workPoolName}-${name}`,
  args: { name, workPoolName },
  supervised: { pid: 1, startTime: "", host, healthPort: 1, logFile: "/log" },
});
const [a, b, c] = [worker("one", "x"), worker("two", "x"), worker("two", "y", "elsewhere")];
const all = [a, b, c];
const pods: StackWorker = {
  urn: "u",
  args: { name: "z", workPoolName: "eks", kubernetes: { namespace: "prefect", deployment: "worker" } },
};

describe("the workers that a command line means", () => {
  it("are all, or those of a name, or the one of a pool", () => {
    assert.deepEqual(chosenWorkers(undefined, all, project), all);
    assert.deepEqual(chosenWorkers("x", all, project), [a, b]);
    assert.deepEqual(chosenWorkers("two/x", all, project), [b]);
  });

  it("are none that the stack hasn't got", () => {
    assert.throws(
      () => chosenWorkers("two/z", all, project),
      /^worker "two\/z": "dev" has no such worker; did you mean two\/x\?$/,
    );
    assert.throws(
      () => chosenWorkers("nothing", all, project),
      /has no such worker; there are: one\/x, two\/x, two\/y$/,
    );
    assert.throws(() => chosenWorkers("x", [], project), /has no such worker; there is none$/);
  });

  it("are one, where one is meant", () => {
    assert.equal(chosenWorker("y", all, project), c);
    assert.equal(chosenWorker(undefined, [a], project), a);
    assert.throws(() => chosenWorker("x", all, project), /there are several workers; name one: one\/x, two\/x$/);
    assert.throws(() => chosenWorker(undefined, [], project), /no worker of the stack runs on this machine$/);
  });

  it("are this machine's, where only it can do something", () => {
    assert.doesNotThrow(() => checkHere(a));
    assert.throws(() => checkHere(c), /worker "y" runs on the machine "elsewhere"; call this command there$/);
    assert.throws(
      () => checkHere(pods),
      /it is the deployment worker of the namespace prefect; kubectl looks after it$/,
    );
  });
});
