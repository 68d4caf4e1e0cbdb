"""Runs `prefect deploy --all` in one folder after the other: Prefect is loaded once, and each run has a process of its own.

Each line of standard input is {"folder": ..., "env": {...}}; each line of standard output is what became of it: {"code": ..., "said": ...}, the
exit code and all that was printed. The arguments are folders in which Python finds modules.
"""

import json
import os
import sys
import tempfile
import traceback

# what the command would load at each start; no thread may be there before the forks
import prefect.cli._app as app
import prefect.cli.deploy._commands
import prefect.cli.deploy._config
import prefect.cli.deploy._core
import prefect.context
import prefect.main  # noqa: F401
from prefect.cli import app as command  # noqa: F401


def deploy(folder, env):
    """The command, in a process that ends with it."""
    os.chdir(folder)
    os.environ.update(env)
    # as the command finds modules, which lies elsewhere
    sys.path[0:1] = sys.argv[1:]
    sys.argv = ["prefect", "deploy", "--all"]
    prefect.context.refresh_global_settings_context()
    try:
        app._setup_and_run(("deploy", "--all"), prompt=False)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def run(job):
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(said.fileno(), 1)
                os.dup2(said.fileno(), 2)
                code = deploy(job["folder"], job.get("env", {}))
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        said.seek(0)
        text = said.read().decode(errors="replace")
        return {"code": os.waitstatus_to_exitcode(status), "said": text}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
