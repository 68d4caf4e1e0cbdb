import assert from "node:assert/strict";
import { cpuProblem, memoryProblem } from "../../components/quantity";

describe("an amount of CPU", () => {
  for (const amount of [0.8, 2, "500m", "0.5", ".5", "1", "1e1", "1k", "1m", 0.001, 1024, "1024"]) {
    it(`may be ${JSON.stringify(amount)}`, () => assert.equal(cpuProblem(amount), undefined));
  }
  const allowed = 'must be a number of CPUs above 0, such as 0.5, 2 or "500m"';
  for (const amount of [
    0,
    -1,
    NaN,
    "two",
    "",
    "512Mi",
    "1 ",
    "0.",
    "5x",
    null,
    {},
    true,
    1025,
    "1G",
    "1e4",
    Infinity,
  ]) {
    it(`can't be ${JSON.stringify(amount)}`, () => assert.equal(cpuProblem(amount), allowed));
  }
  for (const amount of ["0.0001", 0.0009, "0.9m", "1e-4"]) {
    it(`is too little when it is ${JSON.stringify(amount)}`, () =>
      assert.equal(cpuProblem(amount), `${allowed}, and at least "1m"`));
  }
});

describe("an amount of memory", () => {
  for (const amount of ["1.5Gi", "512Mi", 1073741824, "2G", "1e9", "500000k", "16Mi", 16777216, "16384Ki"]) {
    it(`may be ${JSON.stringify(amount)}`, () => assert.equal(memoryProblem(amount), undefined));
  }
  for (const amount of ["0", "lots", "1.5GB", "1,5Gi", "-1Gi", "", undefined, []]) {
    it(`can't be ${JSON.stringify(amount)}`, () =>
      assert.equal(memoryProblem(amount), 'must be an amount of memory above 0, such as "512Mi" or "1.5Gi"'));
  }
  for (const amount of [1.5, 512, "512", "512m", "2k", "0.001Gi", "15.9Mi", 16777215, "16383Ki"]) {
    it(`is too little when it is ${JSON.stringify(amount)}`, () =>
      assert.equal(
        memoryProblem(amount),
        'must be at least "16Mi", such as "1.5Gi"; a number without a unit is bytes',
      ));
  }
});
