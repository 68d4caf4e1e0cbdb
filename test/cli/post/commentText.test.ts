import assert from "node:assert/strict";
import * as fc from "fast-check";
import { commentMark } from "../../../cli/post/commentMark";
import { commentText, isSameText } from "../../../cli/post/commentText";

const mark = "<!-- m -->";
const limit = 200;

/** Whether no character is cut in two. */
const isWhole = (text: string) => Buffer.from(text).toString() === text;

describe("the text of a comment", () => {
  it("is the report behind its mark, without what is empty around it", () => {
    assert.deepEqual(commentText(mark, "\r\n\n  a\r\nb\n\n", limit), { text: `${mark}\n  a\nb`, left: 0 });
  });

  it("fits exactly", () => {
    const report = "x".repeat(limit - mark.length - 1);
    assert.deepEqual(commentText(mark, report, limit), { text: `${mark}\n${report}`, left: 0 });
    assert.ok(commentText(mark, `${report}x`, limit).left > 0);
  });

  it("is never longer than allowed, and tells how much of the report is left out", () => {
    const lines = fc.array(fc.string({ unit: "grapheme", maxLength: 150 }), { maxLength: 20 });
    fc.assert(
      fc.property(lines, (texts) => {
        const report = texts.join("\n");
        const { text, left } = commentText(mark, report, limit);
        assert.ok(text.length <= limit, `${text.length}`);
        assert.ok(text.startsWith(`${mark}\n`) && isWhole(text));
        const [, , , ...kept] = text.split("\n");
        const whole = report.replace(/\r\n?/g, "\n").replace(/^\n+/, "").trimEnd();
        if (left > 0) assert.equal(kept.join("\n"), whole.slice(0, whole.length - left));
        else assert.equal(text, `${mark}\n${whole}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is cut within a line only where that line alone is too long, but not within a character", () => {
    for (const at of [0, 1]) {
      const { text } = commentText(mark, `${"x".repeat(at)}${"🙂".repeat(limit)}`, limit);
      assert.ok(isWhole(text) && text.length > limit - 5 && text.length <= limit);
    }
    const { text, left } = commentText(mark, `first\n${"x".repeat(limit)}`, limit);
    assert.ok(text.endsWith("\n\nfirst"));
    assert.equal(left, limit + 1);
  });

  it("is the same with other ends of lines, and without spaces at these", () => {
    assert.ok(isSameText("a\r\nb  \r\n", "a\nb"));
    assert.ok(!isSameText("a\n\nb", "a\nb"));
    assert.ok(!isSameText(" a", "a"));
  });
});

describe("the mark of a comment", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[-<>!/% ]{0,6}$/),
    fc.stringMatching(/^[\w.-]+$/),
  );

  it("is one HTML comment, whatever the names are", () => {
    fc.assert(
      fc.property(name, name, (project, stack) => {
        const text = commentMark({ project, stack });
        assert.match(text, /^<!-- meta-prefect: [\w.%-]*\/[\w.%-]* -->$/);
        assert.doesNotMatch(text.slice(4, -3), /--/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is another for another stack", () => {
    const stack = fc.record({ project: name, stack: name });
    fc.assert(
      fc.property(stack, stack, (one, other) => {
        const isSame = one.project === other.project && one.stack === other.stack;
        assert.equal(commentMark(one) === commentMark(other), isSame);
      }),
      {
        numRuns: 2_000,
        examples: [
          [
            { project: "a/b", stack: "c" },
            { project: "a", stack: "b/c" },
          ],
          [
            { project: "-", stack: "--" },
            { project: "--", stack: "-" },
          ],
        ],
      },
    );
  });

  it("is read as it is written where names are usual", () => {
    assert.equal(commentMark({ project: "risk-models", stack: "pr-7" }), "<!-- meta-prefect: risk-models/pr-7 -->");
  });
});
