/** @pulumi/kubernetes, loaded when it is first used. */
export const kubernetes = {
  get apiextensions() {
    return require("@pulumi/kubernetes/apiextensions") as typeof import("@pulumi/kubernetes/apiextensions");
  },
  get apps() {
    return require("@pulumi/kubernetes/apps/v1") as typeof import("@pulumi/kubernetes/apps/v1");
  },
  get core() {
    return require("@pulumi/kubernetes/core/v1") as typeof import("@pulumi/kubernetes/core/v1");
  },
  get helm() {
    return require("@pulumi/kubernetes/helm/v3") as typeof import("@pulumi/kubernetes/helm/v3");
  },
  get rbac() {
    return require("@pulumi/kubernetes/rbac/v1") as typeof import("@pulumi/kubernetes/rbac/v1");
  },
  get Provider() {
    return (require("@pulumi/kubernetes/provider") as typeof import("@pulumi/kubernetes/provider")).Provider;
  },
};
