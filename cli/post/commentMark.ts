/**
 * What a comment about a stack begins with, by which it is found again: nothing that a reader sees. Two stacks never have the same mark, and no
 * name ends the HTML comment that it is.
 */
export function commentMark({ project, stack }: { project: string; stack: string }): string {
  return `<!-- meta-prefect: ${plain(project)}/${plain(stack)} -->`;
}

/** A name in letters that are nothing but themselves in HTML, the others as in an address; "--" could be an end. */
function plain(name: string): string {
  const encoded = Array.from(Buffer.from(name), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[\w.-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return encoded.join("").replace(/-(?=-)/g, "%2D");
}
