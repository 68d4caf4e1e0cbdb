/** The text of a comment, as a host takes it. */
export interface CommentText {
  text: string;
  /** How many characters of the report have no room; 0 when it is whole. */
  left: number;
}

/**
 * A report behind its mark, cut at the end of a line when it is too long. That it is cut stands before it, as what is cut may be within a block of
 * code.
 *
 * @param limit how long a comment may be, in characters
 */
export function commentText(mark: string, markdown: string, limit: number): CommentText {
  const report = markdown.replace(/\r\n?/g, "\n").replace(/^\n+/, "").trimEnd();
  const whole = `${mark}\n${report}`;
  if (whole.length <= limit) return { text: whole, left: 0 };
  // the count is no longer than that of all characters
  const room = limit - cut(mark, report.length, "").length;
  const part = report.slice(0, Math.max(0, room));
  const lines = part.slice(0, Math.max(0, part.lastIndexOf("\n")));
  // one long line is cut within, but not within a character
  const kept = (lines === "" ? part.replace(/[\uD800-\uDBFF]$/, "") : lines).trimEnd();
  const left = report.length - kept.length;
  return { text: cut(mark, left, kept), left };
}

function cut(mark: string, left: number, kept: string): string {
  return `${mark}\n**This is cut: ${left} characters have no room in a comment. The log of the job shows the whole plan.**\n\n${kept}`;
}

/** Whether a host holds a text already: it may have changed the ends of its lines, or left out what is empty at its end. */
export function isSameText(one: string, other: string): boolean {
  const lines = (text: string) =>
    text
      .replace(/\r\n?/g, "\n")
      .split("\n")
      .map((line) => line.trimEnd());
  return lines(one).join("\n").trimEnd() === lines(other).join("\n").trimEnd();
}
