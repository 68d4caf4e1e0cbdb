import assert from "node:assert/strict";
import { cpuProblem, memoryProblem } from "../../../components/eks/quantity";

describe("an amount of CPU", () => {
  for (const amount of [0.8, 2, "500m", "0.5", ".5", "1", "1e1", "1k"]) {
    it(`may be ${JSON.stringify(amount)}`, () => assert.equal(cpuProblem(amount), undefined));
  }
  for (const amount of [0, -1, NaN, "two", "", "512Mi", "1 ", "0.0001", "5x", null, {}, true]) {
    it(`can't be ${JSON.stringify(amount)}`, () => assert.match(cpuProblem(amount) ?? "", /number of CPUs above 0/));
  }
});

describe("an amount of memory", () => {
  for (const amount of ["1.5Gi", "512Mi", 1073741824, "2G", "1e9", "500000k"]) {
    it(`may be ${JSON.stringify(amount)}`, () => assert.equal(memoryProblem(amount), undefined));
  }
  for (const amount of ["0", "lots", "1.5GB", "1,5Gi", "-1Gi", "", undefined, []]) {
    it(`can't be ${JSON.stringify(amount)}`, () =>
      assert.match(memoryProblem(amount) ?? "", /must be an amount of memory/));
  }
  for (const amount of [1.5, "512m", "2k", "0.001Gi"]) {
    it(`lacks a unit when it is ${JSON.stringify(amount)}`, () =>
      assert.match(memoryProblem(amount) ?? "", /bytes, too little to run Python; give a unit/));
  }
});
