import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { root } from "../../tools/root";
import { temporaryFolder } from "../support/environment";
import { Page } from "../support/page";
import { Reader } from "../support/reader";

describe("a reader who types a page", () => {
  const follow = (text: string) => {
    const folder = temporaryFolder();
    const file = path.join(folder, "page.md");
    fs.writeFileSync(file, text);
    return Reader.at(folder, process.env).follow(new Page(path.relative(root, file)));
  };
  const block = (language: string, ...lines: string[]) => `\`\`\`${language}\n${lines.join("\n")}\n\`\`\`\n`;

  it("arrives when each line ends well and prints what is shown", async () => {
    await follow(block("sh", "echo a", 'false || echo "exit code $?"') + block("text", "...", "exit code 1"));
    await assert.rejects(follow(block("sh", "echo a") + block("text", "b")), /page\.md:2 prints otherwise:\na$/m);
  });

  it("overlooks what only tells that something takes long", async () => {
    const lines = ["deploying", "  ... deploying: 1 of 2; creating a (30 s)", "  ... 40 s", "done"];
    await follow(
      block("sh", `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}`) + block("text", "deploying", "done"),
    );
  });

  it("stops at the first line that fails, although dots stand for what it says", async () => {
    const lines = ["echo a", "echo it fails && false", "echo never"];
    await assert.rejects(
      follow(block("sh", ...lines) + block("text", "...", "a")),
      /:2: ended with 1\na\nit fails\n\n/,
    );
  });

  it("misses the command of a text that none prints", async () => {
    await assert.rejects(follow(block("ts", "1;") + block("text", "1")), /page\.md:5: no command prints this/);
  });
});
