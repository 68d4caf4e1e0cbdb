import { type Answer, brief, detailOf, type Failure, isAnswer, type Outcome, saidAbsent } from "./answer";
import { AbsenceError, ApiError, ConnectionError } from "./errors";
import { isUndone, mayPass } from "./retry";
import { tlsProblem } from "./tls";
import type { Request } from "./transport";

/**
 * The error of a request that came to nothing.
 *
 * @param isAccepted whether the server has taken the credentials before
 */
export function explain(apiUrl: string, request: Request, outcome: Outcome, isAccepted: boolean): Error {
  return isAnswer(outcome) ? refused(apiUrl, request, outcome, isAccepted) : unanswered(apiUrl, request, outcome);
}

/** Whoever gave an answer, it isn't Prefect's API about what it was asked for. */
export function unbelievable(
  apiUrl: string,
  { method, path }: Pick<Request, "method" | "path">,
  what: string,
): ConnectionError {
  return new ConnectionError(
    `${apiUrl} answered ${method} ${path} with ${what}; nothing was concluded from it. ` +
      "Check prefect:apiUrl (its path usually ends in /api), and whether a proxy stands before the server or asks for a login",
  );
}

function unanswered(apiUrl: string, { method, path, isRepeatable }: Request, failure: Failure): ConnectionError {
  const { code, message } = failure;
  const server = `the Prefect server at ${apiUrl}`;
  const problem = tlsProblem(failure);
  if (problem) return new ConnectionError(`${server} can't be trusted: ${problem}`);
  if (code === "ERR_CANCELED") {
    return new ConnectionError(
      `${server} has not answered ${method} ${path} in time; see what it is doing, or set META_PREFECT__PATIENCE to more seconds`,
    );
  }
  if (!isRepeatable && mayPass(failure) && !isUndone(failure)) {
    return new ConnectionError(
      `${server} can't be reached any more (${code}), and may have done ${method} ${path} or not, which was not sent again; ` +
        "look in Prefect, then run the same again",
    );
  }
  return new ConnectionError(
    `${server} can't be reached (${code || message}); start it, or correct prefect:apiUrl (PREFECT_API_URL)`,
  );
}

function refused(apiUrl: string, request: Request, answer: Answer, isAccepted: boolean): Error {
  const { method, path } = request;
  const { status, headers, body, isRepeat = false } = answer;
  // a 403 to a client that was accepted before is about the object, such as one that Prefect protects
  if (status === 401 || (status === 403 && !isAccepted)) {
    return new ConnectionError(
      `the Prefect server at ${apiUrl} refused the credentials (${status}: ${brief(detailOf(body))}); ` +
        "set prefect:apiKey (PREFECT_API_KEY) for Prefect Cloud, or prefect:authString (PREFECT_API_AUTH_STRING) for a server of your own",
    );
  }
  if (status >= 300 && status < 400) {
    return new ConnectionError(
      `${apiUrl} answered ${method} ${path} with a redirection to ${brief(String(headers.location), 160)}; ` +
        "set prefect:apiUrl to the API's own address",
    );
  }
  if (mayPass(answer)) {
    const end =
      request.isRepeatable || isUndone(answer)
        ? "also when it was asked again; see what the server is doing, or set META_PREFECT__PATIENCE to more seconds"
        : "and may have done it or not, so that it was not sent again; look in Prefect, then run the same again";
    return new ApiError(method, path, status, `${brief(detailOf(body))}, ${end}`, isRepeat);
  }
  if (status !== 404) return new ApiError(method, path, status, detailOf(body), isRepeat);
  const what = saidAbsent(body);
  if (what !== undefined) return new AbsenceError(method, path, status, detailOf(body), isRepeat, what);
  const doubt =
    "which is not what Prefect says of an object that isn't there, so nothing was concluded from it; check prefect:apiUrl, and whether a proxy stands before the server";
  return new ApiError(method, path, status, `${brief(detailOf(body))}, ${doubt}`, isRepeat);
}
