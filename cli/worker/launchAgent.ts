import { retryPause, type StartCall } from "./startCall";

/** An agent of launchd's for a user. */
export function launchAgent({ words, variables }: StartCall, { label, log }: { label: string; log: string }): string {
  const pairs = Object.entries(variables).map(([name, value]) => `    <key>${xml(name)}</key>${string(value)}`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    "<!-- written by meta-prefect worker install -->",
    '<plist version="1.0">',
    "<dict>",
    `  <key>Label</key>${string(label)}`,
    `  <key>ProgramArguments</key><array>${words.map(string).join("")}</array>`,
    "  <key>EnvironmentVariables</key><dict>",
    ...pairs,
    "  </dict>",
    "  <key>RunAtLoad</key><true/>",
    "  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>",
    `  <key>ThrottleInterval</key><integer>${retryPause}</integer>`,
    `  <key>StandardOutPath</key>${string(log)}`,
    `  <key>StandardErrorPath</key>${string(log)}`,
    "</dict>",
    "</plist>",
    "",
  ].join("\n");
}

function string(text: string): string {
  return `<string>${xml(text)}</string>`;
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
