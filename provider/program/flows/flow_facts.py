"""Tells what Prefect knows of flows: name, description and parameter schema, as `prefect deploy` would store them, and whether they take `**kwargs`;
which code they run, by its hash; and what the decorators of meta_prefect say of them.

Reads requests, one JSON object a line, from standard input: {"folder", "entrypoint", "timeout"}. Answers each, in order, by one
JSON object a line on standard output: {"facts": {...}}, with a "warning" when the flow was read without being imported, or
{"error": {"kind", "message"}}. An answer that stays true while certain files do has them as "basis": {path: mark}.

The flows of a folder are loaded in a child process of their own: what a flow file prints, a file that exits and a file
that hangs harm no other flow, and folders don't see each other's modules. When a file hangs or ends its process, and
when standard input ends, as it does with the program, all that flow files have started is ended.
"""

import contextlib
import inspect
import json
import os
import re
import runpy
import select
import signal
import sys
import time

# not by an import, since it is no module of flow files
code = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "code_hash.py"))
code_hash, mark = code["code_hash"], code["mark"]

# what a flow may say of itself, and the types of it
NEEDS = {"cpu": (int, float, str), "memory": str, "dask": dict, "version": str, "tags": list}

del sys.path[0]  # the folder of this script is no place for the modules of flow files
# the decorators of flows, where this Python has them not
lent = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "python"))
sys.path.append(lent)
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what flow files print is no answer

try:
    from prefect.exceptions import MissingFlowError
    from prefect.flows import load_flow_from_entrypoint, safe_load_flow_from_entrypoint
    from prefect.utilities.callables import parameter_schema

    no_prefect = None
except ImportError as exc:
    no_prefect = f"{exc} (in {sys.executable})"


used = set()  # files and folders that were looked at since the interpreter started
followed = set()  # files and folders that say which code the flows run
unrepeatable = []  # what a flow file did that files don't tell


def watch(event, args):
    if event in ("open", "os.listdir", "os.scandir") and args and isinstance(args[0], (str, os.PathLike)):
        used.add(os.path.abspath(args[0]))
    elif event in ("socket.connect", "subprocess.Popen", "os.system"):
        unrepeatable.append(event)


def basis():
    """The files and folders that the flow was read from; of what is installed, the folders alone, which change with each installation."""
    installed = tuple({os.path.join(place, "") for place in (sys.prefix, sys.base_prefix, sys.exec_prefix)})
    own = [path for path in used if not path.startswith(installed + ("/dev/", "/proc/")) and "__pycache__" not in path]
    folders = [path for path in sys.path if os.path.isdir(path)]
    return {path: mark(path) for path in [*own, *folders, *followed]}


class Child:
    """A process that loads the flows of one folder."""

    def __init__(self, folder):
        request_read, self.requests = os.pipe()
        self.answers, answer_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.requests)
            os.close(self.answers)
            answers.close()
            serve(folder, request_read, answer_write)
            os._exit(0)
        os.close(request_read)
        os.close(answer_write)

    def ask(self, request, timeout):
        """The answer, or what became of the process instead."""
        try:
            os.write(self.requests, json.dumps(request).encode() + b"\n")
        except BrokenPipeError:  # what was imported before has ended it since
            return None, "ended the process"
        received = b""
        deadline = time.monotonic() + timeout
        while not received.endswith(b"\n"):
            # the program asks one question after the other, so there is nothing to read but the end
            ready, _, _ = select.select([self.answers, sys.stdin], [], [], max(0, deadline - time.monotonic()))
            if sys.stdin in ready:
                end_all()
                os._exit(0)
            if not ready:
                return None, f"did not finish in {timeout} s"
            chunk = os.read(self.answers, 1 << 16)
            if not chunk:
                return None, "ended the process"
            received += chunk
        return json.loads(received), None

    def close(self):
        os.close(self.requests)
        os.close(self.answers)


