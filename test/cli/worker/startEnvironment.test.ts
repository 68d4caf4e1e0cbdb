import assert from "node:assert/strict";
import { startEnvironment } from "../../../cli/worker/startEnvironment";

describe("what a command has that the machine calls", () => {
  it("is what it needs to find things, and no secret", () => {
    const kept = {
      PATH: "/bin",
      LC_TIME: "de_DE",
      VIRTUAL_ENV: "/venv",
      XDG_STATE_HOME: "/state",
      META_PREFECT__PYTHON: "/python",
      PREFECT_API_URL: "http://host/api",
      PULUMI_BACKEND_URL: "s3://state",
      PULUMI_HOME: "/pulumi",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/phrase",
      AWS_PROFILE: "me",
      https_proxy: "http://proxy:3128",
    };
    const secret = {
      PULUMI_CONFIG_PASSPHRASE: "sesame",
      PULUMI_ACCESS_TOKEN: "sesame",
      PREFECT_API_KEY: "sesame",
      PREFECT_API_AUTH_STRING: "me:sesame",
      PREFECT_CLIENT_CUSTOM_HEADERS: "{}",
      AWS_SECRET_ACCESS_KEY: "sesame",
      HTTP_PROXY: "http://me:sesame@proxy",
    };
    const others = {
      SHLVL: "1",
      SSH_AUTH_SOCK: "/sock",
      META_PREFECT__ENV: "dev",
      META_PREFECT__RESTART: "x",
      PULUMI_STACK: "dev",
      LANG: "",
      TZ: "a\nb",
    };
    const { variables, secrets } = startEnvironment({ ...others, ...secret, ...kept });
    assert.deepEqual(variables, kept);
    assert.deepEqual(secrets, Object.keys(secret));
  });

  it("is not where the state is, when that has a password", () => {
    const { variables, secrets } = startEnvironment({ PULUMI_BACKEND_URL: "postgres://me:sesame@host/state" });
    assert.deepEqual([variables, secrets], [{}, ["PULUMI_BACKEND_URL"]]);
  });
});
