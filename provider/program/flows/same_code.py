"""Tells whether two texts of Python are the same but for comments and layout: nothing is executed or imported.

Started by `python -I -S -B` with another working directory. Takes {"before", "after"}, each base64 of the text's bytes, as lines of JSON; answers
each with a line.
"""

import ast
import base64
import json
import sys
import warnings

warnings.simplefilter("ignore")


def is_same(before, after):
    try:
        trees = [ast.dump(ast.parse(base64.b64decode(text))) for text in (before, after)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return trees[0] == trees[1]


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"isSame": is_same(request["before"], request["after"])}), flush=True)