def adopt():
    """Makes this process the parent of all that flow files leave behind, as far as the system can: Linux alone."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def end_all():
    """Ends the processes of all folders and what they have started."""
    for child in children.values():
        child.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    children.clear()
    for _ in range(50):  # what is ending may have started something meanwhile
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        running = below(os.getpid())
        if not running:
            return
        for pid in running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def below(root):
    """The processes that one has started, directly or not, as Linux tells."""
    parents = {}
    for name in os.listdir("/proc") if sys.platform == "linux" else []:
        with contextlib.suppress(OSError, ValueError):
            with open(f"/proc/{name}/stat", "rb") as file:
                parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
    found = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return found - {root}
        found |= more


def serve(folder, request_read, answer_write):
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.addaudithook(watch)
    for line in os.fdopen(request_read, encoding="utf-8"):
        request = json.loads(line)
        answer = load(folder, request["entrypoint"], request["imported"])
        os.write(answer_write, json.dumps(answer).encode() + b"\n")


def load(folder, entrypoint, imported):
    problem = None
    if imported:
        try:
            flow = load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False)
            facts = facts_of(flow, folder, entrypoint)
            return {"facts": facts} if unrepeatable else {"facts": facts, "basis": basis()}
        except MissingFlowError as exc:
            return {"error": {"kind": "missing", "message": str(exc).strip()}}
        except BaseException as exc:  # a flow file may call sys.exit
            wrong = wrong_decorator(cause_of(exc))
            if wrong is not None:
                return {"error": {"kind": "decorator", "message": wrong}}
            problem = reason_of(exc)
    try:
        flow = safe_load_flow_from_entrypoint(entrypoint)
    except ValueError as exc:  # no such function in the file
        return {"error": {"kind": "missing", "message": str(exc).strip()}}
    except BaseException as exc:
        return {"error": {"kind": "unreadable", "message": problem or reason_of(exc)}}
    if not hasattr(flow, "parameters") or not hasattr(flow, "with_options"):
        return {"error": {"kind": "unreadable", "message": problem or "it is not a flow"}}
    return {"facts": facts_of(flow, folder, entrypoint), "warning": problem or ""}


def cause_of(exc):
    return exc.__cause__ if exc.__cause__ is not None and type(exc).__name__ == "ScriptError" else exc


def reason_of(exc):
    cause = cause_of(exc)
    return f"{type(cause).__name__}: {cause}"


def wrong_decorator(exc):
    """What a decorator of meta_prefect says of its arguments when they are wrong."""
    kind = type(exc)
    if kind.__module__ == "meta_prefect._decorators" and kind.__name__ == "DecoratorError":
        return str(exc)
    is_call = isinstance(exc, TypeError) and re.match(r"(kubernetes|dask|versioneer|tags_resolver)\(\) ", str(exc))
    return f"TypeError: {exc}" if is_call and "meta_prefect" in sys.modules else None


def facts_of(flow, folder, entrypoint):
    schema = parameter_schema(flow).model_dump(exclude_unset=True)
    takes = inspect.signature(flow.fn).parameters.values()
    code, places, uses_package = code_hash(folder, entrypoint)
    followed.update(places)
    return {
        "name": flow.name,
        "description": flow.description,
        "parameterOpenapiSchema": json.dumps(schema),
        "more": next((parameter.name for parameter in takes if parameter.kind is parameter.VAR_KEYWORD), None),
        "codeHash": code,
        **needs_of(flow),
        **({"usesPackage": True} if uses_package else {}),
        **({"lacksPackage": True} if uses_package and is_lent() else {}),
    }


def needs_of(flow):
    """What the decorators of meta_prefect have noted on the function."""
    said = getattr(flow.fn, "__meta_prefect__", None)
    needs = {name: said[name] for name in NEEDS if isinstance(said.get(name), NEEDS[name])} if isinstance(said, dict) else {}
    return {"needs": needs} if needs else {}


def is_lent():
    file = getattr(sys.modules.get("meta_prefect"), "__file__", None)
    return file is not None and os.path.realpath(file).startswith(os.path.join(lent, ""))


children = {}


def ask(request, imported):
    folder = request["folder"]
    if folder not in children:
        children[folder] = Child(folder)
    answer, end = children[folder].ask({"entrypoint": request["entrypoint"], "imported": imported}, request["timeout"])
    if end is not None:
        end_all()
    return answer, end


def answer_to(request):
    if no_prefect:
        return {"error": {"kind": "python", "message": no_prefect}}
    answer, end = ask(request, imported=True)
    if end is None:
        return answer
    answer, again = ask(request, imported=False)
    if again is not None:
        return {"error": {"kind": "unreadable", "message": f"importing it {end}"}}
    if "facts" in answer:
        answer["warning"] = f"importing it {end}"
    return answer


adopt()
# line by line, so that `select` sees what has not been read
for line in iter(sys.stdin.readline, ""):
    answers.write(json.dumps(answer_to(json.loads(line))) + "\n")
    answers.flush()
end_all()
os._exit(0)  # what is loaded needs a second to be taken down
