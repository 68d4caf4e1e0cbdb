import assert from "node:assert/strict";
import type { FoundCall } from "../../provider/program/flows/runDeployments";
import { callsOf, type Known, namesElsewhere } from "../../report/calls";

const call = (...name: FoundCall["name"]): FoundCall => ({
  file: "f.py",
  line: 3,
  name,
  parameters: { x: 1 },
  isOpen: false,
});
const known: Known = {
  deployments: ["etl/load-dev", "etl/clean-dev", "all/a.b-dev"],
  deleted: ["etl/old-dev"],
  onServer: ["other/team"],
  env: "dev",
  environments: ["dev", "prod"],
};

describe("calls of deployments", () => {
  const rows: [string, FoundCall, string[], string[]][] = [
    ["the program's own", call("etl/load-dev"), ["etl/load-dev"], []],
    ["one by its environment", call("etl/load-", null), ["etl/load-dev"], []],
    ["any of a flow", call("etl/", null), ["etl/load-dev", "etl/clean-dev"], []],
    ["one with signs of patterns", call("all/a.b-", null), ["all/a.b-dev"], []],
    ["none, as a point is a point", call("all/a", null, ".b-dev"), [], []],
    ["one of another program", call("other/team"), [], []],
    ["none that the text tells", call(null), [], []],
    ["none by its slash alone", call(null, "/", null), [], []],
    ["one by its id", call("0bd1c8a2-7a6f-4a52-9d27-6b1ad2c2b7a1"), [], []],
    [
      "one that isn't there",
      call("etl/lod-dev"),
      [],
      ['f.py:3 calls deployment "etl/lod-dev", which neither the program nor the server has'],
    ],
    [
      "a name without its flow",
      call("load-dev"),
      [],
      ['f.py:3 calls deployment "load-dev", which is no name of a deployment; write it as "<flow>/<deployment>"'],
    ],
    [
      "one that is deleted",
      call("etl/old-dev"),
      [],
      [
        'f.py:3 calls deployment "etl/old-dev", which is deleted by this change; remove the call, or keep the deployment',
      ],
    ],
    [
      "one that is deleted, by its environment",
      call("etl/old-", null),
      [],
      ['f.py:3 calls deployment "etl/old-…", which is deleted by this change; remove the call, or keep the deployment'],
    ],
    [
      "one of another environment",
      call("etl/load-prod"),
      [],
      [
        'f.py:3 calls deployment "etl/load-prod", which belongs to the environment prod, not to dev; to call "etl/load-dev" here, take the environment from META_PREFECT__ENV',
      ],
    ],
    [
      "one of another environment alone",
      call("etl/x-prod"),
      [],
      ['f.py:3 calls deployment "etl/x-prod", which belongs to the environment prod, not to dev'],
    ],
    [
      "a hostile name",
      call("a\n\u202e/__proto__"),
      [],
      ['f.py:3 calls deployment "a\\u000a\\u202e/__proto__", which neither the program nor the server has'],
    ],
  ];
  for (const [what, found, meant, listed] of rows) {
    it(`mean ${what}`, () => {
      const calls = callsOf([found], known);
      assert.deepEqual(
        calls.callers.map(({ deployment }) => deployment),
        meant,
      );
      assert.deepEqual(
        calls.listed.map(({ message }) => message),
        listed,
      );
    });
  }

  it("can't be told to be wrong without the server, but to be none of the program's", () => {
    const { listed } = callsOf([call("other/team")], { ...known, onServer: undefined });
    assert.match(listed[0]?.message ?? "", /which the program hasn't got; the server wasn't asked$/);
  });

  it("are counted when their text doesn't tell what they mean", () => {
    assert.equal(callsOf([call(null), call(null, "-dev"), call("etl/load-dev")], known).untold, 1);
  });

  it("are listed with those of what is deleted first", () => {
    const { listed } = callsOf([call("a/b"), call("etl/load-prod"), call("etl/old-dev")], known);
    assert.deepEqual(
      listed.map(({ kind }) => kind),
      ["deleted", "elsewhere", "absent"],
    );
  });

  it("are callers with what they give", () => {
    const found = { ...call("etl/load-dev"), isOpen: true };
    assert.deepEqual(callsOf([found], known).callers, [
      { kind: "call", deployment: "etl/load-dev", name: "f.py:3", parameters: { x: 1 }, isOpen: true },
    ]);
  });

  it("name what the server is to be asked for, once", () => {
    const found = [
      call("a/b"),
      call("a/b"),
      call("etl/load-dev"),
      call("c/", null),
      call(null),
      call("0bd1c8a27a6f4a529d276b1ad2c2b7a1"),
    ];
    assert.deepEqual(namesElsewhere(found, known.deployments), ["a/b"]);
  });
});
