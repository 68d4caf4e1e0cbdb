import * as pulumi from "@pulumi/pulumi";

/** The tags of every resource on AWS: whose it is, and what the program says. */
export function awsTags(own: Record<string, string> = {}): Record<string, string> {
  return { "meta-prefect:project": pulumi.getProject(), "meta-prefect:stack": pulumi.getStack(), ...own };
}
