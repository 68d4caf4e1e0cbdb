"""Tells which files the code of flows consists of, those over which code_hash.py makes its hash: nothing is executed or imported.

Started by `python -I -S -B` with another working directory. Takes {"folder", "entrypoint"} as lines of JSON; answers each with a line: the real
paths of the files, or why they can't be told.
"""

import functools
import json
import os
import runpy
import sys

Code = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "code_hash.py"))["Code"]
# modules that many flows share are parsed once
shared = Code.follow.__globals__
shared["tree_of"] = functools.cache(shared["tree_of"])


def answer_to(request):
    try:
        return {"files": sorted(Code(request["folder"], request["entrypoint"]).files)}
    except (OSError, ValueError, RecursionError) as exc:
        return {"error": f"{type(exc).__name__}: {exc}"}


for line in sys.stdin:
    print(json.dumps(answer_to(json.loads(line))), flush=True)
