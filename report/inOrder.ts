/** In an order of their own, since Pulumi's is that in which answers came: by what they are called, which several may be, then by URN. */
export function inOrder<One extends { urn: string }>(all: One[], nameOf: (one: One) => string): One[] {
  const keyed = all.map((one) => ({ one, key: `${nameOf(one)}\n${one.urn}` }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ one }) => one);
}
