import { Names } from "../code";

const longest = 40;

/** The names of a text's anchors, each used once: words of the file in letters, digits, `-` and `_`, which every reader of YAML takes. */
export class AnchorNames {
  private readonly names = new Names();

  /** What several deployments share: the beginning that their names have in common, else their flow, else the first one's name. */
  ofShared(names: readonly string[], flows: readonly string[]): string {
    const flow = flows.every((one) => one === flows[0]) ? flows[0] : "";
    return this.unique(commonStart(names), flow ?? "", names[0] ?? "");
  }

  /** What is repeated below a key, first in a deployment. */
  ofRepeated(key: string, deployment: string): string {
    // a step of Prefect's is known by its last name
    const last = key.split(".").at(-1) ?? "";
    return this.unique(last, `${deployment}-${last}`);
  }

  private unique(...candidates: string[]): string {
    const words = candidates.map(wordOf).filter((word) => /[A-Za-z]/.test(word));
    return this.names.unique(...(words.length > 0 ? words : ["shared"]));
  }
}

function wordOf(text: string): string {
  return text
    .replace(/[^\w-]+/g, "-")
    .slice(0, longest)
    .replace(/^[-_]+|[-_]+$/g, "");
}

/** What texts start with, up to the end of a word. */
function commonStart([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  const isWhole = [first, ...others].every((text) => text.length === length || /[\W_]/.test(text.charAt(length)));
  return isWhole ? first.slice(0, length) : first.slice(0, length).replace(/[^\W_]+$/, "");
}
