/**
 * What is known of a property or, when nothing is, of that which should have it; "" is the whole.
 *
 * @param property in Pulumi's notation, such as `schedules[0].timezone`
 */
export function nearestKnown<Known>(property: string, known: (path: string) => Known | undefined): Known | undefined {
  for (let path = property; path !== ""; path = path.replace(/(^|\.)[^.[]*$|\[\d+\]$/, "")) {
    const found = known(path);
    if (found !== undefined) return found;
  }
  return known("");
}
