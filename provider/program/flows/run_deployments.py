"""Finds calls of Prefect's run_deployment in the text of Python files: nothing is executed or imported.

Started by `python -I -S -B` with another working directory. Takes paths as lines of JSON; answers each with a line: the calls, or why the
file can't be read. A name is a list of its parts, in which null stands for what the text doesn't tell; so does UNKNOWN in parameters.
"""

import ast
import math
import os
import runpy

finder = runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "find_flows.py"))
imported = finder["imported"]
dotted = finder["dotted"]

FUNCTIONS = ("run_deployment", "arun_deployment")
MODULES = ("prefect.deployments", "prefect.deployments.flow_runs")
CALLS = {f"{module}.{function}" for module in MODULES for function in FUNCTIONS}
PARAMETERS = ("name", "client", "parameters")
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# in the form of what Prefect fills in when a run starts, which nobody judges before
UNKNOWN = {"__prefect_kind": "unknown"}
MOST_DEPTH = 50
# what one call may take: variables that stand for each other twice over would take for ever
MOST_STEPS = 10_000
MOST_TEXT = 10_000


class Unknown(Exception):
    """The text doesn't tell."""


class Patience:
    """How much of a call is still read."""

    left = MOST_STEPS

    @classmethod
    def ends(cls, depth):
        cls.left -= 1
        return depth > MOST_DEPTH or cls.left < 0


class Scope:
    """What the names of a function, or of the module, are bound to; a name that is bound twice, or whose value is changed, is unknown."""

    def __init__(self, node, outer, changed):
        self.outer = outer
        self.changed = changed
        self.values = {}
        self.bound = {}
        self.within = []  # the functions in it
        if isinstance(node, SCOPES):
            given = node.args
            for argument in [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]:
                if argument:
                    self.bind(argument.arg)
        self.calls = []
        for part in node.body if isinstance(node.body, list) else [node.body]:
            self.read(part)

    def bind(self, name, value=None):
        self.bound[name] = self.bound.get(name, 0) + 1
        self.values[name] = value

    def read(self, top):
        waiting = [top]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Call):
                self.calls.append(node)
            if isinstance(node, SCOPES):
                if not isinstance(node, ast.Lambda):
                    self.bind(node.name)
                    waiting.extend(node.decorator_list)
                waiting.extend([*node.args.defaults, *(each for each in node.args.kw_defaults if each)])
                self.within.append(node)
                continue
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.bind(node.targets[0].id, node.value)
                waiting.append(node.value)
                continue
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self.bind(node.target.id, node.value)
                waiting.append(node.value)
                continue
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                self.bind(node.id)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    self.bind(alias.asname or alias.name.split(".")[0])
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                self.changed.update(node.names)
            elif isinstance(node, ast.ClassDef):
                self.bind(node.name)
            else:
                # an exception, or what a pattern has caught
                name = getattr(node, "name", None)
                if isinstance(name, str):
                    self.bind(name)
            waiting.extend(ast.iter_child_nodes(node))

    def value_of(self, name):
        """The expression that a name stands for, and the scope in which it is to be read."""
        scope = self
        while scope and name not in scope.bound:
            scope = scope.outer
        if not scope or name in self.changed or scope.bound[name] > 1 or scope.values[name] is None:
            raise Unknown
        return scope.values[name], scope


