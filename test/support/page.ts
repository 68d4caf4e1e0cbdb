import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../tools/root";

/** A code block of a page. */
export interface CodeBlock {
  language: string;
  text: string;
  /** The file that it shows: what the line above it names, as in `index.ts`, with what follows on that line but for a part in brackets. */
  file: string | undefined;
  /** The heading that it stands below. */
  heading: string;
  /** Number of the line at which its text begins. */
  line: number;
}

/** A page of the documentation: a Markdown file of the repository. */
export class Page {
  readonly text: string;
  readonly blocks: readonly CodeBlock[];

  /** @param file its path in the repository, such as `docs/README.md` */
  constructor(readonly file: string) {
    this.text = fs.readFileSync(path.join(root, file), "utf8");
    this.blocks = blocksOf(this.text);
  }

  /** Every page that people read, but for those of Pulumi's and npm's modules. */
  static all(): Page[] {
    const below = fs.readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" });
    const pages = below.filter((name) => name.endsWith(".md")).map((name) => path.join("docs", name));
    const others = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "python/README.md"];
    return [...others, ...pages.sort()].map((file) => new Page(file));
  }

  /** The files that it shows, by their names. */
  get files(): Map<string, string> {
    return new Map(this.blocks.flatMap(({ file, text }) => (file === undefined ? [] : [[file, text] as const])));
  }

  /** The anchors of its headings, as GitHub makes them. */
  get anchors(): Set<string> {
    const anchors = new Set<string>();
    for (const [, title = ""] of this.prose.matchAll(/^#+ (.*)$/gm)) {
      const anchor = anchorOf(title);
      let [unused, count] = [anchor, 0];
      while (anchors.has(unused)) unused = `${anchor}-${++count}`;
      anchors.add(unused);
    }
    return anchors;
  }

  /** Its text with a line in place of each line of a code block. */
  get prose(): string {
    return this.text.replace(/^```.*?^```$/gms, (block) => block.replace(/.+/g, ""));
  }

  /** The targets of its links. */
  get links(): string[] {
    const text = this.prose.replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ""));
    const inline = [...text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    const referred = [...text.matchAll(/^\[[^\]]+\]: (\S+)$/gm)].map(([, target = ""]) => target);
    return [...inline, ...referred];
  }
}

function blocksOf(text: string): CodeBlock[] {
  const lines = text.split("\n");
  const blocks: CodeBlock[] = [];
  let heading = "";
  for (let i = 0; i < lines.length; i++) {
    heading = /^#+ (.*)$/.exec(lines[i] ?? "")?.[1] ?? heading;
    const fence = /^```(\w*)$/.exec(lines[i] ?? "");
    if (!fence) continue;
    const first = i + 1;
    while (lines[++i] !== "```") if (i >= lines.length) throw new Error(`line ${first}: the code block has no end`);
    blocks.push({
      language: fence[1] ?? "",
      text: lines.slice(first, i).join("\n") + "\n",
      file: fileNamedIn(lines[first - 3]),
      heading,
      line: first + 1,
    });
  }
  return blocks;
}

function fileNamedIn(line: string | undefined): string | undefined {
  const [, file, more = ""] = /^`([\w.-]+(?:\/[\w.-]+)*\.\w+)`(.*)$/.exec(line ?? "") ?? [];
  return file === undefined ? undefined : `${file}${more.replace(/ ?\(.*/, "")}`;
}

function anchorOf(title: string): string {
  const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\\/g, "");
  return plain
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, "")
    .replaceAll(" ", "-");
}
