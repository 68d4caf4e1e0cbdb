import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { prefectClient } from "../support/environment";
import { Newcomer } from "../support/newcomer";
import { installedByNpx } from "../support/npx";

interface Deployment {
  id: string;
  name: string;
  tags: string[];
}

describe("a newcomer", () => {
  it("gets from an empty folder to a flow that runs, in two environments, and back", async () => {
    const person = await Newcomer.with([process.execPath, await installedByNpx()]);
    const call = person.call.bind(person);

    assert.match((await call("init")).printed, /add-two-numbers-flow\/local-run {2}\(flows\.py:add_two_numbers_flow\)/);
    const first = await call("deploy", "--yes");
    const client = await prefectClient();
    const named = (name: string) =>
      client.filter<Deployment>("/deployments/filter", { deployments: { name: { any_: [name] } } });
    const [dev] = await named("local-run-dev");
    assert.ok(dev);
    assert.deepEqual(dev.tags, ["env=dev"]);
    assert.match(first.printed, new RegExp(`^  page      http://\\S+/deployments/deployment/${dev.id}$`, "m"));
    assert.match(first.printed, /^ {2}run once {2}meta-prefect run add-two-numbers-flow\/local-run-dev$/m);
    const log = /^ {2}log {7}(\/\S+)$/m.exec(first.printed)?.[1] ?? "";
    assert.ok(fs.existsSync(log), log);

    const ran = await call("run", "add-two-numbers-flow", "--param", "x=40", "--param", "y=2", "--watch");
    assert.match(ran.printed, /INFO {5}40 \+ 2 = 42$/m);
    assert.match(ran.said, /^ {2}Completed$/m);
    const failing = await person.try("run", "add-two-numbers-flow/local-run", "--param", "x=-1", "--watch");
    assert.equal(failing.code, 1);
    assert.match(failing.printed, /ERROR .*ValueError: x is negative/s);
    assert.match(failing.said, /^error: run "[\w-]+" ended as Failed: .*x is negative$/m);

    assert.match((await call("deploy", "--yes")).printed, /^nothing to change$/m);
    assert.match((await call("pulumi", "preview", "--expect-no-changes")).printed, /unchanged/);
    hasSecretsOfItsOwn(person.folder);

    await call("deploy", "--yes", "--env", "prod");
    assert.deepEqual((await named("local-run-prod"))[0]?.tags, ["env=prod"]);

    await call("destroy", "--yes");
    assert.deepEqual(await named("local-run-dev"), []);
    assert.equal((await named("local-run-prod")).length, 1);
    await call("destroy", "--yes", "--env", "prod");
    assert.deepEqual(await named("local-run-prod"), []);
    assert.match((await call("destroy", "--yes")).said, /^nothing to take down: there is no stack dev$/m);

    await person.leavesNothing();
    person.keepsOneCopy();
  });
});

/** What nobody else may read can't be read by others, and Git doesn't take it. */
function hasSecretsOfItsOwn(folder: string): void {
  const own = path.join(folder, ".meta-prefect");
  assert.equal(fs.statSync(path.join(own, "passphrase")).mode & 0o777, 0o600);
  assert.equal(fs.statSync(path.join(own, "state")).mode & 0o777, 0o700);
  assert.equal(fs.readFileSync(path.join(own, ".gitignore"), "utf8"), "*\n");
  assert.match(fs.readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8"), /^encryptionsalt: v1:/);
}
