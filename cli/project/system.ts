import { PrefectError } from "../../provider/api/errors";

/** @throws PrefectError on a system whose processes, signals and links aren't those of POSIX, by which workers and Pulumi are run */
export function checkSystem(platform = process.platform): void {
  if (platform !== "win32") return;
  throw new PrefectError("workers and runs are processes of macOS or Linux; on Windows, call this in WSL");
}
