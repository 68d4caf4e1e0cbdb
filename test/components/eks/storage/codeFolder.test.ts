import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type CodeFolder, leftOutNote, readCodeFolder } from "../../../../components/eks/storage/codeFolder";
import { temporaryFolder } from "../../../support/environment";

function folderWith(files: Record<string, string | number>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), typeof content === "number" ? Buffer.alloc(content, 1) : content);
  }
  return folder;
}

function read(folder: string): CodeFolder {
  const code = readCodeFolder(folder);
  assert.ok(!("problem" in code), JSON.stringify(code));
  return code;
}
const names = (folder: string) => read(folder).files.map(({ name }) => name);
function problemOf(folder: string): string {
  const code = readCodeFolder(folder);
  assert.ok("problem" in code);
  return code.problem;
}

describe("the folder that flows run from", () => {
  // what is read is kept for each run of a program
  beforeEach(() => pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }));

  it("is all of its files, in order, but for what is never code", () => {
    const folder = folderWith({
      "flows.py": "a",
      "lib/x.sql": "b",
      ".git/config": "c",
      "lib/__pycache__/x.pyc": "d",
      ".venv/bin/python": "e",
      "node_modules/x/index.js": "f",
      "Pulumi.dev.yaml": "g",
      ".env": "PASSWORD=x",
    });
    assert.deepEqual(names(folder), ["flows.py", "lib/x.sql"]);
  });

  describe("carries the package of decorators", () => {
    const flows = (line: string) => ({ "flows.py": `${line}\nx = 1\n` });
    const carried = (files: Record<string, string>) => read(folderWith(files)).carried.map(({ name }) => name);
    const all = ["meta_prefect/__init__.py", "meta_prefect/_decorators.py"];
    const rows: [what: string, files: Record<string, string>, expected: string[]][] = [
      ["that a file imports from", flows("from meta_prefect import kubernetes"), all],
      ["that a file imports among others", flows("    import os, meta_prefect as mp"), all],
      [
        "that a file imports behind something else",
        flows("try: from meta_prefect import dask\nexcept ImportError: ..."),
        all,
      ],
      ["that a file below imports", { "a.py": "", "lib/b.py": "import meta_prefect\r\n" }, all],
      ["not where a text names it", flows("# import meta_prefect\ny = 'meta_prefect.yaml'  # from meta_prefect"), []],
      ["not where another one is imported", flows("from meta_prefect_x import y\nimport my_meta_prefect"), []],
      ["not for what is no Python", { "notes.md": "import meta_prefect\n" }, []],
      ["not where the folder has its own", { ...flows("import meta_prefect"), "meta_prefect/__init__.py": "" }, []],
      [
        "not where the folder has a module of that name",
        { ...flows("import meta_prefect"), "meta_prefect.py": "" },
        [],
      ],
    ];
    for (const [what, files, expected] of rows) it(what, () => assert.deepEqual(carried(files), expected));

    it("whose text is part of the hash, and of no other folder's", () => {
      const hashOf = (text: string) => read(folderWith({ "flows.py": text })).hash;
      const hash = createHash("sha256")
        .update("flows.py\0" + "6\0x = 1\n")
        .digest("hex")
        .slice(0, 16);
      assert.equal(hashOf("x = 1\n"), hash);
      const text = "import meta_prefect\n";
      const whole = createHash("sha256").update(`flows.py\0${text.length}\0${text}`);
      for (const { name, file } of read(folderWith({ "flows.py": text })).carried) {
        const content = fs.readFileSync(file, "utf8");
        assert.ok(!content.includes("\r") && content.length < 20_000, name);
        whole.update(`${name}\0${content.length}\0${content}`);
      }
      assert.equal(hashOf(text), whole.digest("hex").slice(0, 16));
    });
  });

  it("respects ignore files, also in folders below, and what they take back", () => {
    const folder = folderWith({
      ".gitignore": "*.log\n/data/\n!keep.log\n",
      ".prefectignore": "notebooks/",
      "a.log": "",
      "keep.log": "",
      "data/big.csv": "",
      "lib/data/x.csv": "",
      "notebooks/x.ipynb": "",
      "lib/.gitignore": "/private.py",
      "lib/private.py": "",
      "private.py": "",
    });
    assert.deepEqual(names(folder), [
      ".gitignore",
      ".prefectignore",
      "keep.log",
      "lib/.gitignore",
      "lib/data/x.csv",
      "private.py",
    ]);
  });

  it("has another hash for another content, another name and another place, and the same for the same", () => {
    const hash = (files: Record<string, string>) => read(folderWith(files)).hash;
    const before = hash({ "a.py": "1", "b.py": "2" });
    assert.equal(hash({ "b.py": "2", "a.py": "1" }), before);
    const others: Record<string, string>[] = [
      { "a.py": "1", "b.py": "3" },
      { "a.py": "1", "c.py": "2" },
      { "a.py": "12", "b.py": "" },
      { "a.py": "1" },
    ];
    const hashes = others.map(hash);
    assert.equal(new Set([before, ...hashes]).size, others.length + 1);
  });

  it("that isn't there is a problem, and so is one that is too large, which names what is large", () => {
    assert.match(problemOf("/no/such/folder"), /there is no folder \/no\/such\/folder; correct the path/);
    const folder = folderWith({ "flows.py": "x", "model/weights.bin": 26 * 2 ** 20, "data.csv": 2 ** 20 });
    assert.match(
      problemOf(folder),
      /is too large to be fetched by each run: 3 files with 27\.0 MiB, and at most 2000 files with 25\.0 MiB are allowed\. The largest are model\/ \(26\.0 MiB\), data\.csv \(1\.0 MiB\), flows\.py .*\.prefectignore/,
    );
    const many = folderWith(Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`parts/${i}.txt`, ""])));
    assert.match(problemOf(many), /2001 files/);
  });

  it("follows links to files, and not those to folders", () => {
    const folder = folderWith({ "a.py": "x" });
    fs.symlinkSync(path.join(folder, "a.py"), path.join(folder, "link.py"));
    fs.symlinkSync("link.py", path.join(folder, "chain.py"));
    fs.symlinkSync(folder, path.join(folder, "loop"));
    assert.deepEqual(names(folder), ["a.py", "chain.py", "link.py"]);
    assert.deepEqual(read(folder).leftOut, []);
  });

  it("has the hash that earlier builds gave it", () => {
    const folder = folderWith({ "a.py": "1", "lib/b.py": "2", ".env": "x", "data.json": "{}", ".npmrc": "save=true" });
    assert.equal(read(folder).hash, "105ce9826c2db49c");
  });

  describe("leaves out likely secrets", () => {
    const certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
    const key = "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\n";
    const secrets: Record<string, string> = {
      ".env": "",
      ".env.production": "",
      "lib/.env.local": "",
      ".ENV": "",
      ".envrc": "",
      "server.key": "",
      "key.pem": key,
      "both.pem": certificate + key,
      "empty.pem": "",
      "store.p12": "",
      "store.PFX": "",
      "store.jks": "",
      "putty.ppk": "",
      id_rsa: "",
      id_ed25519: "",
      id_ed25519_work: "",
      ".aws/credentials": "",
      "deep/.ssh/config": "",
      ".kube/config": "",
      ".docker/config.json": "",
      ".netrc": "",
      ".pgpass": "",
      ".pypirc": "",
      ".git-credentials": "",
      kubeconfig: "",
      "dev.kubeconfig": "",
      "kubeconfig.yaml": "",
      "credentials.json": "",
      "client_secret_1.json": "",
      "service-account.json": "",
      "project-1234.json": '{ "type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----" }',
      ".npmrc": "//registry.example.com/:_authToken=abc",
      "terraform.tfstate": "",
      "terraform.tfstate.backup": "",
    };
    const harmless: Record<string, string> = {
      ".env.example": "",
      ".env.sample": "",
      ".env.local.template": "",
      "ca.pem": certificate,
      "id_rsa.pub": "",
      ".docker/Dockerfile": "",
      "environment.py": "",
      "keys.py": "",
      "kubeconfig.py": "",
      "my_credentials.py": "",
      "data.json": '{ "private_key": "x" }',
      "lib/.npmrc": "engine-strict=true",
    };

    it("by their names and contents, and nothing else", () => {
      const folder = folderWith({ "flows.py": "", ...secrets, ...harmless });
      assert.deepEqual(names(folder), ["flows.py", ...Object.keys(harmless)].sort());
      const left = Object.keys(secrets).map((name) => name.replace(/(\.aws|\.ssh|\.kube)\/.*/, "$1/"));
      assert.deepEqual(read(folder).leftOut.sort(), left.sort());
    });

    it("even when they change, which is no change of the code", () => {
      assert.equal(
        read(folderWith({ "a.py": "1", ".env.dev": "A=1" })).hash,
        read(folderWith({ "a.py": "1", ".env.dev": "A=2" })).hash,
      );
    });

    it("unless a line of a .prefectignore file takes them back", () => {
      const folder = folderWith({
        ".prefectignore": "!.env\n!/.aws/\n!*.key\n",
        "lib/.prefectignore": "!id_rsa\n",
        ".env": "",
        ".env.dev": "",
        ".aws/config": "",
        ".aws/server.key": "",
        "lib/.env": "",
        "lib/id_rsa": "",
        id_rsa: "",
      });
      assert.deepEqual(names(folder), [
        ".aws/config",
        ".aws/server.key",
        ".env",
        ".prefectignore",
        "lib/.env",
        "lib/.prefectignore",
        "lib/id_rsa",
      ]);
      assert.deepEqual(read(folder).leftOut, [".env.dev", "id_rsa"]);
    });

    it("in an order of precedence: what is never code, what is ignored, what is taken back, what is a secret", () => {
      const folder = folderWith({
        ".gitignore": ".env\n",
        ".prefectignore": "!.env\n!.git\n!server.key\nserver.key\n!id_rsa\n",
        ".env": "",
        ".git/config": "",
        "server.key": "",
        id_rsa: "",
      });
      assert.deepEqual(names(folder), [".gitignore", ".prefectignore", "id_rsa"]);
      assert.deepEqual(read(folder).leftOut, []);
    });

    it("also when .gitignore takes them back for git, or a line of wildcards alone takes back all", () => {
      const folder = folderWith({
        ".gitignore": "*.key\n!server.key\n!.env\n",
        ".prefectignore": "!*/\n!**\n!.*\n!*.*\n",
        ".env": "",
        ".aws/config": "",
        "server.key": "",
      });
      assert.deepEqual(names(folder), [".gitignore", ".prefectignore"]);
    });
  });

  describe("leaves out links", () => {
    it("that lead out of it, in whatever way, or nowhere", () => {
      const outside = folderWith({ "secret.txt": "x", "sub/x.py": "" });
      const folder = folderWith({ "a.py": "x", "lib/b.py": "y" });
      const link = (target: string, name: string) => fs.symlinkSync(target, path.join(folder, name));
      link(path.join(outside, "secret.txt"), "absolute.txt");
      link(path.join("..", path.basename(outside), "secret.txt"), "relative.txt");
      link("absolute.txt", "chain.txt");
      link(path.join(outside, "sub"), "folder");
      link("folder/x.py", "through.py");
      link("/no/such/file", "broken");
      link("b", "a");
      link("a", "b");
      link("../a.py", "lib/inside.py");
      assert.deepEqual(names(folder), ["a.py", "lib/b.py", "lib/inside.py"]);
      assert.deepEqual(read(folder).leftOut, [
        ...["a", "absolute.txt", "b", "broken", "chain.txt", "folder", "relative.txt", "through.py"],
      ]);
    });

    it("to a secret within it, whatever they are called", () => {
      const folder = folderWith({ ".aws/config": "x", ".env": "y", ".git/config": "z", "flows.py": "" });
      fs.symlinkSync(".aws/config", path.join(folder, "settings.txt"));
      fs.symlinkSync(".env", path.join(folder, "variables.txt"));
      fs.symlinkSync(".git/config", path.join(folder, "remotes.txt"));
      assert.deepEqual(names(folder), ["flows.py"]);
    });

    it("unless a line of a .prefectignore file takes them back; of a folder above that is itself a link nothing is", () => {
      const outside = folderWith({ "shared.py": "x" });
      const folder = folderWith({ ".prefectignore": "!shared.py", "flows.py": "" });
      fs.symlinkSync(path.join(outside, "shared.py"), path.join(folder, "shared.py"));
      assert.deepEqual(names(folder), [".prefectignore", "flows.py", "shared.py"]);
      const other = path.join(temporaryFolder(), "code");
      fs.symlinkSync(folder, other);
      fs.symlinkSync("flows.py", path.join(folder, "link.py"));
      assert.deepEqual(names(other), [".prefectignore", "flows.py", "link.py", "shared.py"]);
    });
  });

  it("says what it leaves out, counted, with a few named, and how to have it", () => {
    assert.equal(leftOutNote("/code", []), undefined);
    const note = leftOutNote("/code", [".env", "b\n.key", "c.key", "d.key", "e.key", "f.key", "g.key"]) ?? "";
    assert.match(note, /^the folder \/code: not uploaded, .*: \.env, b\?\.key, c\.key, d\.key, e\.key and 2 more; /);
    assert.match(note, /\.prefectignore file there: \/\.env leaves it out for good, and !\/\.env uploads it/);
  });
});
