import assert from "node:assert/strict";
import fc from "fast-check";
import { cpuProblem, memoryProblem, quantityText } from "../../components/quantity";

const suffixes = ["", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;
const whole = fc.integer({ min: 0, max: 9_999 });
/** Decimal numbers as Kubernetes takes them, also without digits on one side of the point. */
const decimal = fc.oneof(
  whole.map(String),
  whole.map((digits) => `${digits}.`),
  whole.map((digits) => `.${digits}`),
  fc.tuple(whole, whole).map(([before, after]) => `${before}.${after}`),
);
/** What is said of what isn't a quantity at all, rather than of how much it is. */
const noQuantity = /must be an amount of memory above 0/;
const isMemory = (text: string) => !noQuantity.test(memoryProblem(text) ?? "");

describe("a quantity", () => {
  it("is any decimal number above 0 with any suffix of Kubernetes, or an exponent of ten", () => {
    const exponent = fc.tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), fc.integer({ min: 0, max: 9 }));
    const suffix = fc.oneof(
      fc.constantFrom(...suffixes),
      exponent.map((parts) => parts.join("")),
    );
    fc.assert(fc.property(decimal, suffix, (number, suffix) => isMemory(number + suffix) === Number(number) > 0));
  });

  it("isn't a number with anything else around it", () => {
    const around = fc.constantFrom(" ", "+", "-", ",", "B", "b", "GB", "GiB", "g", "K", "mi", "_", "e", "0x", "\n");
    fc.assert(fc.property(decimal, around, (number, text) => !isMemory(number + text) && !isMemory(text + number)));
  });

  it("of more memory is allowed where one of less is", () => {
    const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const steps = fc.integer({ min: 0, max: binary.length - 2 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 0, max: 99 }), steps, (number, more, step) => {
        const isAllowed = (text: string) => memoryProblem(text) === undefined;
        const [suffix = "", next = ""] = binary.slice(step);
        if (!isAllowed(`${number}${suffix}`)) return true;
        return isAllowed(`${number + more}${suffix}`) && isAllowed(`${number}${next}`);
      }),
    );
  });

  it("is the same as a number and as the text that Kubernetes gets of it", () => {
    const amount = fc.double({ min: 1e-4, max: 1e13, noNaN: true });
    fc.assert(
      fc.property(amount, (number) => {
        assert.equal(Number(quantityText(number)), number);
        assert.equal(memoryProblem(number), memoryProblem(quantityText(number)));
        assert.equal(cpuProblem(number), cpuProblem(quantityText(number)));
      }),
    );
  });

  it("of CPUs is the same in thousandths", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), (thousandths) => {
        assert.equal(cpuProblem(`${thousandths}m`), cpuProblem(thousandths / 1000));
      }),
    );
  });
});
