import type { Source, Span } from "../yaml/source";

/** A comment of a YAML file. */
interface Comment {
  offset: number;
  /** Without `#` and the space after it. */
  text: string;
}

/** A part of a file at which comments stand. */
export interface Anchor<Owner> {
  /** Where the part begins. */
  span: Span;
  owner: Owner;
}

/** What `prefect init` writes at the head of its sections. */
const ofInit = [
  /^Welcome to your prefect\.yaml file! You can use this file for/,
  /^storing and managing (configuration|and)/,
  /^configuration for deploying your flows\. We recommend/,
  /^We recommend committing this file to source control/,
  /^(committing this file to source )?control,? along with your flow code/,
  /^with your flow code\.?$/,
  /^Generic metadata about this project$/,
  /^(build|push|pull) section allows you to /,
  /^is uploaded to remote locations$/,
  /^this project in remote locations$/,
  /^the deployments section allows you to provide configuration/,
  /^for deploying flows$/,
  /^(base metadata|flow-specific fields|infra-specific fields)$/,
];

/**
 * The comments of a file, by what they are about: what stands in their line before them, else what comes next. Those that `prefect init` writes of
 * its sections are left out, and so are lines without a word.
 *
 * @param anchors in the order of the file
 */
export function commentsAt<Owner>(source: Source, anchors: readonly Anchor<Owner>[]): Map<Owner, string[]> {
  const found = new Map<Owner, string[]>();
  for (const { offset, text } of commentsIn(source.text)) {
    if (text.trim() === "" || ofInit.some((pattern) => pattern.test(text.trim()))) continue;
    const owner = ownerOf(offset, source, anchors);
    if (owner !== undefined) found.set(owner, [...(found.get(owner) ?? []), text]);
  }
  return found;
}

function ownerOf<Owner>(offset: number, source: Source, anchors: readonly Anchor<Owner>[]): Owner | undefined {
  const lineStart = source.text.lastIndexOf("\n", offset - 1) + 1;
  const isAlone = source.text.slice(lineStart, offset).trim() === "";
  const before = anchors.filter(({ span }) => span.start < offset).at(-1);
  if (!isAlone) return before?.owner;
  return (anchors.find(({ span }) => span.start > offset) ?? before)?.owner;
}

/** A comment as YAML's grammar has it, which a `#` within a text is not. */
function commentsIn(text: string): Comment[] {
  const { Lexer } = require("yaml") as typeof import("yaml");
  const comments: Comment[] = [];
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    // the marks of the lexer that stand for nothing in the text
    const isMark = token === "\u0002" || token === "\u0018" || token === "\u001f";
    if (token.startsWith("#")) comments.push({ offset, text: token.slice(1).replace(/^ /, "").trimEnd() });
    if (!isMark) offset += token.length;
  }
  return comments;
}
