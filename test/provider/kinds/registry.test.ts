import assert from "node:assert/strict";
import { changeBody, creationBody, initialValues } from "../../../provider/engine/field";
import * as lifecycle from "../../../provider/engine/lifecycle";
import { registry } from "../../../provider/kinds/registry";
import * as lookups from "../../../provider/lookups";

const kinds = Object.entries(registry).map(([type, load]) => ({ type, kind: load() }));

describe("each kind", () => {
  it("has a look-up of its name", () => {
    for (const { type } of kinds) assert.equal(typeof Reflect.get(lookups, `get${type}`), "function", type);
  });

  it("is registered under the last part of its type token", () => {
    for (const { type, kind } of kinds) assert.equal(kind.type, type);
  });

  for (const { type, kind } of kinds) {
    for (const [key, field] of Object.entries(kind.fields)) {
      it(`${type} treats ${key} as its table says`, () => {
        const change = lifecycle.diff(kind, { [key]: "before" }, { [key]: "after" });
        assert.equal(change.changes, !field.writeOnly);
        assert.equal(change.replaces.includes(key), field.replaces === true);
        const removed = changeBody(kind.fields, {}, new Set([key]));
        const clears = field.wire !== null && !field.replaces && "clear" in field;
        assert.deepEqual(Object.values(removed), clears ? [field.clear] : []);
        // what is given by mistake is refused, as a failure of that argument
        const { failures } = lifecycle.check(kind, undefined, { [key]: Symbol.iterator }, {});
        if (key !== "value") assert.ok(failures.some(({ property }) => property === key));
        // a secret is no part of a message
        const shown = lifecycle.check(kind, undefined, { [key]: ["t0p-secret"] }, { secrets: [key] });
        assert.doesNotMatch(JSON.stringify(shown.failures), /t0p-secret/);
      });
    }

    it(`${type} sends nothing that isn't given`, () => {
      assert.deepEqual(creationBody(kind.fields, {}), {});
      assert.deepEqual(changeBody(kind.fields, {}, new Set()), {});
    });

    it(`${type} says of what goes without saying what its rules allow`, () => {
      for (const [key, value] of Object.entries(initialValues(kind.fields))) {
        const { failures } = lifecycle.check(kind, undefined, { [key]: value }, {});
        assert.deepEqual(
          failures.filter(({ property }) => property === key),
          [],
        );
      }
    });
  }
});
