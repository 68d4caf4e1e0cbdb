import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** The options of a resource. */
export interface Noted {
  type: string;
  name: string;
  parent: string;
  protect: boolean;
  retainOnDelete: boolean;
  /** Empty for the default one. */
  provider: string;
  /** URNs of what has to be there first. */
  dependencies: string[];
}

/** Notes the options of what is made from here on, which Pulumi's mocks don't show. */
export function noteOptions(noted: Noted[]): void {
  type Register = (request: RegisterResourceRequest, answer: unknown) => unknown;
  const monitor = getMonitor() as unknown as { registerResource: Register };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) => {
    noted.push({
      type: request.getType(),
      name: request.getName(),
      parent: request.getParent(),
      protect: request.getProtect() ?? false,
      retainOnDelete: request.getRetainondelete() ?? false,
      provider: request.getProvider(),
      dependencies: request.getDependenciesList(),
    });
    return register(request, answer);
  };
}
