"""Tells what Prefect knows of flows: name, description and parameter schema, as `prefect deploy` would store them.

Reads requests, one JSON object a line, from standard input: {"id", "folder", "entrypoint", "timeout"}. Answers each, in order, by
one JSON object a line on standard output: {"id", "facts": {...}}, with a "warning" when the flow was read without being imported, or
{"id", "error": {"kind", "message"}}. An answer that stays true while certain files do has them as "basis": {path: mark}.

The flows of a folder are loaded in a child process of their own: what a flow file prints, a file that exits and a file that hangs harm no
other flow, and folders don't see each other's modules.
"""

import json
import os
import select
import signal
import sys

del sys.path[0]  # the folder of this script is no place for the modules of flow files
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
unrepeatable = []  # what a flow file did that files don't tell


def watch(event, args):
    if event in ("open", "os.listdir", "os.scandir") and args and isinstance(args[0], (str, os.PathLike)):
        used.add(os.path.abspath(args[0]))
    elif event in ("socket.connect", "subprocess.Popen", "os.system"):
        unrepeatable.append(event)


def mark(path):
    """Tells one state of a file or folder from another."""
    try:
        status = os.stat(path)
    except OSError:
        return "absent"
    return f"{status.st_mtime_ns // 1000000}-{status.st_size if os.path.isfile(path) else 0}"


def basis():
    """The files and folders that the flow was read from; of what is installed, the folders alone, which change with each installation."""
    installed = tuple({os.path.join(place, "") for place in (sys.prefix, sys.base_prefix, sys.exec_prefix)})
    own = [path for path in used if not path.startswith(installed + ("/dev/", "/proc/")) and "__pycache__" not in path]
    folders = [path for path in sys.path if os.path.isdir(path)]
    return {path: mark(path) for path in [*own, *folders]}


class Child:
    """A process that loads the flows of one folder."""

    def __init__(self, folder):
        request_read, self.requests = os.pipe()
        self.answers, answer_write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.requests)
            os.close(self.answers)
            serve(folder, request_read, answer_write)
            os._exit(0)
        os.close(request_read)
        os.close(answer_write)

    def ask(self, request, timeout):
        """The answer, or what became of the process instead."""
        os.write(self.requests, json.dumps(request).encode() + b"\n")
        received = b""
        while not received.endswith(b"\n"):
            ready, _, _ = select.select([self.answers], [], [], timeout)
            if not ready:
                self.end()
                return None, f"did not finish in {timeout} s"
            chunk = os.read(self.answers, 1 << 16)
            if not chunk:
                self.end()
                return None, "ended the process"
            received += chunk
        return json.loads(received), None

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.requests)
        os.close(self.answers)


def serve(folder, request_read, answer_write):
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.addaudithook(watch)
    for line in os.fdopen(request_read, encoding="utf-8"):
        request = json.loads(line)
        answer = load(request["entrypoint"], request["imported"])
        os.write(answer_write, json.dumps(answer).encode() + b"\n")


def load(entrypoint, imported):
    problem = None
    if imported:
        try:
            facts = facts_of(load_flow_from_entrypoint(entrypoint, use_placeholder_flow=False))
            return facts if unrepeatable else {**facts, "basis": basis()}
        except MissingFlowError as exc:
            return {"error": {"kind": "missing", "message": str(exc).strip()}}
        except BaseException as exc:  # a flow file may call sys.exit
            problem = reason_of(exc)
    try:
        flow = safe_load_flow_from_entrypoint(entrypoint)
    except ValueError as exc:  # no such function in the file
        return {"error": {"kind": "missing", "message": str(exc).strip()}}
    except BaseException as exc:
        return {"error": {"kind": "unreadable", "message": problem or reason_of(exc)}}
    if not hasattr(flow, "parameters") or not hasattr(flow, "with_options"):
        return {"error": {"kind": "unreadable", "message": problem or "it is not a flow"}}
    return {**facts_of(flow), "warning": problem or ""}


def reason_of(exc):
    cause = exc.__cause__ if exc.__cause__ is not None and type(exc).__name__ == "ScriptError" else exc
    return f"{type(cause).__name__}: {cause}"


def facts_of(flow):
    schema = parameter_schema(flow).model_dump(exclude_unset=True)
    facts = {"name": flow.name, "description": flow.description, "parameterOpenapiSchema": json.dumps(schema)}
    return {"facts": facts}


children = {}


def ask(request, imported):
    folder = request["folder"]
    child = children.pop(folder, None) or Child(folder)
    answer, end = child.ask({"entrypoint": request["entrypoint"], "imported": imported}, request["timeout"])
    if end is None:
        children[folder] = child
    return answer, end


def answer_to(request):
    if no_prefect:
        return {"error": {"kind": "prefect", "message": no_prefect}}
    answer, end = ask(request, imported=True)
    if end is None:
        return answer
    answer, again = ask(request, imported=False)
    if again is not None:
        return {"error": {"kind": "unreadable", "message": f"importing it {end}"}}
    if "facts" in answer:
        answer["warning"] = f"importing it {end}"
    return answer


for line in sys.stdin:
    request = json.loads(line)
    answers.write(json.dumps({"id": request["id"], **answer_to(request)}) + "\n")
    answers.flush()
