import { visible } from "../../provider/api/visible";
import { programError } from "../../provider/program/programError";

/** A part of a text: from one offset to before another. */
export interface Span {
  start: number;
  end: number;
}

/** How much of a long line is shown on each side of what is wrong. */
const shownBefore = 100;
const shownAfter = 60;

/** The text of a file, whose parts are known by line and column. */
export class Source {
  private readonly lines: number[];

  /** @param file what messages call it */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.lines = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  }

  /** Line and column, both from 1 on. */
  position({ start }: Span): { line: number; column: number } {
    let [low, high] = [0, this.lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.lines[middle] ?? 0) <= start) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: start - (this.lines[low] ?? 0) + 1 };
  }

  /** Where a part is, as editors and terminals know it: `meta_prefect.yaml:7:15`. */
  place(span: Span): string {
    const { line, column } = this.position(span);
    return `${this.file}:${line}:${column}`;
  }

  /** The whole line in which a part starts. */
  line(span: Span): string {
    const { line } = this.position(span);
    return this.text.slice(this.lines[line - 1], this.lines[line]).replace(/[\r\n]+$/, "");
  }

  /** The line of a part, with a caret below where it starts. */
  excerpt(span: Span): string {
    const { column } = this.position(span);
    const whole = this.line(span);
    const before = whole.slice(0, column - 1);
    const after = whole.slice(column - 1);
    const shown = before.length > shownBefore ? `...${before.slice(-shownBefore)}` : before;
    const rest = after.length > shownAfter ? `${after.slice(0, shownAfter)}...` : after;
    return `  ${visible(shown + rest)}\n  ${" ".repeat(visible(shown).length)}^`;
  }
}

/** Something that is wrong in a file, and what to do. */
export interface Mistake {
  span: Span;
  message: string;
  /** What is taken in its place where the rest of the file counts all the same; without it, nothing is. */
  instead?: string;
}

/** What is wrong in a file, as it is found. */
export class Mistakes {
  private readonly found = new Map<string, Mistake>();

  constructor(private readonly source: Source) {}

  add(span: Span, message: string, instead?: string): void {
    this.found.set(`${span.start} ${message}`, { span, message, instead });
  }

  /** Whether something is wrong with what starts where a part does. */
  areAt({ start }: Span): boolean {
    return [...this.found.values()].some(({ span }) => span.start === start);
  }

  /** All of them, in their order in the file. */
  get all(): { place: string; message: string; instead?: string }[] {
    return this.inOrder.map(({ span, message, instead }) => ({
      place: this.source.place(span),
      message: visible(message),
      instead,
    }));
  }

  private get inOrder(): Mistake[] {
    return [...this.found.values()].sort((a, b) => a.span.start - b.span.start);
  }

  get areNone(): boolean {
    return this.found.size === 0;
  }

  /** @throws RunError that says all of them, in their order in the file */
  throwAny(): void {
    if (this.areNone) return;
    const texts = this.inOrder.map(
      ({ span, message }) => `${this.source.place(span)}: ${visible(message)}\n${this.source.excerpt(span)}`,
    );
    throw programError(texts.join("\n"));
  }
}
