import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { resolveAddress, resolveConnection } from "../../../provider/api/connection";
import { temporaryFolder } from "../../support/environment";

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
    assert.equal(resolveAddress(config, environment), "http://config:4200/api");
    assert.equal(resolveAddress(nothing, environment), "http://environment:4200/api");
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

  const refused: [string, string, RegExp][] = [
    ["with a password", "http://user:hunter2@server/api", /has a user or a password in it.*prefect:authString/],
    ["with a user", "https://hunter2@server/api", /has a user or a password in it/],
    ["with a password and no scheme", "user:hunter2@server/api", /has a user or a password in it/],
    ["with a password that has a slash", "http://user:hunter2/x@server/api", /has a user or a password in it/],
    ["with a query", "http://server/api?token=hunter2", /"http:\/\/server\/api" is followed by \? or #/],
    ["with a fragment", "http://server/api#hunter2", /is followed by \? or #/],
    ["with a port that is none", "http://server:port/api", /is not an address/],
  ];
  for (const [what, address, message] of refused) {
    it(`refuses an address ${what}, and doesn't show it`, () => {
      const environment = { PREFECT_HOME: "/nowhere", PREFECT_API_URL: address };
      assert.throws(
        () => resolveConnection(nothing, environment),
        (error: Error) => message.test(error.message) && !error.message.includes("hunter2"),
      );
    });
  }

  for (const address of ["http://[::1]:4200/prefix/api", "HTTPS://Prefect.Example.com:443/a/b/api"]) {
    it(`takes ${address} as it is`, () => {
      assert.equal(resolveAddress(nothing, { PREFECT_HOME: "/nowhere", PREFECT_API_URL: `${address}//` }), address);
    });
  }

  describe("sends credentials", () => {
    const key = { PREFECT_HOME: "/nowhere", PREFECT_API_KEY: "hunter2" };
    const stack =
      (values: Record<string, string>) =>
      (key: string): string | undefined =>
        values[key];
    const at = (apiUrl: string, more: Record<string, string> = {}) => stack({ "prefect:apiUrl": apiUrl, ...more });
    const theirs = "https://theirs.example/api";

    for (const [what, variable] of [
      ["key", "PREFECT_API_KEY"],
      ["authentication string", "PREFECT_API_AUTH_STRING"],
      ["header", "PREFECT_CLIENT_CUSTOM_HEADERS"],
    ] as const) {
      it(`of the environment, such as a ${what}, to no address that the stack names alone`, () => {
        const environment = {
          PREFECT_HOME: "/nowhere",
          PREFECT_API_URL: "https://ours/api",
          [variable]: '{"a":"hunter2"}',
        };
        assert.throws(
          () => resolveConnection(at(theirs), environment),
          (error: Error) =>
            error.message.startsWith(`${variable} of the environment is not sent to ${theirs}, which the stack's`) &&
            error.message.includes(`set META_PREFECT__SERVERS=${theirs} in the environment`) &&
            !error.message.includes("hunter2"),
        );
      });
    }

    it("of the environment to the address that it names too, however that is written", () => {
      for (const written of ["https://ours/api", "https://OURS:443/api/", "HTTPS://ours/api"]) {
        const { headers } = resolveConnection(at(written), { ...key, PREFECT_API_URL: "https://ours/api" });
        assert.equal(headers.Authorization, "Bearer hunter2", written);
      }
      for (const other of [
        "http://ours/api",
        "https://ours:4200/api",
        "https://ours/api/x",
        "https://ours.example/api",
      ])
        assert.throws(() => resolveConnection(at(other), { ...key, PREFECT_API_URL: "https://ours/api" }), /not sent/);
    });

    it("of the environment to what META_PREFECT__SERVERS lists", () => {
      const META_PREFECT__SERVERS = `https://other/api, ${theirs}/`;
      assert.equal(
        resolveConnection(at(theirs), { ...key, META_PREFECT__SERVERS }).headers.Authorization,
        "Bearer hunter2",
      );
    });

    it("of a profile to no address that the environment names alone", () => {
      const environment = { PREFECT_HOME: home, PREFECT_API_URL: theirs };
      assert.throws(
        () => resolveConnection(nothing, environment),
        /PREFECT_API_KEY of the active Prefect profile.*PREFECT_PROFILE/,
      );
      assert.deepEqual(resolveConnection(nothing, { ...environment, PREFECT_PROFILE: "other" }).headers, {});
    });

    it("of the stack to any address, in place of those of the environment", () => {
      const { headers, environment } = resolveConnection(stack({ "prefect:authString": "u:p" }), {
        ...key,
        PREFECT_API_URL: theirs,
      });
      assert.equal(headers.Authorization, `Basic ${Buffer.from("u:p").toString("base64")}`);
      assert.deepEqual(environment, { PREFECT_API_URL: theirs, PREFECT_API_AUTH_STRING: "u:p" });
    });
  });

  it("verifies certificates as the environment or the profile says, and leaves them unchecked only where it may", () => {
    const environment = {
      PREFECT_HOME: "/nowhere",
      PREFECT_API_URL: "https://ours/api",
      PREFECT_API_SSL_CERT_FILE: "/ca.pem",
      PREFECT_API_TLS_INSECURE_SKIP_VERIFY: "True",
    };
    const ours = resolveConnection(nothing, environment);
    assert.deepEqual(ours.tls, { certFile: "/ca.pem", isInsecure: true });
    assert.deepEqual(ours.environment, {
      PREFECT_API_URL: "https://ours/api",
      PREFECT_API_SSL_CERT_FILE: "/ca.pem",
      PREFECT_API_TLS_INSECURE_SKIP_VERIFY: "true",
    });
    const config = (key: string) => (key === "prefect:apiUrl" ? "https://theirs/api" : undefined);
    assert.deepEqual(resolveConnection(config, environment).tls, { certFile: "/ca.pem", isInsecure: false });
  });
});
