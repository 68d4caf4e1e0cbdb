import assert from "node:assert/strict";
import { leftOut, workerEnvironment } from "../../../../provider/kinds/worker/workerEnvironment";

const environmentOf = (inherited: NodeJS.ProcessEnv, env?: Record<string, string>) =>
  workerEnvironment({
    inherited,
    connection: { PREFECT_API_URL: "http://stack/api", PREFECT_API_KEY: "stack" },
    folder: "/state/worker",
    healthPort: 1234,
    env,
  });

describe("the environment of a worker", () => {
  const out: [string, string[]][] = [
    ["a command's", ["META_PREFECT__RESTART"]],
    ["Pulumi's", ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG"]],
    [
      "Prefect's connection, profile, server and run",
      [
        ...["PREFECT_API_AUTH_STRING", "PREFECT_CLIENT_CUSTOM_HEADERS", "PREFECT_API_TLS_INSECURE_SKIP_VERIFY"],
        ...["PREFECT_PROFILE", "PREFECT_SERVER_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_CONNECTION_URL"],
        ...["PREFECT__FLOW_RUN_ID", "PREFECT__CONTROL_TOKEN"],
      ],
    ],
    [
      "clouds'",
      [
        ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"],
        ...["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN"],
        ...["AZURE_CLIENT_SECRET", "ARM_CLIENT_ID", "ARM_OIDC_REQUEST_URL", "GOOGLE_APPLICATION_CREDENTIALS"],
        ...["GOOGLE_CREDENTIALS", "CLOUDSDK_AUTH_ACCESS_TOKEN", "KUBECONFIG", "DIGITALOCEAN_TOKEN"],
      ],
    ],
    [
      "a CI job's",
      [
        ...["GITHUB_TOKEN", "GITHUB_ENV", "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_RUNTIME_TOKEN"],
        ...["INPUT_GITHUB-TOKEN", "INPUT_CONFIG-MAP", "CI_JOB_TOKEN", "CI_JOB_JWT_V2", "CI_REGISTRY_PASSWORD"],
        ...["GITLAB_TOKEN", "CIRCLE_TOKEN", "BITBUCKET_STEP_OIDC_TOKEN", "SYSTEM_ACCESSTOKEN", "NODE_AUTH_TOKEN"],
        ...["npm_config_//registry/:_authToken", "NPM_TOKEN", "NODE_OPTIONS"],
      ],
    ],
    [
      "by its name a credential",
      [
        ...["DB_PASSWORD", "PGPASSWORD", "MYSQL_PWD", "DB_PASS", "GPG_PASSPHRASE", "OPENAI_API_KEY", "SSH_KEY"],
        ...["STRIPE_SECRET", "client_secret_2", "DOCKER_AUTH_CONFIG", "SSH_AUTH_SOCK", "SLACK_BOT_TOKEN", "api-key"],
      ],
    ],
  ];
  for (const [whose, names] of out) {
    it(`has nothing that is ${whose}`, () => {
      assert.deepEqual(leftOut(Object.fromEntries(names.map((name) => [name, "1"]))), [...names].sort());
    });
  }

  it("has no addresses with passwords, but that of a proxy, which is the way to the server", () => {
    const address = "https://me:secret@host/path";
    const names = ["DATABASE_URL", "CI_REPOSITORY_URL", "PIP_INDEX_URL"];
    const inherited = { HTTPS_PROXY: address, http_proxy: address, PLAIN: "http://host:8080/a:b@c", TIME: "10:30@x" };
    assert.deepEqual(leftOut({ ...inherited, ...Object.fromEntries(names.map((n) => [n, address])) }), names.sort());
  });

  it("has all else", () => {
    const names = [
      ...["PATH", "HOME", "PWD", "OLDPWD", "LANG", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "XDG_STATE_HOME", "CI", "TERM"],
      ...["TOKENIZERS_PARALLELISM", "MAX_TOKENS", "KEYBOARD", "PREFECT_LOGGING_LEVEL", "PREFECT_HOME"],
      ...["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "GOOGLE_CLOUD_PROJECT", "SSL_CERT_FILE", "NO_PROXY"],
      ...["META_PREFECT__PYTHON", "RUNNER_TRACKING_ID", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "AUTHOR"],
    ];
    const inherited = Object.fromEntries(names.map((name) => [name, "1"]));
    assert.deepEqual(leftOut(inherited), []);
    const environment = environmentOf(inherited);
    for (const name of names) assert.equal(environment[name], "1", name);
  });

  it("has the stack's connection, and profiles of nobody's", () => {
    assert.deepEqual(environmentOf({ PREFECT_API_URL: "http://theirs/api", PREFECT_API_AUTH_STRING: "theirs" }), {
      PREFECT_API_URL: "http://stack/api",
      PREFECT_API_KEY: "stack",
      PREFECT_PROFILES_PATH: "/state/worker/profiles.toml",
      PREFECT_WORKER_WEBSERVER_HOST: "127.0.0.1",
      PREFECT_WORKER_WEBSERVER_PORT: "1234",
      META_PREFECT__WORKER: "/state/worker",
    });
  });

  it("has what its argument env gives, whatever its name, but its own folder", () => {
    const env = { AWS_SECRET_ACCESS_KEY: "given", PREFECT_PROFILES_PATH: "/given", META_PREFECT__WORKER: "other" };
    const environment = environmentOf({ AWS_SECRET_ACCESS_KEY: "inherited" }, env);
    assert.equal(environment.AWS_SECRET_ACCESS_KEY, "given");
    assert.equal(environment.PREFECT_PROFILES_PATH, "/given");
    assert.equal(environment.META_PREFECT__WORKER, "/state/worker");
  });
});
