import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { cpuProblem, memoryProblem } from "../../components/quantity";
import { packageFolder } from "../../provider/program/flows/pythonPackage";

const amounts = [
  ...[0, -1, 0.0005, 0.001, 0.5, 1, 1.5, 2, 1024, 1025, 1e9],
  ...[
    "",
    " 1",
    "1 ",
    "1\n",
    "0",
    "00.5",
    ".5",
    "5.",
    ".",
    "+1",
    "-1",
    "1e3",
    "1E3",
    "1e-4",
    "1e-3",
    "1e+2",
    "1e",
    "e1",
  ],
  ...[
    "1m",
    "0.5m",
    "500m",
    "1025m",
    "1k",
    "1K",
    "1M",
    "1Mi",
    "15Mi",
    "16Mi",
    "0.015Gi",
    "0.016Gi",
    "16777215",
    "16777216",
  ],
  ...[
    "1.5Gi",
    "1.5GiB",
    "1GB",
    "2G",
    "3T",
    "1P",
    "1E",
    "1Ti",
    "1Pi",
    "1Ei",
    "1,5Gi",
    "1_000",
    "0x10",
    "Infinity",
    "NaN",
  ],
  ...["١", "１", "1e400", "9".repeat(400), null, true, false, [1], { cpu: 1 }],
];

const script = `
import json, sys
from meta_prefect._decorators import cpu_problem, memory_problem
for value in json.load(sys.stdin):
    print(json.dumps([cpu_problem(value) is None, memory_problem(value) is None]))
`;

describe("the amounts that decorators take", () => {
  it("are those that a deployment's arguments take, but for numbers of memory, which are GiB", () => {
    const said = execFileSync("python3", ["-B", "-c", script], {
      cwd: path.dirname(packageFolder),
      input: JSON.stringify(amounts),
      encoding: "utf8",
    });
    const python = said
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as [boolean, boolean]);
    assert.equal(python.length, amounts.length);
    for (const [i, amount] of amounts.entries()) {
      const memory = typeof amount === "number" ? amount * 2 ** 30 : amount;
      const most = typeof amount === "number" && amount > 65_536;
      const expected = [cpuProblem(amount) === undefined, memoryProblem(memory) === undefined && !most];
      assert.deepEqual(python[i], expected, JSON.stringify(amount));
    }
  });
});
