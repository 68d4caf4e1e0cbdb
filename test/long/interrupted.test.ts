import { forInterruptions } from "../support/interrupted";

const moments = Array.from({ length: 10 }, (_, i) => (i + 0.5) / 10);

describe("a deploy or destroy that is interrupted at ten moments", () => {
  forInterruptions("deploy", ["SIGINT"], moments);
  forInterruptions("deploy", ["SIGTERM"], moments);
  forInterruptions("destroy", ["SIGINT"], moments);
  forInterruptions("destroy", ["SIGTERM"], moments, "destroy");
  forInterruptions("deploy", ["SIGHUP"], [0.6], "destroy");
  forInterruptions("deploy", ["SIGINT", "SIGINT"], [0.4, 0.6, 0.8]);
  forInterruptions("destroy", ["SIGINT", "SIGINT"], [0.6], "destroy");
});
