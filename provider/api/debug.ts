/** Writes a line of detail to standard error when META_PREFECT__DEBUG is set; Pulumi shows it among its diagnostics. */
export function debug(line: string): void {
  if (process.env.META_PREFECT__DEBUG) process.stderr.write(`meta-prefect: ${line}\n`);
}
