import assert from "node:assert/strict";
import * as path from "node:path";
import { readFlow } from "../../../../provider/program/flows/flowFacts";
import { temporaryFolder } from "../../../support/environment";

describe("a path that isn't there", () => {
  const rows: [what: string, folder: string, reason: RegExp][] = [
    [
      "with ~",
      "~/my flows/etl",
      /etl does not exist, as only a shell expands ~: write path\.join\(os\.homedir\(\), "my flows", "etl"\); correct the path/,
    ],
    ["that is ~", "~", /does not exist, as only a shell expands ~: write path\.join\(os\.homedir\(\)\); /],
    ["with a shell's variable", "$HOME/flows", /as only a shell expands \$HOME: write process\.env\.HOME; /],
    ["with a shell's variable in braces", "${FLOWS}", /as only a shell expands \$FLOWS: write process\.env\.FLOWS; /],
    [
      "with backslashes",
      ".\\flows",
      /flows does not exist, as folders are separated by \/, not by \\; correct the path/,
    ],
    ["without anything special", "a~b/$", /\$ does not exist; correct the path or the entrypoint/],
  ];
  for (const [what, folder, reason] of rows) {
    it(`${what} is known for what it is`, () => {
      const place = path.join(temporaryFolder(), folder);
      const reading = readFlow(place, "flows.py:f");
      assert.match("error" in reading ? reading.error : "", reason);
    });
  }

  it("is known for what it is in an entrypoint", () => {
    const reading = readFlow(temporaryFolder(), "etl\\flows.py:f");
    assert.match("error" in reading ? reading.error : "", /flows\.py does not exist, as folders are separated by \//);
  });
});
