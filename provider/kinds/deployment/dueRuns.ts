import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { writeAtomically } from "../../../processes/atomicWrite";
import { stateFolder } from "../../../processes/stateFolder";
import type { PrefectClient } from "../../api/client";
import { messageOf } from "../../api/errors";
import { path as urlPath } from "../../api/path";
import type { DeploymentResponse, FlowRunResponse } from "../../api/prefect";
import { nothing } from "../../api/shape";

/** What a change of a deployment is about to delete. */
interface Endangered {
  /** When the change began, on the server's clock; ISO 8601. */
  since: string;
  /** When runs were due that hadn't begun then, and that the change doesn't mean to delete. */
  late: string[];
}

/** After how many milliseconds it is too late to make runs that an interrupted change has deleted. */
const tooLate = 24 * 60 * 60_000;

/**
 * The runs of a deployment that are due while it is changed. Prefect deletes the future runs at each such request, and its scheduler makes new
 * ones some seconds later, from then on. So the runs are asked for at once, from just before the first request; those that are there are not
 * made twice, as Prefect gives each a key of its schedule and time (models/deployments.py). Also after a failure: what was deleted, was.
 * And after a crash: what the change is about to delete is written down first, for whoever comes next on this machine.
 *
 * Nothing is asked for a deployment that is paused, as Prefect would make its runs nevertheless; Prefect itself leaves out inactive schedules.
 */
export class DueRuns {
  private readonly file: string;

  constructor(
    private readonly client: PrefectClient,
    private readonly id: string,
  ) {
    const name = createHash("sha256")
      .update(JSON.stringify([client.connection.apiUrl, id]))
      .digest("hex");
    this.file = path.join(stateFolder("due-runs"), `${name.slice(0, 32)}.json`);
  }

  /** Does what changes the deployment, so that no run is lost that is due meanwhile. */
  async during<T>(change: () => Promise<T>): Promise<T> {
    await this.restore();
    this.write({ since: this.client.serverTime().toISOString(), late: [] });
    let result: T;
    try {
      result = await change();
    } catch (error) {
      const since = this.written()?.since;
      await this.restore().catch((second: unknown) =>
        console.error(`runs that were due since ${since} are made by the next change: ${messageOf(second)}`),
      );
      throw error;
    }
    await this.restore();
    return result;
  }

  /**
   * Runs that should have begun by now and haven't, which the next request takes along.
   *
   * @param isMeant whether it is to delete those of a schedule
   */
  async keepLate(isMeant: (scheduleId: string) => boolean): Promise<void> {
    const endangered = this.written();
    if (!endangered) return;
    const runs = await this.client.filter<FlowRunResponse>("/flow_runs/filter", {
      deployments: { id: { any_: [this.id] } },
      flow_runs: {
        state: { type: { any_: ["SCHEDULED"] } },
        next_scheduled_start_time: { before_: this.client.serverTime().toISOString() },
      },
    });
    const late = runs
      .filter(({ auto_scheduled, run_count }) => auto_scheduled && run_count === 0)
      .filter(({ created_by }) => !created_by?.id || !isMeant(created_by.id))
      .flatMap(({ expected_start_time: at }) => at ?? []);
    this.write({ ...endangered, late: [...new Set(late)] });
  }

  /** Makes the runs again that a change has deleted and didn't mean to, also one that was interrupted. */
  async restore(): Promise<void> {
    const endangered = this.written();
    if (!endangered) return;
    const { since, late } = endangered;
    if (this.client.serverTime().getTime() - Date.parse(since) < tooLate) await this.schedule(since, late);
    this.forget();
  }

  /** The deployment is gone, or has all its runs. */
  forget(): void {
    fs.rmSync(this.file, { force: true });
  }

  private async schedule(since: string, late: string[]): Promise<void> {
    const deployment = await this.client.find<DeploymentResponse>(urlPath`/deployments/${this.id}`);
    if (!deployment || deployment.paused || !deployment.schedules.some(({ active }) => active)) return;
    const schedule = urlPath`/deployments/${this.id}/schedule`;
    for (const at of late) {
      await this.client.post(schedule, { start_time: at, end_time: at, min_runs: 1, max_runs: 1 }, nothing);
    }
    await this.client.post(schedule, { start_time: since }, nothing);
  }

  private write(endangered: Endangered): void {
    fs.mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
    writeAtomically(this.file, JSON.stringify(endangered));
  }

  private written(): Endangered | undefined {
    try {
      return fs.existsSync(this.file) ? (JSON.parse(fs.readFileSync(this.file, "utf8")) as Endangered) : undefined;
    } catch {
      // one that is broken says nothing
      return undefined;
    }
  }
}
