import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { page } from "../../report/html/page";
import { escaped } from "../../report/html/text";
import { type Report, reportOf } from "../../report/report";
import type { Step } from "../../report/step";
import { root } from "../../tools/root";
import { drifted, now } from "../support/planSteps";

type Json = Record<string, unknown>;

const cron = (rule: string, timezone: string) => ({ schedules: [{ slug: "nightly", cron: rule, timezone }] });
const update = (name: string, deployed: Json, asked: Json) =>
  drifted(["Deployment", name], "update", { deployed, asked });

/** Of all that a report may tell, something; it was looked at in a browser, in light and dark, and as wide as a phone. */
const steps: Step[] = [
  update("nightly", cron("0 9 * * *", "US/Pacific"), cron("30 7 * * *", "Europe/Berlin")),
  ...["a", "b", "c"].map((name) =>
    update(
      `load-${name}`,
      { jobVariables: { image: "flows:1" }, version: "1" },
      { jobVariables: { image: "flows:2" }, version: "2" },
    ),
  ),
  update("only", { version: "1" }, { version: "2" }),
  drifted(["Deployment", "old"], "delete", { deployed: {} }),
  drifted(["Deployment", "moved"], "replace", { deployed: { labels: { a: "1" } }, asked: { labels: { a: "2" } } }),
  drifted(["Deployment", "gone"], "create", { deployed: {}, asked: {} }),
  drifted(["WorkPool", "etl"], "update", { deployed: { concurrencyLimit: 1 }, asked: { concurrencyLimit: 2 } }),
  drifted(["Worker", "etl"], "update", { deployed: {}, asked: {} }),
  drifted(["WorkPool", "stays"], "same", { deployed: {}, asked: {} }),
];
const broken: Report["broken"] = {
  breaches: [
    {
      deployment: "sums/nightly",
      caller: { kind: "defaults", name: "" },
      by: "Prefect",
      isNew: true,
      mistakes: [],
      message: 'deployment "sums/nightly" gives <day>, which the flow doesn\'t take',
    },
  ],
  calls: [],
  left: ["flows/bad.py wasn't looked at: it is no Python"],
};

/** The tags that a page is made of. */
const ownTags =
  /<(!doctype html|html lang="en"|\/?(html|head|title|style|body|h1|h2|p|b|ul|li|code|table|tr|th|td|span|div|details|summary)|meta [^<>]*|p class="(soft|names)"|span class="soft"|div class="box( bad| odd)?"|details open)>/g;

describe("the report of a preview as a page", () => {
  it("says all of it", () => {
    const text = page({ ...reportOf({ steps }, now), broken });
    const file = path.join(root, "test/report/expected/all-that-a-report-may-tell.html");
    if (process.env.WRITE === "1") fs.writeFileSync(file, text);
    assert.equal(text, fs.readFileSync(file, "utf8"));
    assert.equal(page({ ...reportOf({ steps: [...steps].reverse() }, now), broken }), text);
  });

  it("runs nothing, loads nothing, and says so to the browser", () => {
    const text = page({ ...reportOf({ steps }, now), broken });
    assert.match(text, /http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
    assert.doesNotMatch(text, /<script|<link|<img|<iframe|@import|url\(|src=|href=|https?:/);
  });

  it("cuts nothing, however much there is", () => {
    const many = Array.from({ length: 1000 }, (_, i) =>
      update(`d${i}`, { description: "x".repeat(500) }, { description: "y".repeat(500) + String(i) }),
    );
    const text = page(reportOf({ steps: many }, now));
    for (let i = 0; i < many.length; i += 1) {
      assert.ok(text.includes(`<b>sums/d${i}</b>`) && text.includes(`${"y".repeat(500)}${i}</code>`), String(i));
    }
    // so many are folded
    assert.doesNotMatch(text, /<details open>/);
  });

  it("shows names and values as they are, whatever HTML would make of them", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.constantFrom(
        "<script>alert(1)</script>",
        "</code>",
        '" onclick="x',
        "'",
        "&lt;",
        "-->",
        "]]>",
        "</style>",
        "\u202e",
        "a\nb",
      ),
    );
    const inputs = fc.dictionary(
      fc.constantFrom("description", "parameters", "tags", "jobVariables", "workPoolName"),
      hostile,
    );
    const given = fc.array(
      fc.tuple(
        fc.constantFrom("Deployment", "WorkPool"),
        hostile,
        fc.constantFrom("create", "update", "delete", "replace"),
        inputs,
        inputs,
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(given, hostile, (all, message) => {
        const made = all.map(([kind, name, op, deployed, asked], i) =>
          drifted([kind, name], op, { deployed, asked, ...(i % 2 === 0 && { server: asked }) }),
        );
        const text = page({ ...reportOf({ steps: made }, now), broken: { breaches: [], calls: [], left: [message] } });
        const inner = text.replace(/<style>[\s\S]*?<\/style>/, "").replace(ownTags, "");
        assert.doesNotMatch(inner, /[<>"']/);
        assert.doesNotMatch(inner, /&(?!(amp|lt|gt|quot|#39);)/);
        assert.ok(text.includes(escaped(message)));
        assert.equal(text.split("<code>").length, text.split("</code>").length);
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});
