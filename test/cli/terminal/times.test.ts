import assert from "node:assert/strict";
import { distanceText, momentText } from "../../../cli/terminal/times";

describe("times for people", () => {
  it("are in the time zone that is asked for", () => {
    assert.equal(momentText("2026-03-29T00:30:00Z", "Europe/Zurich"), "Sun 2026-03-29 01:30 Europe/Zurich");
    // an hour later the clocks were put forward
    assert.equal(momentText("2026-03-29T01:30:00Z", "Europe/Zurich"), "Sun 2026-03-29 03:30 Europe/Zurich");
    assert.equal(momentText("2026-03-28T16:00:00Z", "Asia/Tokyo"), "Sun 2026-03-29 01:00 Asia/Tokyo");
  });

  it("say how far they are away", () => {
    const now = Date.parse("2026-11-27T12:00:00Z");
    const texts = ["2026-11-27T12:00:00Z", "2026-11-27T11:58:59Z", "2026-11-27T14:59:00Z", "2026-11-25T11:00:00Z"];
    assert.deepEqual(
      texts.map((at) => distanceText(at, now)),
      ["0 seconds ago", "1 minute ago", "in 2 hours", "2 days ago"],
    );
  });
});
