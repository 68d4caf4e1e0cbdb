/** After how many milliseconds a person is told that something is waited for. */
const unnoticed = 5_000;

/**
 * Says on the screen that a server is waited for, once for each outage, and that it answers again. Pulumi shows what a provider or a
 * program prints among its diagnostics.
 */
export class Waiting {
  /** Requests that have waited for long. */
  private late = 0;
  private since = 0;

  constructor(private readonly server: string) {}

  /**
   * A request begins.
   *
   * @param why what it waits for at the moment when somebody is told
   * @param until when it gives up at the latest, as things are at that moment
   * @returns what is called at its end, with whether the server answers
   */
  begin(why: () => string, until: () => Date): (answers: boolean) => void {
    const started = Date.now();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.late += 1;
      if (this.late > 1) return;
      this.since = started;
      const time = until().toTimeString().slice(0, 8);
      console.error(
        `waiting for the Prefect server at ${this.server}: ${why()}; until ${time} at the latest (META_PREFECT__PATIENCE)`,
      );
    }, unnoticed);
    return (answers) => {
      clearTimeout(timer);
      if (!isLate) return;
      this.late -= 1;
      if (this.late > 0 || !answers) return;
      const seconds = Math.round((Date.now() - this.since) / 1_000);
      console.error(`the Prefect server at ${this.server} answers again, after ${seconds} s`);
    };
  }
}
