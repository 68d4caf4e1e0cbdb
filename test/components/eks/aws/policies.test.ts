import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { BuildContext } from "../../../../components/builder";
import {
  flowPolicy,
  tlsOnlyPolicy,
  trustOfService,
  trustOfServiceAccount,
} from "../../../../components/eks/aws/policies";
import { daskCluster, ownClusterRunner, schedulerAddress } from "../../../../components/eks/dask/daskSpec";
import { daskModule } from "../../../../components/eks/dask/onDask";
import {
  kubernetesJobTemplate,
  quantityFailures,
  resourceRequirements,
  resourceVariables,
  withQuantityTexts,
} from "../../../../components/eks/kubernetes/jobTemplate";
import { eksKubeconfig } from "../../../../components/eks/kubernetes/kubeconfig";
import { gitCode, type GitSource } from "../../../../components/eks/storage/gitCode";
import { imageCode } from "../../../../components/eks/storage/imageCode";
import type { Json } from "../../../../provider/engine/kind";
import { defaultBaseJobTemplate } from "../../../../provider/kinds/workPool/baseJobTemplate";
import { temporaryFolder } from "../../../support/environment";

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}
const statements = (policy: object) => (policy as { Statement: Statement[] }).Statement;
const list = (value: string | string[]) => [value].flat();

describe("the policy of flows", () => {
  const bucketArn = "arn:aws:s3:::b";
  const policy = flowPolicy({ bucketArn, results: "team/results", code: "team/results-code" });

  it("names the bucket and its two folders in each resource and condition, and nothing else", () => {
    const places = statements(policy).flatMap(({ Resource, Condition = {} }) => {
      const conditions = Object.values(Condition).flatMap((keys) => Object.entries(keys));
      return [
        ...list(Resource).map((resource) => ["Resource", resource]),
        ...conditions.flatMap(([key, values]) => list(values).map((value) => [key, value])),
      ];
    });
    assert.deepEqual(places, [
      ["Resource", "arn:aws:s3:::b"],
      ["s3:prefix", "team/results"],
      ["s3:prefix", "team/results/*"],
      ["s3:prefix", "team/results-code"],
      ["s3:prefix", "team/results-code/*"],
      ["Resource", "arn:aws:s3:::b/team/results/*"],
      ["Resource", "arn:aws:s3:::b/team/results-code/*"],
    ]);
  });

  it("lets code be read alone, and the bucket itself be listed alone, below these folders", () => {
    const actions = statements(policy).map(({ Effect, Resource, Action }) => [Effect, Resource, list(Action)]);
    assert.deepEqual(actions, [
      ["Allow", bucketArn, ["s3:ListBucket"]],
      ["Allow", `${bucketArn}/team/results/*`, ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]],
      ["Allow", `${bucketArn}/team/results-code/*`, ["s3:GetObject"]],
    ]);
    const listing = statements(policy).find(({ Action }) => Action === "s3:ListBucket");
    assert.deepEqual(Object.keys(listing?.Condition ?? {}), ["StringLike"]);
  });
});

