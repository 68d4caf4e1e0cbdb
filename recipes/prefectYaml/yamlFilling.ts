import type { Scalar } from "../yaml/tree";
import type { Filling, Place } from "./filling";
import type { Outputs } from "./outputs";
import { bareName, partsOf, type Placeholder, pythonText, valueAt } from "./placeholders";
import type { PrefectFile } from "./prefectFile";

/** A key of the stack's configuration, and what of the prefect.yaml it stands for. */
export interface Setting {
  key: string;
  source: string;
  isSecret: boolean;
}

/** Turns the templates of a prefect.yaml into those of a meta_prefect.yaml, which are filled in at each deploy. */
export class YamlFilling implements Filling {
  constructor(
    private readonly file: PrefectFile,
    private readonly settings: Map<string, Setting>,
    readonly outputs: Outputs,
  ) {}

  text(text: Scalar & { value: string }, place: Place): unknown {
    const parts = partsOf(text.value);
    const [only] = parts;
    if (parts.length === 1 && typeof only === "object") {
      const value = this.knownValue(only);
      // what a step gives may be more than a text
      if (value !== undefined) return value;
    }
    return parts.reduce<string>((written, part) => {
      if (typeof part === "string") return written + verbatim(part);
      const filled = this.filled(part, place, text);
      if (!filled.startsWith("${") || !written.endsWith("$")) return written + filled;
      this.file.notes.add(
        text.span,
        `${part.full} right after a $ can't be written in meta_prefect.yaml; it stays as it is`,
      );
      return written + part.full;
    }, "");
  }

  /** What a step gives, which is in the notation of meta_prefect.yaml as its inputs are. */
  private knownValue({ kind, name }: Placeholder): unknown {
    return kind === "standard" ? valueAt(this.outputs.values, name) : undefined;
  }

  /** What stands for a placeholder in a meta_prefect.yaml. */
  private filled(placeholder: Placeholder, place: Place, text: Scalar): string {
    const { kind, name, full } = placeholder;
    const known = this.knownValue(placeholder);
    if (known !== undefined) return pythonText(known);
    if (kind === "env") return `\${env:${bareName(placeholder)}}`;
    if (name.startsWith("ctx.") || place.in === "pull" || (place.in === "trigger parameters" && kind === "standard"))
      return full;
    if (kind === "standard" && /^[A-Za-z_]\w*$/.test(name)) return `\${env:${name}}`;
    const { key, isSecret } = this.settingOf(placeholder);
    const command = `meta-prefect pulumi config set ${isSecret ? "--secret " : ""}${key} <value>`;
    const why =
      kind === "standard"
        ? `${this.outputs.whyUnknown(name)}, so that the stack's configuration gives it`
        : "the stack's configuration gives it";
    this.file.notes.add(text.span, `${full} becomes \${config:${key}}: ${why}; run: ${command}`);
    return `\${config:${key}}`;
  }

  /** The configuration's key for what a placeholder names; two that differ get two. */
  private settingOf(placeholder: Placeholder): Setting {
    const { kind, name } = placeholder;
    const parts = bareName(placeholder).split(".");
    // of a block its name says most
    const short = kind === "block" ? parts.slice(1, 2) : parts;
    const keys = [short, parts].map(
      (words) =>
        words
          .join("-")
          .replace(/[^\w-]+/g, "-")
          .replace(/^-+|-+$/g, "") || "value",
    );
    const key =
      keys.find((one) => (this.settings.get(one)?.source ?? name) === name) ?? `${keys[1]}-${this.settings.size}`;
    const setting = { key, isSecret: kind === "block", source: name };
    this.settings.set(key, setting);
    return setting;
  }
}

/** A text in which nothing is filled in. */
function verbatim(text: string): string {
  return text.replaceAll("${", () => "$${");
}
