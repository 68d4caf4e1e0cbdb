import { provider } from "@pulumi/pulumi";
import { helmRelease } from "./kubernetes/helmRelease";
import { objects } from "./kubernetes/objects";
import { partsOf } from "./urn";
import type { Json } from "./wireValues";

/**
 * Stands in for Pulumi's Kubernetes plugin, which can't be had everywhere: it applies the objects to the real cluster of
 * KUBECONFIG. The settings of a provider resource don't reach it.
 */

const resource = (urn: string) => (partsOf(urn).type === "kubernetes:helm.sh/v3:Release" ? helmRelease : objects);

void provider.main(
  {
    version: (require("@pulumi/kubernetes/package.json") as { version: string }).version,
    check: (urn, olds: Json, news: Json) => resource(urn).check(urn, olds, news),
    diff: (id, urn, olds: Json, news: Json) => resource(urn).diff(id, urn, olds, news),
    create: (urn, inputs: Json) => resource(urn).create(urn, inputs),
    read: (id, urn, props: Json) => resource(urn).read(id, urn, props),
    update: (id, urn, olds: Json, news: Json) => resource(urn).update(id, urn, olds, news),
    delete: (id, urn, props: Json) => resource(urn).delete(id, urn, props),
  },
  process.argv.slice(2),
);
