/** Measures what is promised, as ratios within one run; each figure is the median of three. */
const rounds = 3;

/** How long something takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Times two ways in turn, so that both meet the machine in the same mood. */
export async function compare(
  what: string,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
  bar?: number,
): Promise<void> {
  const times: [number, number][] = [];
  for (let round = 0; round < rounds; round += 1) times.push([await ours(), await theirs()]);
  const [a, b] = [median(times.map(([a]) => a)), median(times.map(([, b]) => b))];
  const ratio = median(times.map(([a, b]) => a / b));
  const wanted = bar === undefined ? "" : `, wanted at most ${bar}`;
  console.log(`${what}: ${a.toFixed(2)} s against ${b.toFixed(2)} s, ratio ${ratio.toFixed(2)}${wanted}`);
}
