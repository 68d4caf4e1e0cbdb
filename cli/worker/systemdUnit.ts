import { retryPause, type StartCall } from "./startCall";

/**
 * A unit of systemd's for a user. What it starts lives on when it is stopped, since Pulumi looks after it; and a command line that is wrong, as
 * after a move of the folder, isn't tried again.
 */
export function systemdUnit({ description, words, variables, file }: StartCall): string {
  const environment = Object.entries(variables).map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}`);
  return [
    "# written by meta-prefect worker install",
    "[Unit]",
    `Description=${specifiers(description)}`,
    `ConditionPathExists=${specifiers(file)}`,
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    "KillMode=process",
    "Restart=on-failure",
    `RestartSec=${retryPause}`,
    "RestartPreventExitStatus=2",
    ...environment,
    // a dollar sign would be a variable here
    `ExecStart=${words.map((word) => quoted(word).replaceAll("$", "$$$$")).join(" ")}`,
    "",
    "[Install]",
    "WantedBy=default.target",
    "",
  ].join("\n");
}

/** A word as systemd reads it, whatever it holds. */
function quoted(text: string): string {
  return `"${specifiers(text).replace(/[\\"]/g, "\\$&")}"`;
}

function specifiers(text: string): string {
  return text.replaceAll("%", "%%");
}
