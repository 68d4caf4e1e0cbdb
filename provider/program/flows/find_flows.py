"""Finds flows in the text of Python files: nothing is executed or imported.

Started by `python -I -S -B` with another working directory. Takes paths as lines of JSON; answers each with a line: the functions with
Prefect's @flow at the top of the file, or why the file can't be read.
"""

import ast
import json
import os
import runpy
import sys

code = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "code_hash.py"))

FLOW = ("prefect.flow", "prefect.flows.flow", "prefect.main.flow")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def imported(module):
    """What the names mean that the file imports, wherever it does: dotted names."""
    names = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            if node.module == "prefect" and any(alias.name == "*" for alias in node.names):
                names.setdefault("flow", "prefect.flow")
    return names


def functions(statements):
    """The functions of a module that an entrypoint can name: those below a condition, too, but not those in classes and functions."""
    for statement in statements:
        if isinstance(statement, FUNCTIONS):
            yield statement
        elif not isinstance(statement, ast.ClassDef):
            for part in ("body", "orelse", "handlers", "finalbody", "cases"):
                inner = getattr(statement, part, [])
                yield from functions(inner if isinstance(inner, list) else [])


def dotted(node, names):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([names.get(node.id, node.id), *parts]) if isinstance(node, ast.Name) else None


def flows(module):
    names = imported(module)
    found = {}
    for function in functions(module.body):
        found.pop(function.name, None)  # the last of a name is the one that counts
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if dotted(call.func if call else decorator, names) in FLOW:
                found[function.name] = {"function": function.name, "line": function.lineno, "name": name_of(call, function)}
    return list(found.values())


def name_of(call, function):
    """The flow's name; None when it isn't in the text."""
    keywords = call.keywords if call else []
    if any(keyword.arg is None for keyword in keywords):
        return None
    given = next((keyword.value for keyword in keywords if keyword.arg == "name"), ast.Constant(None))
    if not isinstance(given, ast.Constant) or not isinstance(given.value, (str, type(None))):
        return None
    return given.value or function.name.replace("_", "-")


def answer_to(path, word, key, find):
    """What is found in the syntax of a file that has a word in it, under a key; or why the file can't be read."""
    text = code["text_of"](path)
    if word not in text:
        return {key: []}
    try:
        return {key: find(ast.parse(text))}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        line = f", line {exc.lineno}" if isinstance(exc, SyntaxError) and exc.lineno else ""
        return {"error": f"{type(exc).__name__}: {getattr(exc, 'msg', None) or exc}{line}"}


def serve(word, key, find):
    """Answers each line of standard input, which is a path."""
    for line in sys.stdin:
        print(json.dumps(answer_to(json.loads(line), word, key, find)))


if __name__ == "__main__":
    serve(b"flow", "flows", flows)
