/** A resource as a program registers it. */
export interface Registered {
  urn: string;
  type: string;
  custom: boolean;
  /** What others name it by. */
  id: string;
  /** URN of the component or the resource that it belongs to. */
  parent?: string;
  /** What it is given, in the form in which Pulumi hands it over. */
  args: Record<string, unknown>;
}
