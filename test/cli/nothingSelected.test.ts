import assert from "node:assert/strict";
import { nothingSelected } from "../../cli/nothingSelected";
import { UsageError } from "../../cli/usageError";
import type { Item } from "../../importer/inventory";
import type { Selection } from "../../importer/selection";
import type { Json } from "../../provider/engine/kind";
import { flow } from "../../provider/kinds/flow";
import { workPool } from "../../provider/kinds/workPool/workPool";

const item = (kind: Item["kind"], args: Json): Item => ({ kind, uuid: "1", remote: {}, args });
const all = [
  item(flow, { name: "report\nnext:", tags: ["daily", "eu"] }),
  item(flow, { name: "sums", tags: ["daily"] }),
  item(workPool, { name: "etl" }),
];
const why = (selection: Selection, items = all) => nothingSelected(items, selection, "http://s/api");

describe("a selection that leaves nothing", () => {
  const cases: [selection: Selection, says: string][] = [
    [{ flow: "nope" }, '--flow "nope": http://s/api has no such flow; there are: report\\u000anext:, sums'],
    [{ tag: "dialy" }, '--tag "dialy": http://s/api has no such tag; did you mean daily?'],
    [{ tag: "x" }, '--tag "x": http://s/api has no such tag; there are: daily, eu'],
    [{ flow: "sums", workPool: "elt" }, '--work-pool "elt": http://s/api has no such work pool; did you mean etl?'],
    [
      { flow: "sums", tag: "eu" },
      '--flow "sums" and --tag "eu": http://s/api has nothing that is of each; leave one out',
    ],
  ];
  for (const [selection, says] of cases) {
    it(`is a mistake of the command line: ${JSON.stringify(selection)}`, () => {
      assert.ok(why(selection) instanceof UsageError);
      assert.equal(why(selection).message, says);
    });
  }

  it("is none of a server that is empty", () => {
    assert.match(why({ tag: "x" }, []).message, /has no such tag; there is none$/);
    assert.equal(why({}, []).message, "http://s/api holds nothing that could be imported");
    assert.ok(!(why({}, []) instanceof UsageError));
  });
});
