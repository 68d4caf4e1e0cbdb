import assert from "node:assert/strict";
import { Claims } from "../../../provider/engine/claims";

describe("claims", () => {
  it("are on what was made or taken over, of that kind alone", () => {
    const claims = new Claims();
    claims.claim("Flow", "1");
    assert.equal(claims.has("Flow", "1"), true);
    assert.equal(claims.has("Deployment", "1"), false);
  });

  it("are on what the program's resource keeps, and end when it is to be replaced", () => {
    const claims = new Claims();
    claims.want("WorkPool etl");
    claims.compared("WorkPool", "etl", "WorkPool etl", false);
    assert.equal(claims.has("WorkPool", "etl"), true);
    claims.compared("WorkPool", "etl", "WorkPool etl", true);
    assert.equal(claims.has("WorkPool", "etl"), false);
  });

  it("aren't on what a refresh compares of resources that the program no longer has", () => {
    const claims = new Claims();
    claims.compared("WorkPool", "etl", "WorkPool etl", false);
    assert.equal(claims.has("WorkPool", "etl"), false);
  });
});
