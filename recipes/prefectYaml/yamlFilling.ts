import { isCredential } from "../../processes/environment";
import { isKey } from "../yaml/interpolation";
import type { Span } from "../yaml/source";
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
  /** What there is to tell of the places that name it, if it is written there. */
  told: { span: Span; message: string }[];
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
      return (
        written + this.kept(part, text, "right after a $ can't be written in meta_prefect.yaml; it stays as it is")
      );
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
    if (kind === "env") return this.variable(placeholder, place, text);
    if (name.startsWith("ctx.") || place.in === "pull" || (place.in === "trigger parameters" && kind === "standard"))
      return full;
    if (kind === "standard" && /^[A-Za-z_]\w*$/.test(name)) return `\${env:${name}}`;
    const given = "the stack's configuration gives it";
    const why = kind === "standard" ? `${this.outputs.whyUnknown(name)}, so that ${given}` : given;
    return this.configured(placeholder, text, why);
  }

  /** What stands for a variable of the environment. One of a pull step may be the worker's alone, and a credential isn't to be seen in the state. */
  private variable(placeholder: Placeholder, place: Place, text: Scalar): string {
    const name = bareName(placeholder);
    if (!isKey("env", name)) {
      return this.kept(placeholder, text, "names a variable that meta_prefect.yaml can't name; it stays as it is");
    }
    const mayBeSecret = place.in === "trigger parameters" || (place.in === "deployment" && place.isFree);
    const isSecret = isCredential(name.toUpperCase(), "");
    if (place.in === "pull") {
      const other = isSecret ? `\${config:${name}}, set by: ${settingCommand(name, true)}` : `\${env:${name}}`;
      return this.kept(
        placeholder,
        text,
        `stays for each run, whose worker must have the variable; for what the machine has that deploys, write ${other}`,
      );
    }
    if (!isSecret || !mayBeSecret) return `\${env:${name}}`;
    return this.configured(placeholder, text, "it looks like a credential, which the stack's configuration encrypts");
  }

  /** A placeholder that stays as it is, which is noted. */
  private kept({ full }: Placeholder, { span }: Scalar, why: string): string {
    this.file.notes.add(span, `${full} ${why}`);
    return full;
  }

  /** What the stack's configuration gives. */
  private configured(placeholder: Placeholder, { span }: Scalar, why: string): string {
    const { key, isSecret, told } = this.settingOf(placeholder);
    const message = `${placeholder.full} becomes \${config:${key}}: ${why}; run: ${settingCommand(key, isSecret)}`;
    told.push({ span, message });
    return `\${config:${key}}`;
  }

  /** The configuration's key for what a placeholder names; two that differ get two. */
  private settingOf(placeholder: Placeholder): Setting {
    const { kind, name } = placeholder;
    const known = [...this.settings.values()].find(({ source }) => source === name);
    if (known) return known;
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
    const key = keys.find((one) => !this.settings.has(one)) ?? `${keys[1]}-${this.settings.size}`;
    const setting = { key, isSecret: kind === "block" || kind === "env", source: name, told: [] };
    this.settings.set(key, setting);
    return setting;
  }
}

function settingCommand(key: string, isSecret: boolean): string {
  return `meta-prefect pulumi config set ${isSecret ? "--secret " : ""}${key} <value>`;
}

/** A text in which nothing is filled in. */
function verbatim(text: string): string {
  return text.replaceAll("${", () => "$${");
}
