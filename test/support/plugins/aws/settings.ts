/** What all clients of AWS are made with; credentials and the endpoint come from the environment by the clients' own rules. */
export function clientSettings({ region }: { region?: string } = {}): { region: string } {
  if (!process.env.AWS_ACCESS_KEY_ID && !process.env.AWS_PROFILE) throw new Error("No valid credential sources found");
  return { region: currentRegion(region) };
}

/** The region of a resource, or else of the environment. */
export function currentRegion(region?: string): string {
  const chosen = region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (!chosen) throw new Error("Missing region configuration");
  return chosen;
}
