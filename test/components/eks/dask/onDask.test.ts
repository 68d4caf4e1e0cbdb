import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { daskModule } from "../../../../components/eks/dask/onDask";

/** Runs the modules without the packages that they import, and with a loader that gives back what it is asked for. */
const harness = `
import ast, json, sys, types

class Any:
    def __init__(self, *_, **__): pass

for name in ("cloudpickle", "distributed", "prefect", "prefect.logging", "prefect.task_runners", "prefect_dask"):
    sys.modules[name] = types.ModuleType(name)
    for part in ("WorkerPlugin", "Flow", "get_logger", "ThreadPoolTaskRunner", "DaskTaskRunner"):
        setattr(sys.modules[name], part, Any)

def ran(module):
    names = {"__name__": "on_dask"}
    *statements, last = ast.parse(module["text"]).body
    exec(compile(ast.Module(statements, []), "on_dask.py", "exec"), names)
    names["on_dask"] = names["load"] = lambda given: given
    exec(compile(ast.Module([last], []), "on_dask.py", "exec"), names)
    return [names["ENTRYPOINT"], names["REPLACES_TASK_RUNNER"], names.get(module["flow"])]

print(json.dumps([ran(module) for module in json.load(sys.stdin)]))
`;

function ran(entrypoints: string[]): unknown[] {
  const modules = entrypoints.map((entrypoint) => daskModule(entrypoint, true));
  return JSON.parse(
    execFileSync("python3", ["-c", harness], { input: JSON.stringify(modules), encoding: "utf8" }),
  ) as unknown[];
}

describe("the module that gives a flow its DaskTaskRunner", () => {
  it("is the same for the same flow in all builds", () => {
    assert.equal(daskModule("flows.py:my_flow", false).hash, "f3cbdc86c89e4ddc");
    assert.equal(daskModule("lib/flows.py:my_flow", true).hash, "aa2af614fc7dddbb");
  });

  it("has what names say as values, never as code", () => {
    const hostile = [
      "flows.py:my_flow",
      'a"b\\.py:x',
      "it's.py:x",
      "\"\"\"'''.py:x",
      "a\nimport os\n.py:x",
      "a\r.py:x",
      "$&$`$'$1$$.py:$&",
      "x\u2028REPLACES_TASK_RUNNER = 1\u2029flow = 2\u0085.py:x",
      "x\nREPLACES_TASK_RUNNER = 1\nflow = 2.py:x",
      "a.py:x = 1; import os; y",
      "a.py:x\nraise SystemExit(1)\ny",
      "a.py:" + '"]; raise SystemExit(1) #',
      "a.py:my flow",
      "a.py:",
      "a.py:ﬁ",
      "a.py:flüsse",
      "a.py:\u{314ad}",
      "a.py:ENTRYPOINT",
      "\0\ud800\u{1f600}\u202e\ufeff\\u0041\\N{BULLET}{{ x }}%s{0}.py:x",
    ];
    for (const [i, result] of ran(hostile).entries()) assert.deepEqual(result, [hostile[i], true, hostile[i]]);
  });

  it("has them whatever they are", () => {
    const part = fc.oneof(fc.constantFrom(..."\"'\\\n\r$&`#;=:.() "), fc.string({ unit: "binary", maxLength: 3 }));
    const name = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
    const names = fc.sample(name, 500);
    for (const [i, result] of ran(names).entries()) assert.deepEqual(result, [names[i], true, names[i]]);
  });
});
