import type { PrefectClient } from "../../provider/api/client";
import type { Log } from "../../provider/api/prefect";

/** By how much an entry may arrive later than one that was written after it, in milliseconds; what is later still comes at the end. */
const overlap = 30_000;

/** The log of a run, each entry once and as its page comes: one that arrives late stands among earlier ones. */
export class RunLogs {
  private readonly seen = new Set<string>();
  /** When the latest of them was written, in milliseconds since 1970. */
  private latest = 0;

  constructor(
    private readonly client: PrefectClient,
    private readonly run: string,
  ) {}

  /** The entries that have come since, without reading again all that a long run has written. */
  more(): AsyncGenerator<Log> {
    return this.unseen(
      this.latest === 0 ? {} : { timestamp: { after_: new Date(this.latest - overlap).toISOString() } },
    );
  }

  /** All that weren't seen. */
  missed(): AsyncGenerator<Log> {
    return this.unseen({});
  }

  private async *unseen(filter: object): AsyncGenerator<Log> {
    const logs = { flow_run_id: { any_: [this.run] }, ...filter };
    for await (const page of this.client.pages<Log>("/logs/filter", { logs, sort: "TIMESTAMP_ASC" })) {
      for (const log of page.filter(({ id }) => !this.seen.has(id))) {
        this.seen.add(log.id);
        this.latest = Math.max(this.latest, Date.parse(log.timestamp));
        yield log;
      }
    }
  }
}
