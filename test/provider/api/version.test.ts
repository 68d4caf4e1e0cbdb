import assert from "node:assert/strict";
import { requireVersion } from "../../../provider/api/version";

describe("the server's version", () => {
  for (const version of ["3.2.5", "3.8.8", "3.10.0", "4.0.0", "3.8.4.dev6", "3.9.0+12.gabc", "unknown"]) {
    it(`may be ${version}`, () => requireVersion("http://server/api", version));
  }
  for (const version of ["2.20.9", "3.1.15", "3.2.4", "0.8.4"]) {
    it(`can't be ${version}`, () =>
      assert.throws(
        () => requireVersion("http://server/api", version),
        new RegExp(
          `server at http://server/api is version ${version}, which is not supported; upgrade it to 3.2.5 or later`,
        ),
      ));
  }
});
