import assert from "node:assert/strict";
import { withoutCredentials } from "../../processes/environment";

const isKept = (name: string, value = "x") => name in withoutCredentials({ [name]: value });

describe("an environment without credentials", () => {
  const withheld = [
    ...["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG", "PULUMI_BACKEND_URL"],
    ...[
      "PREFECT_API_KEY",
      "PREFECT_API_AUTH_STRING",
      "PREFECT_SERVER_API_AUTH_STRING",
      "PREFECT_CLIENT_CUSTOM_HEADERS",
    ],
    ...["PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_API_DATABASE_PASSWORD"],
    ...[
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "AWS_CONFIG_FILE",
      "AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    ...["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AZURE_CLIENT_SECRET", "ARM_CLIENT_ID", "IDENTITY_HEADER"],
    ...["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "KUBECONFIG", "DOCKER_AUTH_CONFIG", "VAULT_ADDR"],
    ...[
      "GITHUB_TOKEN",
      "GH_TOKEN",
      "GITHUB_ENV",
      "GITHUB_PATH",
      "ACTIONS_ID_TOKEN_REQUEST_URL",
      "ACTIONS_RUNTIME_TOKEN",
    ],
    ...["CI_JOB_TOKEN", "CI_JOB_JWT_V2", "CI_REGISTRY_PASSWORD", "SYSTEM_ACCESSTOKEN", "NODE_AUTH_TOKEN", "NPM_TOKEN"],
    ...["npm_config__auth", "npm_config_//registry/:_authToken", "SSH_AUTH_SOCK", "KRB5CCNAME", "GIT_ASKPASS"],
    ...[
      "DB_PASSWORD",
      "PGPASSWORD",
      "PGPASSFILE",
      "MYSQL_PWD",
      "db_pass",
      "SENTRY_DSN",
      "FERNET_KEY",
      "OPENAI_API_KEY",
    ],
    ...["APIKEY", "SECRET", "my_secret_thing", "JIRA_PAT", "SESSION_COOKIE", "STORAGE_CONNECTION_STRING"],
  ];
  for (const name of withheld) it(`has no ${name}`, () => assert.equal(isKept(name), false));

  const kept = [
    ...["PATH", "HOME", "PWD", "OLDPWD", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "XDG_CACHE_HOME", "CI"],
    ...[
      "PREFECT_API_URL",
      "PREFECT_HOME",
      "PREFECT_PROFILE",
      "META_PREFECT__ENV",
      "AWS_REGION",
      "AWS_PROFILE",
      "AWS_EC2_METADATA_DISABLED",
    ],
    ...["GITHUB_SHA", "GITHUB_REF", "GITHUB_WORKSPACE", "TOKENIZERS_PARALLELISM", "KEYBOARD", "MONKEY", "AUTHOR"],
    ...["SSL_CERT_FILE", "HTTPS_PROXY", "BYPASS", "PATH_TO_DATA", "COMPASS_HOME", "MAX_TOKENS"],
  ];
  for (const name of kept) it(`has ${name}`, () => assert.equal(isKept(name), true));

  it("has no address with a password, whatever its name", () => {
    assert.equal(isKept("DATABASE", "postgresql+asyncpg://me:p%40ss@db:5432/x"), false);
    assert.equal(isKept("HTTPS_PROXY", "http://me:word@proxy:3128"), false);
    assert.equal(isKept("PREFECT_API_URL", "https://me:word@prefect/api"), false);
    assert.equal(isKept("DATABASE", "postgresql://me@db:5432/x"), true);
    assert.equal(isKept("PREFECT_API_URL", "http://127.0.0.1:4200/api"), true);
  });

  it("has what is given back by its name, and that alone", () => {
    const environment = { DB_PASSWORD: "a", DB_PASSWORD_2: "b", DB_URL: "x://a:b@c", PATH: "d" };
    assert.deepEqual(withoutCredentials(environment, ["DB_PASSWORD", "DB_URL", "NONE"]), {
      DB_PASSWORD: "a",
      DB_URL: "x://a:b@c",
      PATH: "d",
    });
    assert.equal(Object.keys(environment).length, 4);
  });
});
