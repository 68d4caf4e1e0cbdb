import { forInterruptions } from "../support/interrupted";

describe("a deploy or destroy that is interrupted", () => {
  forInterruptions("deploy", ["SIGINT"], [0.6]);
  forInterruptions("destroy", ["SIGTERM"], [0.6]);
});
