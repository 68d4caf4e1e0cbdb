import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { withOwnServer } from "../../cli/localServer/ownServer";
import { resolveConnection } from "../../provider/api/connection";
import { metaPrefect } from "../support/command";
import { folderWith } from "../support/folderWith";

const apiUrl = "http://127.0.0.1:4711/api";
const started = { ".meta-prefect/server/server.json": JSON.stringify({ apiUrl, pid: 1 }) };
const nobody = { PREFECT_HOME: "/nowhere" };
const credentials = {
  PREFECT_API_KEY: "key",
  PREFECT_API_AUTH_STRING: "user:password",
  PREFECT_CLIENT_CUSTOM_HEADERS: '{"X-Token": "t"}',
};

describe("the server that was started for a folder", () => {
  it("is meant where nothing names another", () => {
    const folder = folderWith(started);
    assert.equal(withOwnServer({ folder, env: "dev" }, nobody).PREFECT_API_URL, apiUrl);
    const named = { ...nobody, PREFECT_API_URL: "http://other/api" };
    assert.equal(withOwnServer({ folder, env: "dev" }, named), named);
    const profiles = folderWith({ "profiles.toml": '[profiles.x]\nPREFECT_API_URL = "http://profile/api"\n' });
    const profile = { PREFECT_HOME: profiles, PREFECT_PROFILE: "x" };
    assert.equal(withOwnServer({ folder, env: "dev" }, profile), profile);
    assert.equal(withOwnServer({ folder: folderWith({}), env: "dev" }, nobody), nobody);
  });

  it("gets none of the credentials that are meant for another", () => {
    const folder = folderWith(started);
    const { headers, environment } = resolveConnection(
      () => undefined,
      withOwnServer({ folder }, { ...nobody, ...credentials }),
    );
    assert.deepEqual(headers, {});
    assert.deepEqual(environment, { PREFECT_API_URL: apiUrl });
  });

  it("is the one that Pulumi's commands are run for, without the credentials", async () => {
    const folder = folderWith({
      ...started,
      "Pulumi.yaml": "name: theirs\nruntime: nodejs\n",
      "bin/pulumi": "#!/bin/sh\nenv | grep ^PREFECT_ | sort\n",
    });
    fs.chmodSync(path.join(folder, "bin/pulumi"), 0o755);
    const env = { ...credentials, PATH: `${folder}/bin:/usr/bin:/bin`, HOME: folder, PREFECT_HOME: "/nowhere" };
    const { printed } = await metaPrefect(["pulumi", "up"], { cwd: folder, env });
    assert.equal(printed, `PREFECT_API_URL=${apiUrl}\nPREFECT_HOME=/nowhere\n`);
  });

  it("takes nothing from a stack that names its own, whatever may have the credentials", () => {
    const folder = folderWith({ ...started, "Pulumi.prod.yaml": "config:\n  prefect:apiUrl: https://prod/api\n" });
    const environment = { ...nobody, ...credentials, META_PREFECT__SERVERS: "https://prod/api" };
    assert.equal(withOwnServer({ folder, env: "prod" }, environment), environment);
    assert.equal(withOwnServer({ folder, env: "dev" }, environment).PREFECT_API_URL, apiUrl);
  });
});