it("the policy of a bucket denies all without TLS, and allows nothing", () => {
  assert.deepEqual(statements(tlsOnlyPolicy("arn:aws:s3:::b")), [
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
});

describe("the trust of a role", () => {
  it("is in a service, which may also say who it acts for", () => {
    assert.deepEqual(statements(trustOfService("pods.eks.amazonaws.com")), [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ]);
  });

  for (const issuer of ["oidc.eks.eu-central-1.amazonaws.com/id/ABC", "example.com/oidc-provider/x"]) {
    it(`is in one service account that ${issuer} vouches for, and in no other`, () => {
      const arn = `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
      assert.deepEqual(statements(trustOfServiceAccount(arn, "team", "flow")), [
        {
          Effect: "Allow",
          Principal: { Federated: arn },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              [`${issuer}:sub`]: "system:serviceaccount:team:flow",
              [`${issuer}:aud`]: "sts.amazonaws.com",
            },
          },
        },
      ]);
    });
  }
});

describe("the kubeconfig of a cluster", () => {
  const address = { name: "c", region: "eu-west-1", endpoint: "https://c", certificateAuthority: "Y2E=" };
  interface Kubeconfig {
    clusters: Json[];
    users: { name: string; user: Json & { exec: { command: string; args: string[]; env: unknown } } }[];
  }
  const read = (profile?: string) => JSON.parse(eksKubeconfig({ ...address, profile })) as Kubeconfig;

  it("holds no secret: who uses it gets a token by their own rights", () => {
    const { clusters, users } = read();
    assert.deepEqual(clusters, [{ name: "c", cluster: { server: "https://c", "certificate-authority-data": "Y2E=" } }]);
    assert.equal(users.length, 1);
    assert.deepEqual(Object.keys(users[0]?.user ?? {}), ["exec"]);
    const { command, args } = users[0]?.user.exec ?? { args: [] };
    assert.equal([command, ...args].join(" "), "aws --region eu-west-1 eks get-token --cluster-name c --output json");
  });

  it("names the profile only when one is given", () => {
    const env = (profile?: string) => read(profile).users[0]?.user.exec.env;
    assert.equal(env(), null);
    assert.deepEqual(env("work"), [{ name: "AWS_PROFILE", value: "work" }]);
  });
});

describe("the template of jobs", () => {
  const template = kubernetesJobTemplate("team");

  it("is Prefect's own but for three things", () => {
    const expected = structuredClone(defaultBaseJobTemplate("kubernetes")) as unknown as {
      job_configuration: { job_manifest: { spec: { template: Json } } };
      variables: { properties: Record<string, Json> };
    };
    Object.assign(expected.variables.properties.namespace as Json, { default: "team" });
    Object.assign(expected.variables.properties.finished_job_ttl as Json, { default: 60 });
    expected.job_configuration.job_manifest.spec.template.metadata = {
      annotations: { "karpenter.sh/do-not-disrupt": "true" },
    };
    assert.deepEqual(template, expected);
  });

  it("doesn't change Prefect's own, nor that of another namespace", () => {
    const { properties = {} } = defaultBaseJobTemplate("kubernetes")?.variables ?? {};
    assert.deepEqual([properties.namespace?.default, properties.finished_job_ttl?.default], ["default", null]);
    assert.equal(kubernetesJobTemplate("other").variables.properties?.namespace?.default, "other");
    assert.equal(template.variables.properties?.namespace?.default, "team");
  });
});

describe("what a container asks for", () => {
  it("is also what it gets at most", () => {
    const amounts = { cpu: "0.8", memory: "1.5Gi" };
    assert.deepEqual(resourceRequirements({ cpu: 0.8, memory: "1.5Gi" }), { requests: amounts, limits: amounts });
    assert.deepEqual(resourceVariables({ cpu: 0.8, memory: "1.5Gi" }), {
      cpu_request: "0.8",
      cpu_limit: "0.8",
      memory_request: "1.5Gi",
      memory_limit: "1.5Gi",
    });
  });

  it("is nothing of which nothing is said", () => {
    assert.equal(resourceRequirements({}), undefined);
    assert.deepEqual(resourceVariables({}), {});
    assert.deepEqual(resourceRequirements({ cpu: 2 }), { requests: { cpu: "2" }, limits: { cpu: "2" } });
    assert.deepEqual(resourceVariables({ memory: 2e9 }), { memory_request: "2000000000", memory_limit: "2000000000" });
  });

  it("is checked in each of Prefect's job variables, and in no other", () => {
    const wrong = { cpu_request: "a", cpu_limit: "b", memory_request: "c", memory_limit: "d", image: "e" };
    assert.deepEqual(
      quantityFailures(wrong).map(({ property, reason }) => `${property} ${reason.replace(/such as .*, not/, "not")}`),
      [
        'jobVariables.cpu_request must be a number of CPUs above 0, not "a"',
        'jobVariables.cpu_limit must be a number of CPUs above 0, not "b"',
        'jobVariables.memory_request must be an amount of memory above 0, not "c"',
        'jobVariables.memory_limit must be an amount of memory above 0, not "d"',
      ],
    );
    assert.deepEqual(quantityFailures({ cpu_request: "500m", memory_limit: "1Gi" }), []);
  });

  it("may be a number, or null for none", () => {
    const given = { cpu_request: 0.5, cpu_limit: 2, memory_request: 2 ** 30, memory_limit: 2e9 };
    assert.deepEqual(quantityFailures(given), []);
    const none = { cpu_request: null, cpu_limit: undefined, memory_request: null, memory_limit: null };
    assert.deepEqual(quantityFailures(none), []);
    assert.deepEqual(quantityFailures({ cpu_limit: 0, memory_limit: false }), [
      {
        property: "jobVariables.cpu_limit",
        reason: 'must be a number of CPUs above 0, such as 0.5, 2 or "500m", not 0',
      },
      {
        property: "jobVariables.memory_limit",
        reason: 'must be an amount of memory above 0, such as "512Mi" or "1.5Gi", not false',
      },
    ]);
  });

  it("is a text among Prefect's job variables, of which others stay as they are", () => {
    const others = { image: "flows:1", finished_job_ttl: 60, backoff_limit: 0, env: { A: 1 } };
    const given = { ...others, cpu_request: 0.5, cpu_limit: "2", memory_request: 2 ** 30, memory_limit: null };
    assert.deepEqual(withQuantityTexts(given), {
      ...others,
      cpu_request: "0.5",
      cpu_limit: "2",
      memory_request: "1073741824",
      memory_limit: null,
    });
    assert.deepEqual(withQuantityTexts({}), {});
    assert.equal(given.cpu_request, 0.5);
  });
});

describe("a Dask cluster", () => {
  const env = [{ name: "A", value: "1" }];
  const pods = { namespace: "team", image: "flows:1", serviceAccount: "flow", env };
  const { metadata, spec } = daskCluster("d", { workers: 3, cpu: 2, memory: "4Gi" }, pods);
  const container = (pod: { containers: Json[] }) => pod.containers[0] ?? {};

  it("has a scheduler that its workers and clients find by its service", () => {
    assert.deepEqual(metadata, {
      name: "d",
      namespace: "team",
      annotations: { "karpenter.sh/do-not-disrupt": "true" },
    });
    const { selector, ports } = spec.scheduler.service;
    assert.deepEqual(selector, { "dask.org/cluster-name": "d", "dask.org/component": "scheduler" });
    assert.deepEqual(
      ports.map(({ port, targetPort }) => [port, targetPort]),
      [
        [8786, "tcp-comm"],
        [8787, "http-dashboard"],
      ],
    );
    const named = (container(spec.scheduler.spec).ports as Json[]).map(({ name, containerPort }) => [
      containerPort,
      name,
    ]);
    assert.deepEqual(
      named,
      ports.map(({ port, targetPort }) => [port, targetPort]),
    );
    assert.equal(schedulerAddress("d", "team"), "tcp://d-scheduler.team.svc:8786");
  });

  it("has pods of the flow's image and account, that can't ask the Kubernetes API for anything", () => {
    for (const { spec: pod } of [spec.scheduler, spec.worker]) {
      const { containers, ...rest } = pod;
      assert.deepEqual(rest, { serviceAccountName: "flow", automountServiceAccountToken: false });
      assert.equal(containers.length, 1);
      assert.equal(container(pod).image, "flows:1");
      assert.deepEqual(container(pod).env, env);
    }
  });

  it("gives workers what is asked for, and the scheduler what it needs", () => {
    const both = (amounts: Json) => ({ requests: amounts, limits: amounts });
    assert.equal(spec.worker.replicas, 3);
    assert.deepEqual(container(spec.worker.spec).resources, both({ cpu: "2", memory: "4Gi" }));
    assert.deepEqual(container(spec.scheduler.spec).resources, both({ cpu: "500m", memory: "1Gi" }));
    assert.equal("resources" in container(daskCluster("d", {}, pods).spec.worker.spec), false);
  });

  it("starts with the fewest workers when their number follows the work", () => {
    const replicas = (dask: Parameters<typeof daskCluster>[1]) => daskCluster("d", dask, pods).spec.worker.replicas;
    const cases = [{}, { workers: 5 }, { maxWorkers: 4 }, { minWorkers: 1, maxWorkers: 4 }].map(replicas);
    assert.deepEqual(cases, [2, 5, 0, 1]);
  });

  it("of a run's own is made by KubeCluster, in the namespace of the run", () => {
    const { cluster_class, cluster_kwargs, adapt_kwargs } = ownClusterRunner({ maxWorkers: 4 }, pods);
    assert.equal(cluster_class, "dask_kubernetes.operator.KubeCluster");
    assert.deepEqual(cluster_kwargs, {
      custom_cluster_spec: daskCluster("run", { maxWorkers: 4 }, pods),
      namespace: "team",
      quiet: true,
      resource_timeout: 600,
    });
    assert.deepEqual(adapt_kwargs, { minimum: 0, maximum: 4 });
    assert.equal("adapt_kwargs" in ownClusterRunner({ workers: 1 }, pods), false);
  });
});

describe("the module that stands for a flow", () => {
  const line = (text: string, start: string) => text.split("\n").filter((line) => line.startsWith(start));
  const entrypoints: [entrypoint: string, name: string, flow: string][] = [
    ["flows.py:my_flow", "on_dask_flows_py_my_flow", "my_flow"],
    ["team/etl/load.py:load", "on_dask_team__etl__load_py_load", "load"],
    ["team_etl/load.py:load", "on_dask_team_etl__load_py_load", "load"],
    ["team_etl_load.py:load", "on_dask_team_etl_load_py_load", "load"],
    ["flows.py:Team.load", "on_dask_flows_py_Team_load", "load"],
    ["team.etl.load", "on_dask_team_etl_load", "load"],
  ];
  for (const [entrypoint, name, flow] of entrypoints) {
    it(`of ${entrypoint} has a name and a flow of its own`, () => {
      const module = daskModule(entrypoint, false);
      assert.deepEqual([module.name, module.flow], [name, flow]);
      assert.deepEqual(line(module.text, "ENTRYPOINT ="), [`ENTRYPOINT = "${entrypoint}"`]);
      assert.deepEqual(line(module.text, "REPLACES_TASK_RUNNER ="), ["REPLACES_TASK_RUNNER = False"]);
      assert.deepEqual(line(module.text, `${flow} = on_dask`), [`${flow} = on_dask(load(ENTRYPOINT))`]);
    });
  }

  it("has another hash when it takes the place of the flow's task runner", () => {
    const keeping = daskModule("flows.py:f", false);
    const replacing = daskModule("flows.py:f", true);
    assert.deepEqual(line(replacing.text, "REPLACES_TASK_RUNNER ="), ["REPLACES_TASK_RUNNER = True"]);
    assert.notEqual(replacing.hash, keeping.hash);
    assert.equal(daskModule("flows.py:f", false).hash, keeping.hash);
  });
});

describe("code that each run fetches elsewhere", () => {
  const clone = temporaryFolder();
  const context: BuildContext = {
    env: "dev",
    programFolder: path.join(clone, "infrastructure"),
    tags: { configured: [] },
    version: "auto",
  };
  const plan = { name: "n", entrypoint: "a.py:f", path: "../flows/etl" };
  const repository = "https://example.com/flows.git";
  const stepsOf = (source: Partial<GitSource>, programFolder = context.programFolder) =>
    gitCode({ repository, ...source }).build(plan, { ...context, programFolder }).pullSteps ?? [];
  const placeOf = (...args: Parameters<typeof stepsOf>) => stepsOf(...args)[1];
  const workingDirectory = (directory: string) => ({
    "prefect.deployments.steps.set_working_directory": { directory },
  });

  before(() => {
    fs.mkdirSync(path.join(clone, ".git"));
    fs.mkdirSync(path.join(clone, "flows", "etl"), { recursive: true });
    fs.mkdirSync(context.programFolder);
  });

  it("lies in a clone of git where it lies in the clone here", () => {
    assert.deepEqual(stepsOf({}), [
      { "prefect.deployments.steps.git_clone": { id: "clone", repository } },
      workingDirectory("{{ clone.directory }}/flows/etl"),
    ]);
    const top = gitCode({ repository }).build({ ...plan, path: ".." }, context).pullSteps;
    assert.deepEqual(top?.[1], workingDirectory("{{ clone.directory }}"));
  });

  it("also in a worktree or a submodule, whose .git is a file", () => {
    const worktree = temporaryFolder();
    fs.writeFileSync(path.join(worktree, ".git"), "gitdir: elsewhere\n");
    assert.deepEqual(
      placeOf({}, path.join(worktree, "infrastructure")),
      workingDirectory("{{ clone.directory }}/flows/etl"),
    );
  });

  it("lies where the program says it does", () => {
    assert.deepEqual(placeOf({ directory: "src" }), workingDirectory("{{ clone.directory }}/src"));
    assert.deepEqual(placeOf({ directory: "" }), workingDirectory("{{ clone.directory }}"));
  });

  it("is of the branch, the commit and the submodules that are named, in Prefect's words", () => {
    const accessToken = "{{ prefect.blocks.secret.git-token }}";
    assert.deepEqual(stepsOf({ branch: "main", commitSha: "abc", includeSubmodules: false, accessToken })[0], {
      "prefect.deployments.steps.git_clone": {
        id: "clone",
        repository,
        branch: "main",
        commit_sha: "abc",
        include_submodules: false,
        access_token: accessToken,
      },
    });
  });

  it("is in a folder of the image", () => {
    assert.deepEqual(imageCode("/app").build(plan, context).pullSteps, [workingDirectory("/app")]);
  });

  it("is read here, has no path that a run would go by, and keeps pull steps that are given", () => {
    for (const builder of [gitCode({ repository }), imageCode("/app")]) {
      const built = builder.build(plan, context);
      assert.equal(built.codeFolder, path.join(clone, "flows", "etl"));
      assert.equal("path" in built, false);
      assert.equal(builder.build({ name: "n", entrypoint: "a.py:f" }, context).codeFolder, context.programFolder);
      assert.deepEqual(builder.build({ ...plan, pullSteps: [] }, context).pullSteps, []);
      assert.equal("requires" in builder, false);
    }
  });
});
