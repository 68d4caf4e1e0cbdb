import { messageOf } from "../../provider/api/errors";
import { failureMarkdown } from "../../report/markdown/failure";
import { sayLines } from "../terminal/say";
import { type HostName, type Posting, postReport, type Subject } from "./postReport";
import { withoutSecrets } from "./withoutSecrets";

/**
 * Says on the pull request that its preview failed, in place of what an earlier one said. That it can't be said there is said on standard error,
 * as the failure itself is what the command ends with.
 *
 * @param subject finds the stack that the preview was of
 */
export async function postFailure(
  name: HostName,
  subject: () => Subject,
  message: string,
  posting: Posting = {},
): Promise<void> {
  const { environment = process.env, say = sayLines } = posting;
  try {
    const of = subject();
    const report = () => ({
      markdown: failureMarkdown(of, withoutSecrets(message, environment)),
      hasChanges: false,
      isBroken: true,
      hasFailed: true,
    });
    await postReport(name, of, report, posting);
  } catch (error) {
    say(`the failure isn't posted: ${messageOf(error)}`);
  }
}
