import { visible } from "../../provider/api/visible";
import type { Source, Span } from "../yaml/source";
import type { Note } from "./converted";

/** What there is to tell of a prefect.yaml, as it is found; each once. */
export class Notes {
  private readonly found = new Map<string, { span: Span; message: string }>();

  constructor(private readonly source: Source) {}

  add(span: Span, message: string): void {
    this.found.set(`${span.start} ${message}`, { span, message });
  }

  /** All, in their order in the file. */
  get all(): Note[] {
    return [...this.found.values()]
      .sort((a, b) => a.span.start - b.span.start)
      .map(({ span, message }) => ({ place: this.source.place(span), message: visible(message) }));
  }
}
