/** A project's name for Pulumi, made of a text: letters, digits and `_.-`, at most 100. */
export function projectName(text: string, fallback: string): string {
  const name = text.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "");
  return name.slice(0, 100) || fallback;
}
