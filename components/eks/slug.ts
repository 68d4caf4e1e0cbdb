/** A text as a part of a name that Kubernetes and AWS take: lower-case letters, digits and single dashes. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
