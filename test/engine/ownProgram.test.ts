import assert from "node:assert/strict";
import * as path from "node:path";
import { root } from "../../tools/root";
import { prefectClient } from "../support/environment";
import { insteadOfNpmInstall } from "../support/linked";
import { long } from "../support/long";
import { type CodeBlock, Page } from "../support/page";
import { Reader } from "../support/reader";

const here = path.join(root, "dist", "cli", "index.js");
const page = new Page("docs/reference/yaml.md");
const flows = `from prefect import flow

@flow(log_prints=True)
def add_two_numbers_flow(x: int = 1, y: int = 2):
    print(f"{x} + {y} = {x + y}")
`;

describe("a program that comes in the place of a YAML", () => {
  let reader: Reader;
  before(async () => {
    reader = await Reader.with(here);
    reader.goInto("risk");
    reader.write("flows.py", flows);
    reader.write("meta_prefect.yaml", page.blocks.find(({ language }) => language === "yaml")?.text ?? "");
    await ends(0, "meta-prefect deploy --yes");
  });
  after(async () => {
    await reader.type("[ ! -e Pulumi.yml ] || mv Pulumi.yml Pulumi.yaml");
    await reader.takeDown();
  });

  const ends = async (code: number, lines: string) => {
    const ended = await reader.type(lines);
    assert.equal(ended.code, code, `${lines}\n${ended.printed}`);
    return ended.printed;
  };

  it("has what is deployed as it is, whoever types what the page says", async () => {
    const isOfSection = ({ heading, file, language }: CodeBlock) =>
      heading === "From a program, and to one" && (file !== undefined || language === "sh");
    await reader.follow(page, { "npm install": insteadOfNpmInstall }, isOfSection);
    assert.match(await ends(0, "pulumi preview --expect-no-changes --non-interactive"), /unchanged/);
    await ends(0, "pulumi stack unselect; unset PULUMI_BACKEND_URL PULUMI_CONFIG_PASSPHRASE_FILE");
  });

  long("gets all words of the command", async () => {
    const changed = (await reader.type("sed -i 's/slug:/active: true, slug:/' index.ts && meta-prefect preview"))
      .printed;
    assert.match(changed, /^ {2}~ {2}deployment "add-two-numbers-flow\/local-run-dev"$/m);
    await ends(0, "meta-prefect deploy add-two-numbers-flow/local-run --yes");
    assert.match(await ends(0, "meta-prefect list"), /^add-two-numbers-flow\/local-run-dev .*online .*US\/Pacific/m);
    assert.match(await ends(0, "meta-prefect doctor"), /^ok +backend .*\.meta-prefect\/state, 1 deployments in dev$/m);
    const run = "meta-prefect run add-two-numbers-flow/local-run --param x=40 --watch";
    assert.match(await ends(0, run), / 40 \+ 2 = 42$/m);
    assert.match(await ends(0, "meta-prefect logs add-two-numbers-flow/local-run"), / 40 \+ 2 = 42$/m);
    assert.match(await ends(0, "meta-prefect worker status"), /^local-process-worker-\S+ .* online, process \d+$/m);
    await ends(0, "meta-prefect schedule pause add-two-numbers-flow/local-run");
    await ends(0, "meta-prefect schedule resume add-two-numbers-flow/local-run");
    await ends(0, "meta-prefect preview --detailed-exitcode");
  });

  long("gets them by a stack's whole name, and by settings of another ending", async () => {
    await ends(0, "mv Pulumi.yaml Pulumi.yml && mv Pulumi.dev.yaml Pulumi.dev.yml");
    const env = "--env organization/risk/dev";
    await ends(0, `meta-prefect preview --detailed-exitcode ${env}`);
    assert.match(await ends(0, `meta-prefect list ${env}`), /^add-two-numbers-flow\/local-run-dev /m);
    // no unit is enabled on the tests' machine, which may have no systemd either: the error then says what to call instead
    await ends(0, "mkdir ~/bin && printf '#!/bin/sh\\n' > ~/bin/systemctl && chmod +x ~/bin/systemctl");
    const { printed } = await reader.type(`PATH=~/bin:$PATH meta-prefect worker install --yes --json ${env}`);
    assert.match(printed, /--file[", \n]+\S+\/Pulumi\.yml/);
    assert.match(await ends(2, `meta-prefect run none ${env}`), /flow "none" is not deployed in "dev"; there are: /);
    await ends(0, `meta-prefect destroy --yes ${env}`);
    const client = await prefectClient();
    assert.equal(await client.find("/deployments/name/add-two-numbers-flow/local-run-dev"), undefined);
    assert.match(await ends(0, "meta-prefect destroy --yes"), /^nothing to take down: there is no stack dev$/m);
  });
});
