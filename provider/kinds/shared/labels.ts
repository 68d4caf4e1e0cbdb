/** Prefect's labels. */
export type Labels = Record<string, string | number | boolean>;

/** What begins the labels that nobody asks for: Prefect's own, such as `prefect.flow.id`, and ours. */
const unasked = ["prefect.", "meta-prefect."];

/** An object's labels without those that Prefect and this package add by themselves. */
export function askedLabels(server: object = {}, asked: object = {}): Labels {
  const isAsked = (key: string) => key in asked || !unasked.some((begin) => key.startsWith(begin));
  return Object.fromEntries(Object.entries(server).filter(([key]) => isAsked(key)));
}
