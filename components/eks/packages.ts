import { programError } from "../../provider/program/programError";

const packages = ["@pulumi/aws", "@pulumi/kubernetes", "@kubernetes/client-node"];

/**
 * Makes sure that what is needed for EKS alone is installed.
 *
 * @throws RunError that says what to install
 */
export function requirePackages(recipe: string): void {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  throw programError(`${recipe} needs packages that aren't installed; run: npm install ${missing.join(" ")}`);
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
