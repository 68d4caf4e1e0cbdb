import assert from "node:assert/strict";
import { path } from "../../../provider/api/path";

describe("a path", () => {
  it("has its parts escaped", () =>
    assert.equal(path`/work_pools/${"a/b .."}/queues`, "/work_pools/a%2Fb%20../queues"));

  for (const dots of [".", ".."]) {
    it(`refuses the part ${dots}, which each URL is rid of`, () => {
      assert.equal(new URL(`http://x/api/work_pools/${dots.replaceAll(".", "%2e")}`).pathname.includes("%2e"), false);
      assert.throws(
        () => path`/work_pools/${dots}`,
        /the name "\.\.?" can't be part of an address; choose another name/,
      );
    });
  }
});
