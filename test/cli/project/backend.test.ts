import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { backendVariables } from "../../../cli/project/backend";
import { temporaryFolder } from "../../support/environment";

function at(folder = temporaryFolder(), { manifest: text = "name: x", env = "dev" } = {}) {
  const manifest = path.join(folder, "Pulumi.yaml");
  fs.mkdirSync(path.join(folder, ".meta-prefect"), { recursive: true });
  fs.writeFileSync(manifest, text);
  const HOME = temporaryFolder();
  const file = path.join(folder, "meta_prefect.yaml");
  const backend = (variables: NodeJS.ProcessEnv = {}) =>
    backendVariables({ folder, file, manifest, env }, { HOME, ...variables });
  return { folder, HOME, backend };
}

describe("the backend of a YAML", () => {
  it("is the folder's own, whatever that is called, with a pass phrase that nobody else reads", () => {
    const folder = path.join(temporaryFolder(), "a b?c#d%20 ü");
    const { backend } = at(folder);
    const { ownState, variables } = backend();
    assert.equal(fileURLToPath(variables.PULUMI_BACKEND_URL ?? ""), ownState);
    const file = variables.PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    const passPhrase = fs.readFileSync(file, "utf8");
    assert.match(passPhrase, /^[\w-]{43}\n$/);
    backend();
    assert.equal(fs.readFileSync(file, "utf8"), passPhrase);
    assert.deepEqual(fs.readdirSync(path.dirname(file)).sort(), [".gitignore", "passphrase", "state"]);
  });

  it("is the one that a variable, Pulumi.yaml or a login names, whose pass phrases are the person's own affair", () => {
    const none = { variables: {} };
    assert.deepEqual(at().backend({ PULUMI_BACKEND_URL: "s3://x" }), none);
    assert.deepEqual(at(undefined, { manifest: "name: x\nbackend: { url: s3://x }" }).backend(), none);
    const { HOME, backend } = at();
    const credentials = (folder: string, text: string) => {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, "credentials.json"), text);
    };
    credentials(path.join(HOME, ".pulumi"), '{"current": ""}');
    assert.ok(backend().ownState);
    assert.deepEqual(backend({ PULUMI_ACCESS_TOKEN: "pul-1" }), none);
    credentials(path.join(HOME, ".pulumi"), '{"current": "https://api.example.com"}');
    assert.deepEqual(backend(), none);
    const home = temporaryFolder();
    assert.ok(backend({ PULUMI_HOME: home }).ownState);
    credentials(home, '{"current": "file://~"}');
    assert.deepEqual(backend({ PULUMI_HOME: home }), none);
    assert.deepEqual(backend({ PULUMI_HOME: temporaryFolder(), PULUMI_CREDENTIALS_PATH: home }), none);
    assert.ok(backend({ PULUMI_HOME: home, PULUMI_CREDENTIALS_PATH: temporaryFolder() }).ownState);
    assert.deepEqual(backend({ PULUMI_HOME: "", PULUMI_CREDENTIALS_PATH: "" }), none);
  });

  it("stays that of a program which comes in the YAML's place, and is no other program's", () => {
    const { folder, HOME, backend } = at();
    const place = { folder, manifest: path.join(folder, "Pulumi.yaml") };
    assert.deepEqual(backendVariables(place, { HOME }), { variables: {} });
    assert.deepEqual(fs.readdirSync(path.join(folder, ".meta-prefect")), []);
    assert.deepEqual(backendVariables({ ...place, file: path.join(folder, "meta_prefect.yaml") }, { HOME }), backend());
    assert.deepEqual(backendVariables(place, { HOME }), backend());
    assert.deepEqual(backendVariables(place, { HOME, PULUMI_BACKEND_URL: "s3://x" }), { variables: {} });
  });

  it("leaves a pass phrase to a person who has set one", () => {
    for (const variables of [{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }]) {
      const { folder, backend } = at();
      assert.deepEqual(Object.keys(backend(variables).variables), ["PULUMI_BACKEND_URL"]);
      assert.ok(!fs.existsSync(path.join(folder, ".meta-prefect", "passphrase")));
    }
  });

  it("isn't made for a stack of Git whose pass phrase isn't here", () => {
    const { folder, backend } = at();
    fs.writeFileSync(path.join(folder, "Pulumi.dev.yaml"), "encryptionsalt: v1:x\n");
    assert.throws(backend, /^PrefectError|Pulumi.dev.yaml is that of a stack that was made elsewhere/);
    assert.deepEqual(fs.readdirSync(path.join(folder, ".meta-prefect")), [".gitignore"]);
    assert.ok(at(folder, { env: "prod" }).backend().ownState);
    const [manifest, env] = [path.join(folder, "Pulumi.yml"), "organization/x/team"];
    fs.writeFileSync(path.join(folder, "Pulumi.team.yml"), "encryptionsalt: v1:x\n");
    fs.rmSync(path.join(folder, ".meta-prefect", "passphrase"));
    assert.throws(() => backendVariables({ folder, manifest, env }, { HOME: folder }), /Pulumi.team.yml is that of a/);
  });
});
