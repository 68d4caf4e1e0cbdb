"""Hands over to the command: what is here runs at each start, and imports little."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from .failure import Failure, visible
from .flows_python import flows_python
from .node import find_node, npm_script

_CARRIED = os.path.join(os.path.dirname(__file__), "npm")
"""The npm package, as the wheel has it."""


def main() -> int:
    """Becomes the command; returns the exit code where it can't, and on Windows."""
    try:
        node, npm = find_node(os.environ.get("PATH", "")), npm_script()
        folder = cache_folder(os.environ, carried_name())
        if not os.path.isdir(folder):
            # seldom needed, and not light
            from .installation import install

            install(_CARRIED, folder, node, npm)
        script = os.path.join(folder, "node_modules", "meta-prefect", "dist", "cli", "index.js")
        return become(node, [script, *sys.argv[1:]], child_environment(os.environ, npm))
    except Failure as failure:
        tell(str(failure), as_json="--json" in sys.argv)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130


def carried_name() -> str:
    """What names the npm package with all that it needs: its version, and a hash of its lock file."""
    try:
        with open(os.path.join(_CARRIED, "name"), encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        raise Failure("this is the source, without the npm package; build the wheel: npm run wheel") from None


def cache_folder(environment: Mapping[str, str], name: str) -> str:
    """Where the command keeps packages: below XDG_CACHE_HOME, or ~/.cache."""
    cache = environment.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.abspath(os.path.join(cache, "meta-prefect", "packages", name))


def child_environment(environment: Mapping[str, str], npm: str) -> dict[str, str]:
    """The environment with what the command is told: the Python of the flows, and, in npm's own way, how npm is called."""
    python = flows_python(environment)
    return {**environment, "npm_execpath": npm, **({} if python is None else {"META_PREFECT__PYTHON": python})}


def become(node: str, words: list[str], environment: Mapping[str, str]) -> int:
    """Node.js takes the place of this process, with its terminal, its signals and its exit code."""
    if sys.platform == "win32":
        return _run(node, words, environment)
    try:
        os.execve(node, [node, *words], environment)
    except OSError as error:
        raise Failure(f"{node} can't be started ({error.strerror}); put a Node.js from version 22 on the PATH") from None


def _run(node: str, words: list[str], environment: Mapping[str, str]) -> int:
    import signal
    import subprocess

    # a terminal's Ctrl-C is the command's affair, which has got it as well
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call([node, *words], env=environment)


def tell(message: str, as_json: bool) -> None:
    """Tells an error as the command tells its own."""
    print(f"error: {visible(message)}", file=sys.stderr)
    if as_json:
        import json

        print(json.dumps({"error": message}))
