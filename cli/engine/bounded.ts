/** How many objects are named in one request. */
const mostNamed = 100;

/** The first objects of some pages, and whether there are more. */
export async function firstOf<T>(pages: AsyncGenerator<T[]>, most: number): Promise<{ objects: T[]; isCut: boolean }> {
  const objects: T[] = [];
  for await (const page of pages) {
    objects.push(...page);
    if (objects.length > most) return { objects: objects.slice(0, most), isCut: true };
  }
  return { objects, isCut: false };
}

/** Names or ids, as many at a time as one request names. */
export function batches(all: string[]): string[][] {
  const number = Math.ceil(all.length / mostNamed);
  return Array.from({ length: number }, (_, i) => all.slice(i * mostNamed, (i + 1) * mostNamed));
}
