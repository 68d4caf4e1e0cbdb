import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { resolveConnection } from "../../provider/connection";
import { temporaryFolder } from "../support/environment";

const nothing = () => undefined;

describe("the connection", () => {
  let home: string;
  beforeEach(() => {
    home = temporaryFolder();
    const profiles = `
      active = "mine"
      [profiles.mine]
      PREFECT_API_URL = "http://profile:4200/api"
      PREFECT_API_KEY = "profile-key"
      PREFECT_LOGGING_LEVEL = true
      [profiles.other]
      PREFECT_API_URL = "http://other:4200/api"`;
    fs.writeFileSync(path.join(home, "profiles.toml"), profiles);
  });

  it("comes from the stack's configuration, then the environment, then the active profile", () => {
    const config = (key: string) => (key === "prefect:apiUrl" ? "http://config:4200/api/" : undefined);
    const environment = { PREFECT_API_URL: "http://environment:4200/api", PREFECT_HOME: home };
    assert.equal(resolveConnection(config, environment).apiUrl, "http://config:4200/api");
    assert.equal(resolveConnection(nothing, environment).apiUrl, "http://environment:4200/api");
    assert.equal(resolveConnection(nothing, { PREFECT_HOME: home }).apiUrl, "http://profile:4200/api");
    assert.equal(resolveConnection(nothing, { PREFECT_HOME: home }).headers.Authorization, "Bearer profile-key");
    assert.equal(
      resolveConnection(nothing, { PREFECT_HOME: home, PREFECT_PROFILE: "other" }).apiUrl,
      "http://other:4200/api",
    );
  });

  it("carries an authentication string rather than a key, and a proxy's headers", () => {
    const { headers } = resolveConnection(nothing, {
      PREFECT_HOME: "/nowhere",
      PREFECT_API_URL: "http://server/api",
      PREFECT_API_KEY: "key",
      PREFECT_API_AUTH_STRING: "user:password",
      PREFECT_CLIENT_CUSTOM_HEADERS: '{"X-Token": "t"}',
    });
    assert.deepEqual(headers, {
      "X-Token": "t",
      Authorization: `Basic ${Buffer.from("user:password").toString("base64")}`,
    });
  });

  it("says what to set when nothing names a server", () => {
    assert.throws(
      () => resolveConnection(nothing, { PREFECT_HOME: "/nowhere" }),
      /no Prefect server is configured; set PREFECT_API_URL/,
    );
  });

  it("doesn't show headers that it can't read", () => {
    const environment = {
      PREFECT_HOME: "/nowhere",
      PREFECT_API_URL: "http://server/api",
      PREFECT_CLIENT_CUSTOM_HEADERS: "secret",
    };
    assert.throws(
      () => resolveConnection(nothing, environment),
      (error: Error) => !error.message.includes("secret"),
    );
  });

  it("refuses what is not an address", () => {
    assert.throws(
      () => resolveConnection(nothing, { PREFECT_HOME: "/nowhere", PREFECT_API_URL: "server:4200" }),
      /"server:4200" is not an address/,
    );
  });
});
