/**
 * The known word that was probably meant by one that isn't known: the one with the fewest slips of the pen between them. Upper and
 * lower case are the same; when more than a third of the letters differ, none was meant.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const slips = (other: string) => slipsBetween(word.toLowerCase(), other.toLowerCase());
  const ranked = known.map((other) => ({ other, distance: slips(other), most: mostSlips(word, other) }));
  const near = ranked.filter(({ distance, most }) => distance <= most);
  return near.reduce<(typeof near)[number] | undefined>(
    (best, one) => (best && best.distance <= one.distance ? best : one),
    undefined,
  )?.other;
}

function mostSlips(a: string, b: string): number {
  return Math.min(3, Math.floor(Math.max(a.length, b.length) / 3));
}

/** How many letters are missing, added, wrong or swapped with their neighbour (the optimal string alignment distance). */
function slipsBetween(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (row: number[], j: number) => row[j] ?? Infinity;
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(row, j - 1) + 1,
        at(last, j) + 1,
        at(last, j - 1) + (isSame ? 0 : 1),
        isSwapped ? at(before, j - 2) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return at(last, b.length);
}