def changed_names(module):
    """Names of which a part is set, or a method called: what they stand for may be another then."""
    names = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            names.add(base_of(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names.add(base_of(node.func))
        elif isinstance(node, ast.AugAssign):
            names.add(base_of(node.target))
    return names


def base_of(node):
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def parts_of(node, scope, depth=0):
    """A text as its parts, null for each that isn't known; whole unknown expressions are one null."""
    if Patience.ends(depth):
        return [None]
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else [None]
    if isinstance(node, ast.JoinedStr):
        return joined(part for value in node.values for part in parts_of(value, scope, depth + 1))
    if isinstance(node, ast.FormattedValue):
        if node.conversion != -1 or node.format_spec:
            return [None]
        return parts_of(node.value, scope, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return joined([*parts_of(node.left, scope, depth + 1), *parts_of(node.right, scope, depth + 1)])
    if isinstance(node, ast.Name):
        try:
            value, place = scope.value_of(node.id)
        except Unknown:
            return [None]
        return parts_of(value, place, depth + 1)
    return [None]


def joined(parts):
    whole = []
    for part in parts:
        if whole and part is not None and whole[-1] is not None:
            whole[-1] += part
        elif not whole or part is not None or whole[-1] is not None:
            whole.append(part)
    return [None] if sum(len(part) for part in whole if part) > MOST_TEXT else whole or [""]


def data_of(node, scope, depth=0):
    """A literal as data, with UNKNOWN for what the text doesn't tell."""
    if Patience.ends(depth):
        return UNKNOWN
    if isinstance(node, ast.Constant):
        # integers beyond that are others in JavaScript
        is_number = isinstance(node.value, float) and math.isfinite(node.value) or isinstance(node.value, int) and abs(node.value) <= 2**53
        return node.value if is_number or isinstance(node.value, (str, type(None))) else UNKNOWN
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = data_of(node.operand, scope, depth + 1)
        return -value if isinstance(value, (int, float)) and not isinstance(value, bool) else UNKNOWN
    if isinstance(node, (ast.List, ast.Tuple)):
        if any(isinstance(each, ast.Starred) for each in node.elts):
            return UNKNOWN
        return [data_of(each, scope, depth + 1) for each in node.elts]
    if isinstance(node, (ast.JoinedStr, ast.BinOp)):
        parts = parts_of(node, scope, depth + 1)
        return parts[0] if len(parts) == 1 and parts[0] is not None else UNKNOWN
    if isinstance(node, ast.Name):
        try:
            value, place = scope.value_of(node.id)
        except Unknown:
            return UNKNOWN
        return data_of(value, place, depth + 1)
    found, is_open = mapping_of(node, scope, depth)
    return UNKNOWN if is_open else found


def mapping_of(node, scope, depth=0):
    """What a literal of a dict has by its names, and whether there may be more."""
    if Patience.ends(depth):
        return {}, True
    if isinstance(node, ast.Constant) and node.value is None:
        return {}, False
    if isinstance(node, ast.Name):
        try:
            value, place = scope.value_of(node.id)
        except Unknown:
            return {}, True
        return mapping_of(value, place, depth + 1)
    if isinstance(node, ast.Dict):
        pairs = list(zip(node.keys, node.values))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
        pairs = [(ast.Constant(each.arg) if each.arg is not None else None, each.value) for each in node.keywords]
    else:
        return {}, True
    found, is_open = {}, False
    for key, value in pairs:
        if key is None:  # two stars
            more, more_is_open = mapping_of(value, scope, depth + 1)
            # what isn't known may be given anew by it
            found = {**({name: UNKNOWN for name in found} if more_is_open else found), **more}
            is_open = is_open or more_is_open
            continue
        name = parts_of(key, scope, depth + 1)
        if len(name) == 1 and name[0] is not None:
            found[name[0]] = data_of(value, scope, depth + 1)
        else:
            found, is_open = {each: UNKNOWN for each in found}, True
    return found, is_open


def calls(module):
    names = imported(module)
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES and any(each.name == "*" for each in node.names):
            names.update({function: f"{node.module}.{function}" for function in FUNCTIONS})
    for node in module.body:  # another name for it
        if isinstance(node, ast.Assign) and dotted(node.value, names) in CALLS:
            names.update({target.id: dotted(node.value, names) for target in node.targets if isinstance(target, ast.Name)})
    changed = changed_names(module)
    found = []
    scopes = [Scope(module, None, changed)]
    while scopes:
        scope = scopes.pop()
        scopes.extend(Scope(node, scope, changed) for node in scope.within)
        found.extend(call_of(node, scope) for node in scope.calls if dotted(node.func, names) in CALLS)
    return sorted(found, key=lambda call: (call["line"], call["column"]))


def call_of(node, scope):
    Patience.left = MOST_STEPS
    given, is_open = {}, False
    for name, value in zip(PARAMETERS, node.args):
        if isinstance(value, ast.Starred):
            is_open = True
            break
        given[name] = value
    for keyword in node.keywords:
        if keyword.arg is None:
            is_open = True
        else:
            given[keyword.arg] = keyword.value
    parameters, more = mapping_of(given["parameters"], scope) if "parameters" in given else ({}, is_open)
    return {
        "line": node.lineno,
        "column": node.col_offset,
        "name": parts_of(given["name"], scope) if "name" in given else [None],
        "parameters": parameters,
        "isOpen": more,
    }


if __name__ == "__main__":
    finder["serve"](b"run_deployment", "calls", calls)
