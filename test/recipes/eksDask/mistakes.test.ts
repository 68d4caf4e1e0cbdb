import assert from "node:assert/strict";
import { EksDaskDeployer, type EksDaskDeployerArgs } from "../../../index";
import { aloneInEachTest, deploy, deployer, only, registered } from "../../support/eksDask/deployed";
import { assertRunError } from "../../support/eksDask/runError";

describe("EksDaskDeployer", () => {
  aloneInEachTest();

  const noBucket =
    /^must be a name that S3 takes: 3 to 63 lower-case letters, digits, dots and dashes, with a letter or digit at both ends/;
  const tooLittle = /^must be at least "16Mi", such as "1\.5Gi"; a number without a unit is bytes/;
  const noPath =
    /^must be a folder's name of letters, digits, dots, dashes and underscores, without slashes at its ends/;
  const noClusterName = /^must be at most 40 letters, digits, dashes and underscores, with a letter at its start/;
  const wrong: [args: object, property: string, message: RegExp][] = [
    [{ cpu: "two" }, "cpu", /^must be a number of CPUs above 0, such as 0\.5, 2 or "500m", not "two"$/],
    [{ memory: 1.5 }, "memory", new RegExp(`${tooLittle.source}, not 1\\.5$`)],
    [{ memory: "512" }, "memory", new RegExp(`${tooLittle.source}, not "512"$`)],
    [{ worker: { memory: 1 } }, "worker.memory", new RegExp(`${tooLittle.source}, not 1$`)],
    [{ dask: { memory: "2k" } }, "dask.memory", new RegExp(`${tooLittle.source}, not "2k"$`)],
    [{ cpu: 2000 }, "cpu", /^must be a number of CPUs above 0, such as 0\.5, 2 or "500m", not 2000$/],
    [
      { cpu: "0.1m" },
      "cpu",
      /^must be a number of CPUs above 0, such as 0\.5, 2 or "500m", and at least "1m", not "0\.1m"$/,
    ],
    [{ memory: "1.5GB" }, "memory", /^must be an amount of memory above 0, such as "512Mi" or "1\.5Gi", not "1\.5GB"$/],
    [{ dask: { minWorkers: 5, maxWorkers: 2 } }, "dask.minWorkers", /^must be at most maxWorkers \(2\), not 5$/],
    [{ dask: { workers: 0 } }, "dask.workers", /^must be an integer from 1 on, not 0$/],
    [
      { dask: { workers: 2, maxWorkers: 3 } },
      "dask.workers",
      /^excludes minWorkers and maxWorkers; give a number or its limits$/,
    ],
    [
      { dask: { workers: 2, minWorkers: 1, maxWorkers: 3 } },
      "dask.workers",
      /^excludes minWorkers and maxWorkers; give a number or its limits$/,
    ],
    [{ dask: { minWorkers: 1 } }, "dask.minWorkers", /^is given without maxWorkers; give both$/],
    [{ dask: { cpu: "1GiB" } }, "dask.cpu", /^must be a number of CPUs above 0, .*, not "1GiB"$/],
    [
      { dask: { wokers: 1 } },
      "dask.wokers",
      /^there is no such argument; did you mean workers\? allowed are workers, minWorkers, maxWorkers, cpu, memory, image, shared, installOperator$/,
    ],
    [
      { worker: { pods: 2 } },
      "worker.pods",
      /^there is no such argument; allowed are image, replicas, limit, cpu, memory$/,
    ],
    [
      { resultStorage: { bucket: "b" } },
      "resultStorage.bucket",
      /^there is no such argument; allowed are path, bucketName, existingBucket, expireAfterDays, forceDestroy, protect, retainOnDelete$/,
    ],
    [
      { cluster: { nmae: "a" } },
      "cluster.nmae",
      /^there is no such argument; did you mean name\? allowed are name, existingName, kubeconfig, provider, oidcProviderArn, version, /,
    ],
    [
      { source: { gti: {} } },
      "source.gti",
      /^there is no such argument; did you mean git\? allowed are git, imageDirectory$/,
    ],
    [
      { source: { git: { repository: "https://example.com/a.git", brnch: "main" } } },
      "source.git.brnch",
      /^there is no such argument; did you mean branch\? allowed are repository, branch, commitSha, includeSubmodules, accessToken, directory$/,
    ],
    ...["cluster", "resultStorage", "source", "worker", "dask"].flatMap((key) =>
      [true, "x", [], null].map((value): [object, string, RegExp] => [
        { [key]: value },
        key,
        // a text might be a kubeconfig, so it isn't shown
        key === "cluster" && value === "x"
          ? /^must be an object, not a text$/
          : new RegExp(`^must be an object, not ${JSON.stringify(value).replace("[]", "\\[\\]")}$`),
      ]),
    ),
    [
      { source: { git: "https://example.com/a.git" } },
      "source.git",
      /^must be an object, not "https:\/\/example\.com\/a\.git"$/,
    ],
    [{ awsTags: "team" }, "awsTags", /^must be an object of strings, not "team"$/],
    [{ memroy: "1Gi" }, "memroy", /^there is no such argument; did you mean memory\? allowed are .*, cpu, memory, /],
    ...["My_Bucket", "ab", "192.168.0.1", "xn--x"].map((bucketName): [object, string, RegExp] => [
      { resultStorage: { bucketName } },
      "resultStorage.bucketName",
      new RegExp(`${noBucket.source}.*, not "${bucketName}"$`),
    ]),
    [
      { resultStorage: { bucketName: "one", existingBucket: "two" } },
      "resultStorage.existingBucket",
      /^excludes bucketName; give one of them$/,
    ],
    ...["/results/", "/a", "a/", "a//b", "", "a b", "a\\b", "a*", "é", ".", "..", "./a", "a/..", "a/../b"].map(
      (path): [object, string, RegExp] => [
        { resultStorage: { path } },
        "resultStorage.path",
        new RegExp(`${noPath.source}, not ${JSON.stringify(path).replace(/[\\*.]/g, "\\$&")}$`),
      ],
    ),
    ...Object.entries({ expireAfterDays: 1, forceDestroy: false, protect: true, retainOnDelete: true }).map(
      ([key, value]): [object, string, RegExp] => [
        { resultStorage: { existingBucket: "theirs", [key]: value } },
        `resultStorage.${key}`,
        /^is for what is made, and existingBucket names what exists; remove one of them$/,
      ],
    ),
    [{ resultStorage: { expireAfterDays: 0 } }, "resultStorage.expireAfterDays", /^must be a positive integer, not 0$/],
    [
      { cluster: { existingName: "theirs", version: "1.35" } },
      "cluster.version",
      /^is for what is made, and existingName names what exists; remove one of them$/,
    ],
    [
      { cluster: { kubeconfig: "a: b", oidcProviderArn: "arn:aws:iam::1:oidc-provider/x", protect: true } },
      "cluster.protect",
      /^is for what is made, and kubeconfig names what exists; remove one of them$/,
    ],
    [
      { cluster: { kubeconfig: "a: b" } },
      "cluster.existingName",
      /^must be given with kubeconfig, or oidcProviderArn: without one of them pods get no rights on AWS$/,
    ],
    [
      { cluster: { oidcProviderArn: "arn:aws:iam::1:oidc-provider/x" } },
      "cluster.oidcProviderArn",
      /^is for a cluster that exists; give its existingName$/,
    ],
    ...["-a", "_a", "1a", "", "a.b", "a".repeat(41)].map((name): [object, string, RegExp] => [
      { cluster: { name } },
      "cluster.name",
      new RegExp(`${noClusterName.source}, not "${name}"$`),
    ]),
    [{ cluster: { version: "2" } }, "cluster.version", /^must be a version of Kubernetes, such as "1\.35", not "2"$/],
    [
      { namespace: "Bad_Name" },
      "namespace",
      /^must be at most 40 lower-case letters, digits and dashes, with a letter at its start, not "Bad_Name"$/,
    ],
    [{ source: { imageDirectory: "/app" } }, "image", /^must be given with source\.imageDirectory: it is the image/],
    [
      { image: "a", source: { imageDirectory: "/app", git: { repository: "https://example.com/a.git" } } },
      "source.imageDirectory",
      /^excludes git; give one of them$/,
    ],
    [{ source: { git: {} } }, "source.git.repository", /^must be a string, not nothing$/],
    [
      { source: { git: { repository: "https://example.com/a.git", branch: "main", commitSha: "abc" } } },
      "source.git.commitSha",
      /^excludes branch; give one of them$/,
    ],
    ...["ghp_t0ken", "", "{{ a }} b", "a {{ b }}", "{ a }"].map((accessToken): [object, string, RegExp] => [
      { source: { git: { repository: "https://example.com/a.git", accessToken } } },
      "source.git.accessToken",
      /^must be a template that Prefect fills in, such as "\{\{ prefect\.blocks\.secret\.git-token \}\}", and not the token itself$/,
    ]),
    ...[
      "https://me:s3cret@example.com/a.git",
      "https://s3cret@example.com/a.git",
      "https://s3cret:x-oauth-basic@example.com/a.git",
      "  HTTPS://:s3cret@example.com/a.git",
      "https://me:s3:cr@t@example.com/a.git",
      "git+https://s3cret@example.com/a.git",
      "ssh://git:s3cret@example.com/a.git",
      "git:s3cret@example.com:a.git",
      "https://{{ prefect.blocks.secret.user }}:s3cret@example.com/a.git",
      "https://example.com/a.git?private_token=s3cret",
      "https://example.com/a.git?x=1&access-token=s3cret",
      "https://example.com/a.git#apiKey=s3cret",
    ].map((repository): [object, string, RegExp] => [
      { source: { git: { repository } } },
      "source.git.repository",
      /^has a user, a password or an access token in it, .* accessToken: "\{\{ prefect\.blocks\.secret\.git-token \}\}"$/,
    ]),
    ...[{ git: "https://s3cret@example.com/a.git" }, "https://s3cret@example.com/a.git"].map(
      (source): [object, string, RegExp] => [{ source }, "source", /^must be an object such as .*, not a text$/],
    ),
    [{ worker: { replicas: 0 } }, "worker.replicas", /^must be a positive integer, not 0$/],
    [
      { apiUrl: "prefect" },
      "apiUrl",
      /^must be an address such as https:\/\/prefect\.example\.com\/api, not "prefect"$/,
    ],
    [{ awsTags: { team: 1 } }, "awsTags.team", /^must be a string, not 1$/],
  ];
  const right: Partial<EksDaskDeployerArgs>[] = [
    ...[
      "https://example.com/a.git",
      "https://example.com:8443/a@b/c.git?ref=main",
      "https://{{ prefect.blocks.secret.token }}@example.com/a.git",
      "https://me:{{ prefect.blocks.secret.token }}@example.com/a.git",
      "https://example.com/a.git?token={{ prefect.blocks.secret.token }}",
      "{{ prefect.variables.repository }}",
      "git@example.com:team/a.git",
      "ssh://git@example.com:2222/a.git",
      "../a.git",
      "C:/a/b@c.git",
    ].map((repository) => ({ source: { git: { repository } } })),
    ...["a", "A-b_C", "a".repeat(40)].map((name) => ({ cluster: { name } })),
    ...["a", "team.a/results_1-x", "..a", "a..", ".../b", "1"].map((path) => ({ resultStorage: { path } })),
    { resultStorage: { existingBucket: "theirs", path: "a/b" } },
    { resultStorage: { existingBucket: "theirs", expireAfterDays: undefined, protect: undefined } },
    { cpu: 1024, memory: "16Mi" },
    { cpu: "1m", memory: 2 ** 24 },
    { dask: { minWorkers: 2, maxWorkers: 2 } },
    ...[{ branch: "main" }, { commitSha: "abc" }, { accessToken: "{{ prefect.blocks.secret.git-token }}" }].map(
      (git) => ({ source: { git: { repository: "https://example.com/a.git", ...git } } }),
    ),
  ];

  describe("finds nothing wrong with", () => {
    for (const args of right) {
      it(JSON.stringify(args), async () => assert.equal(only("Deployment", await deploy(args)).failures, undefined));
    }
  });

  describe("takes as an error of the program", () => {
    for (const [args, property, message] of wrong) {
      it(JSON.stringify(args), async () => {
        const resources = await registered(() => {
          const text = assertRunError(() => deployer(args));
          const head = `EksDaskDeployer "prod": ${property}: `;
          assert.equal(text.slice(0, head.length), head);
          assert.match(text.slice(head.length), message);
        });
        assert.deepEqual(resources, []);
      });
    }

    it("all that is wrong at once", async () => {
      await registered(() => {
        const text = assertRunError(() => deployer({ cpu: "two", memory: "1.5GB" }));
        assert.equal(
          text,
          'EksDaskDeployer "prod": cpu: must be a number of CPUs above 0, such as 0.5, 2 or "500m", not "two"; ' +
            'memory: must be an amount of memory above 0, such as "512Mi" or "1.5Gi", not "1.5GB"',
        );
      });
    });

    it("that there are no arguments", async () => {
      const resources = await registered(() => {
        for (const args of [undefined, null, "x", 1]) {
          assertRunError(
            () => new EksDaskDeployer("prod", args as unknown as EksDaskDeployerArgs),
            'EksDaskDeployer "prod": its arguments must be an object',
          );
        }
      });
      assert.deepEqual(resources, []);
    });

    it("that there is no region", async () => {
      await registered(
        () => {
          assertRunError(
            () => deployer(),
            "no AWS region is configured; run `pulumi config set aws:region <region>`, for example eu-central-1, or set AWS_REGION",
          );
        },
        { "aws:region": "" },
      );
    });

    it("that there is no Prefect server", async () => {
      await registered(
        () =>
          assert.match(
            assertRunError(() => deployer()),
            /^no Prefect server is configured; set PREFECT_API_URL, or run/,
          ),
        { "prefect:apiUrl": "" },
      );
    });
  });
});
