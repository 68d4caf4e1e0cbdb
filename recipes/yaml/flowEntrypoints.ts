import * as path from "node:path";
import { messageOf } from "../../provider/api/errors";
import { nearest } from "../../provider/engine/nearest";
import { type FlowsBelow, flowsBelow, type FoundFlow } from "../../provider/program/flows/findFlows";

/** How many names a message lists. */
const mostNamed = 10;

/** The flows below a file's folder, which are looked for when the first deployment has no entrypoint of its own. */
export class FlowEntrypoints {
  private found: FlowsBelow | { problem: string } | undefined;

  constructor(private readonly folder: string) {}

  /**
   * Where the flow of a name is.
   *
   * @param below the folder that the entrypoint is to be relative to, as it is written
   */
  entrypoint(name: string, below: unknown = "."): string | { mistake: string } {
    const found = (this.found ??= this.search());
    if ("problem" in found) return { mistake: found.problem };
    const [first, ...others] = found.flows.filter((flow) => flow.name === name);
    if (!first) return { mistake: this.missing(name, found) };
    if (others.length > 0) {
      const all = [first, ...others].map(({ entrypoint }) => entrypoint).join(", ");
      return { mistake: `flow "${name}" is in several places: ${all}; give the entrypoint of the one that is meant` };
    }
    const file = path.relative(path.resolve(this.folder, String(below)), path.join(this.folder, first.file));
    if (!file.startsWith("..") && !path.isAbsolute(file)) return `${file.split(path.sep).join("/")}:${first.function}`;
    return {
      mistake: `flow "${name}" is in ${first.file}, which isn't below path "${String(below)}"; correct the path, or remove it`,
    };
  }

  private search(): FlowsBelow | { problem: string } {
    try {
      return flowsBelow(this.folder);
    } catch (error) {
      return { problem: `${messageOf(error)}; or give each deployment its entrypoint` };
    }
  }

  private missing(name: string, { flows, unread }: FlowsBelow): string {
    const names = [...new Set(flows.flatMap((flow) => flow.name ?? []))];
    const function_ = flows.find((flow) => flow.function === name);
    const meant = function_?.name ?? nearest(name, names);
    const sentences = [
      `there is no flow "${name}" in the Python files below this folder`,
      meant === undefined ? "" : `did you mean ${meant}?`,
      names.length === 0 ? "no flow was found" : `found were ${listed(names)}`,
      ...this.hints(flows, unread),
    ];
    return `${sentences.filter((text) => text !== "").join("; ")}; correct the name, or give the deployment its entrypoint`;
  }

  private hints(flows: FoundFlow[], unread: FlowsBelow["unread"]): string[] {
    const unnamed = flows.filter((flow) => flow.name === undefined).map(({ entrypoint }) => entrypoint);
    return [
      unnamed.length === 0
        ? ""
        : `the name of ${listed(unnamed)} isn't a plain text in @flow(name=...), so that it is known by its entrypoint alone`,
      unread.length === 0 ? "" : `${listed(unread.map(({ file, error }) => `${file} (${error})`))} can't be read`,
    ];
  }
}

function listed(names: string[]): string {
  const others = names.length - mostNamed;
  return names.slice(0, mostNamed).join(", ") + (others > 0 ? ` and ${others} more` : "");
}
