import { z } from "zod";

/** How much of something Kubernetes gives to a container: a number, or a text such as "500m" or "1.5Gi". */
export type Quantity = number | string;

/** Kubernetes' notation: a decimal number, then a decimal or binary suffix or an exponent of ten. */
const notation = /^(\d+(?:\.\d*)?|\.\d+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;

const factors: Record<string, number> = {
  m: 1e-3,
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** No container runs Python in less, so it is a unit that was forgotten. */
const leastMemory = 16 * 2 ** 20;
/** No machine has more, so it is a unit of memory. */
const mostCpu = 1024;

/** The amount as Kubernetes takes it. */
export function quantityText(quantity: Quantity): string {
  return String(quantity);
}

/** What is wrong with an amount of CPU; undefined when nothing is. */
export function cpuProblem(quantity: unknown): string | undefined {
  const amount = amountOf(quantity);
  const allowed = 'must be a number of CPUs above 0, such as 0.5, 2 or "500m"';
  if (amount === undefined || amount <= 0 || amount > mostCpu) return allowed;
  if (amount < 1e-3) return `${allowed}, and at least "1m"`;
  return undefined;
}

/** What is wrong with an amount of memory; undefined when nothing is. */
export function memoryProblem(quantity: unknown): string | undefined {
  const amount = amountOf(quantity);
  if (amount === undefined || amount <= 0) return 'must be an amount of memory above 0, such as "512Mi" or "1.5Gi"';
  if (amount < leastMemory) return 'must be at least "16Mi", such as "1.5Gi"; a number without a unit is bytes';
  return undefined;
}

function amountOf(quantity: unknown): number | undefined {
  if (typeof quantity !== "number" && typeof quantity !== "string") return undefined;
  const [, digits, suffix = ""] = notation.exec(String(quantity)) ?? [];
  if (digits === undefined) return undefined;
  const amount = Number(digits) * (factors[suffix] ?? Number(`1${suffix}`));
  return Number.isNaN(amount) ? undefined : amount;
}

/** The rule of an argument that is an amount, if it is given, by what says what is wrong with one. */
export function quantityRule(problemOf: (value: unknown) => string | undefined) {
  return z
    .unknown()
    .superRefine((value, context) => {
      const message = value === undefined ? undefined : problemOf(value);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    })
    .optional();
}
