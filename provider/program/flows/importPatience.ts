/** How long the flow files of a program may take to be imported, in seconds. */
export class ImportPatience {
  private spent = 0;
  private isSaid = false;

  constructor(
    private readonly each = 30,
    private readonly all = 120,
  ) {}

  /** What the next file may take: nothing when it is used up. */
  get left(): number {
    return Math.max(0, Math.ceil(Math.min(this.each, this.all - this.spent)));
  }

  /** Calls something whose time counts. */
  during<Value>(call: () => Value): Value {
    const start = performance.now();
    try {
      return call();
    } finally {
      this.spent += (performance.now() - start) / 1_000;
    }
  }

  /** That it is used up, when it hasn't been said before. */
  warning(): string | undefined {
    if (this.isSaid) return undefined;
    this.isSaid = true;
    return (
      `importing flows has taken ${this.all} s, so the rest of them are read from their text alone, and types and ` +
      "defaults may be missing; preview again, as what was imported is kept, or find what their files wait for"
    );
  }
}
