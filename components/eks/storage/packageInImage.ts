import type { DeploymentBuilder } from "../../builder";

/** What the recipe says of its image. */
export interface OfImage {
  /** @default Prefect's own */
  image?: string;
  /** What it installs when it starts, in pip's words. */
  packages?: string[];
}

/** Says that an image has to have the package meta_prefect that a flow imports, where the code travels without it. */
export function packageInImage({ image, packages = [] }: OfImage): DeploymentBuilder {
  return {
    build(plan) {
      if (!plan.facts?.usesPackage || packages.some((name) => /^meta[-_.]prefect\b/i.test(name))) return plan;
      const needs = image === undefined ? "Prefect's image hasn't got" : `the image ${image} must have`;
      const message =
        `the flows in ${plan.codeFolder} import meta_prefect, which ${needs}; ` +
        'add "meta-prefect" to packages, or have an image with: pip install meta-prefect';
      return {
        ...plan,
        remarks: [...(plan.remarks ?? []), { severity: image === undefined ? "warning" : "info", message }],
      };
    },
  };
}
