/**
 * Limits how many requests are in flight to what the server bears: it starts low, halves at each sign that the
 * server is overloaded, and grows by one after a run of answers without such a sign.
 *
 * Prefect's embedded SQLite answers 503 ("database is locked") to writes that meet, and more writers make it slower, so
 * the number in flight follows the server rather than a setting.
 */
export class Pressure {
  private inFlight = 0;
  private calm = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private limit = 1,
    private readonly most = 8,
  ) {}

  /** Runs `work` as soon as the limit allows, in the order of the calls. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await new Promise<void>((admitted) => {
      this.waiting.push(admitted);
      this.admit();
    });
    try {
      const result = await work();
      this.answered();
      return result;
    } finally {
      this.inFlight -= 1;
      this.admit();
    }
  }

  /** The server said that it is overloaded. */
  overloaded(): void {
    this.limit = Math.max(1, Math.floor(this.limit / 2));
    this.calm = 0;
  }

  private answered(): void {
    this.calm += 1;
    if (this.calm < 50 || this.limit >= this.most) return;
    this.limit += 1;
    this.calm = 0;
  }

  private admit(): void {
    while (this.inFlight < this.limit && this.waiting.length > 0) {
      this.inFlight += 1;
      this.waiting.shift()?.();
    }
  }
}
