"""Tells of flows what flow_facts.py tells, from the text of their files alone: nothing is executed or imported.

Asked and answering as flow_facts.py does, without Prefect. What it says is what an import would have said. What the
text doesn't tell is left out, and listed as "unread" in the answer; where even the flow's name may be another one, the
answer is an error. It has to be started by `python -I -S -B` with another working directory, so that nothing beside the
flows is executed either.

The forms are those of pydantic's JSON schemas, as Prefect stores them: keys in order, null last in a union.
"""

import ast
import builtins
import contextlib
import json
import os
import re
import runpy
import signal
import sys

here = os.path.dirname(os.path.abspath(__file__))
code = runpy.run_path(os.path.join(here, "code_hash.py"))
# what an import of a flow would have run: it says what is wrong in the same words
package = runpy.run_path(os.path.join(here, "..", "..", "..", "python", "meta_prefect", "_decorators.py"))

MEMORY = 2 << 30  # bytes; a text can be written that needs any amount of it
FLOW = ("prefect.flow", "prefect.flows.flow", "prefect.main.flow")
DECORATORS = {f"meta_prefect.{name}": package[name] for name in ("dask", "kubernetes", "tags_resolver", "versioneer")}
NULL = {"type": "null"}
ARRAY = {"items": {}, "type": "array"}
OBJECT = {"additionalProperties": True, "type": "object"}
TYPES = {
    "None": NULL,
    "builtins.bool": {"type": "boolean"},
    "builtins.dict": OBJECT,
    "builtins.float": {"type": "number"},
    "builtins.int": {"type": "integer"},
    "builtins.list": ARRAY,
    "builtins.str": {"type": "string"},
    "datetime.date": {"format": "date", "type": "string"},
    "datetime.datetime": {"format": "date-time", "type": "string"},
    "datetime.time": {"format": "time", "type": "string"},
    "datetime.timedelta": {"format": "duration", "type": "string"},
    "pathlib.Path": {"format": "path", "type": "string"},
    "typing.Any": {},
    "typing.Dict": OBJECT,
    "typing.List": ARRAY,
    "uuid.UUID": {"format": "uuid", "type": "string"},
}
KEYS = ({}, {"type": "string"}, {"type": "integer"})  # the types of a dict's keys that its schema doesn't say
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)


class Unread(Exception):
    """The text doesn't tell."""


class Missing(Exception):
    """There is no such flow."""


class Wrong(Exception):
    """A decorator of meta_prefect says what can't be."""


class Scope:
    """What the names of a module or class mean: a dotted name for what is imported, else the syntax that says it."""

    def __init__(self, body):
        self.bound = {}
        self.deferred = False
        for statement in body:
            self.take(statement)

    def bind(self, name, meaning, line):
        self.bound.setdefault(name, []).append((meaning, line))

    def take(self, statement):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            self.take_import(statement, True)
            return
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        is_assignment = isinstance(statement, (ast.Assign, ast.AnnAssign))
        is_plain = is_assignment and len(targets) == 1 and isinstance(targets[0], ast.Name)
        if isinstance(statement, DEFINITIONS):
            self.bind(statement.name, statement, statement.lineno)
        elif is_plain and statement.value is not None:
            self.bind(targets[0].id, statement.value, statement.lineno)
        for node in inner(statement):
            if not (is_plain and node is targets[0]):
                self.take_unsure(node)

    def take_import(self, statement, is_sure):
        module = "." * getattr(statement, "level", 0) + (getattr(statement, "module", None) or "")
        self.deferred |= module == "__future__" and any(alias.name == "annotations" for alias in statement.names)
        for alias in statement.names:
            if isinstance(statement, ast.ImportFrom):
                name, meaning = alias.asname or alias.name, f"{module}.{alias.name}"
            else:
                name = alias.asname or alias.name.split(".")[0]
                meaning = alias.name if alias.asname else name
            self.bind(name, meaning.replace("typing_extensions.", "typing.") if is_sure else None, statement.lineno)

    def take_unsure(self, node):
        """What is bound under a condition, in a loop, or along the way."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.take_import(node, False)
        elif isinstance(node, DEFINITIONS):
            self.bind(node.name, None, node.lineno)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self.bind(node.id, None, node.lineno)
        else:
            # `except ... as name` and patterns
            for name in (getattr(node, "name", None), getattr(node, "rest", None)):
                if isinstance(name, str):
                    self.bind(name, None, getattr(node, "lineno", 0))

    def meaning(self, name, line):
        """The one thing that a name means at a line; at each, when that is None."""
        found = self.bound.get(name, [])
        last, place = found[-1] if found else (None, 0)
        is_one = len(found) == 1 or (isinstance(last, str) and all(meaning == last for meaning, _ in found))
        is_kept = all(star < place for _, star in self.bound.get("*", []))
        return last if is_one and is_kept and (line is None or place < line) else None

    def dotted(self, node, line):
        """`datetime.datetime` for an expression that means it."""
        if isinstance(node, ast.Constant) and node.value is None:
            return "None"
        if isinstance(node, ast.Attribute):
            of = self.dotted(node.value, line)
            return f"{of}.{node.attr}".replace("typing_extensions.", "typing.") if of else None
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.bound:
            meaning = self.meaning(node.id, line)
            return meaning if isinstance(meaning, str) else None
        return f"builtins.{node.id}" if self.is_builtin(node.id) else None

    def is_builtin(self, name):
        return name not in self.bound and "*" not in self.bound and hasattr(builtins, name)

    def has(self, name):
        return self.is_builtin(name) or any(meaning is not None for meaning, _ in self.bound.get(name, []))


def inner(node):
    """The syntax below a node that belongs to the same scope."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, FUNCTIONS):
        children = [*node.decorator_list, node.args]
    elif isinstance(node, ast.ClassDef):
        children = [*node.decorator_list, *node.bases, *node.keywords]
    else:
        children = ast.iter_child_nodes(node)
    for child in children:
        yield child
        yield from inner(child)


class Flow:
    """A flow in the text of its file."""

    def __init__(self, module, names):
        self.scope = Scope(module.body)
        for node in ast.walk(module):
            for name in node.names if isinstance(node, ast.Global) else []:
                self.scope.bind(name, None, node.lineno)
        self.nearer = set()  # names that mean something else in a class, or as types of a generic function
        self.function = self.found(module, names)
        self.nearer.update(parameter.name for parameter in getattr(self.function, "type_params", []))
        self.line = self.function.lineno
        self.unread = []
        self.keywords = self.decorated()

    def found(self, module, names):
        scope = self.scope
        for name in names[:-1]:
            holder = self.definition(scope, name)
            if not isinstance(holder, ast.ClassDef) or holder.decorator_list or len(names) > 2:
                raise Unread(f"{name} is no plain class at the top of the file")
            scope = Scope(holder.body)
            self.nearer.update(scope.bound)
        function = self.definition(scope, names[-1])
        if not isinstance(function, FUNCTIONS):
            raise Missing(f"{names[-1]} is not a flow: it is no function with @flow")
        return function

    def definition(self, scope, name):
        if name not in scope.bound and "*" not in scope.bound:
            raise Missing(f"there is no {name}")
        found = scope.meaning(name, None)
        if not isinstance(found, DEFINITIONS):
            raise Unread(f"{name} is not defined just once, by def or class that isn't below a condition")
        return found

    def decorated(self):
        """The arguments of `@flow`."""
        decorators = self.function.decorator_list
        called = [node.func if isinstance(node, ast.Call) else node for node in decorators]
        meanings = [self.dotted(node, min(node.lineno, self.line)) for node in called]
        flows = [node for node, meaning in zip(decorators, meanings) if meaning in FLOW]
        known = (*FLOW, *DECORATORS, "builtins.staticmethod")
        others = [node for node, meaning in zip(called, meanings) if meaning not in known]
        if others:
            raise Unread(f"what the decorator {ast.unparse(others[0])} makes of it is not in its text")
        if len(flows) != 1:
            raise Missing(f"{self.function.name} is not a flow: it is no function with @flow")
        call = flows[0] if isinstance(flows[0], ast.Call) else ast.Call(flows[0], [], [])
        if call.args or any(keyword.arg is None for keyword in call.keywords):
            raise Unread("its decorator has arguments that are not in its text")
        at = decorators.index(flows[0])
        placed = [(node, DECORATORS.get(meaning), i < at) for i, (node, meaning) in enumerate(zip(decorators, meanings))]
        self.saying = [one for one in placed[::-1] if one[1]]  # in the order in which they are applied
        return {keyword.arg: keyword.value for keyword in call.keywords}

    def needs(self):
        """What its decorators of meta_prefect say."""

        def function(): ...

        function.__name__ = self.function.name
        for node, decorator, is_above in self.saying:
            if is_above:
                function.name = self.name()
            given = self.given(node, decorator.__name__) if isinstance(node, ast.Call) else ([function], {})
            if given is None:
                continue
            try:
                decorate = decorator(*given[0], **given[1])
                if isinstance(node, ast.Call):
                    decorate(function)
            except package["DecoratorError"] as exc:
                raise Wrong(str(exc)) from None
            except TypeError as exc:
                raise Wrong(f"TypeError: {exc}") from None
        return getattr(function, package["SAID"], {})

    def given(self, call, decorator):
        """The arguments of a decorator that are in the text; None when none of those that are given is."""
        texts, named = [], {}
        for argument in call.args:
            with self.noted(f"an argument of @{decorator}"):
                texts.append(self.value(argument))
        for keyword in call.keywords:
            with self.noted(f"{keyword.arg or 'an argument'} of @{decorator}"):
                if keyword.arg is None:
                    raise Unread
                named[keyword.arg] = self.value(keyword.value)
        is_none = not texts and not named and (call.args or call.keywords)
        return None if is_none else (texts, named)

    def dotted(self, node, line):
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        return None if isinstance(root, ast.Name) and root.id in self.nearer else self.scope.dotted(node, line)

    def name(self):
        try:
            given = self.text(self.keywords.get("name"))
        except Unread:
            raise Unread("its name is not a text in its decorator") from None
        name = given or self.function.name.replace("_", "-")
        if not re.match("^[^/%&><]+$", name):
            raise Unread(f"its name {json.dumps(name)} has one of / % & > <")
        return name

    def description(self):
        try:
            given = self.text(self.keywords.get("description"))
        except Unread:
            self.unread.append("its description")
            return None
        return given or ast.get_docstring(self.function)

    def text(self, node):
        value = None if node is None else self.literal(node)
        if not isinstance(value, (str, type(None))):
            raise Unread
        return value

    def literal(self, node):
        """The value of an expression, if it is one that JSON has."""
        value = self.value(node)
        try:
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        except ValueError:
            raise Unread from None
        return value

    def value(self, node):
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.value(item) for item in node.elts]
        if isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            if not all(isinstance(key, str) for key in keys):
                raise Unread
            return dict(zip(keys, [self.value(item) for item in node.values]))
        if isinstance(node, ast.Name) and node.id not in self.nearer:
            node = self.scope.meaning(node.id, self.line)  # a constant of the module
        return scalar(node)

    def schema(self):
        """The schema of its parameters, and the name of its `**kwargs`."""
        takes = self.function.args
        positional = [*takes.posonlyargs, *takes.args]
        defaults = [*[None] * (len(positional) - len(takes.defaults)), *takes.defaults]
        parameters = [*zip(positional, defaults)]
        if takes.vararg:
            parameters.append((takes.vararg, None))
        parameters += zip(takes.kwonlyargs, takes.kw_defaults)
        if takes.kwarg:
            parameters.append((takes.kwarg, None))
        descriptions = self.descriptions()
        properties, required = {}, []
        for position, (parameter, default) in enumerate(parameters):
            name = parameter.arg
            if name in ("cls", "self"):
                continue
            if name.startswith("_"):
                raise Unread(f"its parameter {name} starts with _, which Prefect refuses")
            form = {"position": position, "title": name, **self.type_of(parameter)}
            if name in descriptions:
                form["description"] = descriptions[name]
            if default is None:
                required.append(name)
            else:
                with self.noted(f"the default of {name}"):
                    form["default"] = self.literal(default)
            properties[name] = dict(sorted(form.items()))
        schema = {"title": "Parameters", "type": "object", "properties": properties}
        return {**schema, "required": required} if required else schema, takes.kwarg and takes.kwarg.arg

    @contextlib.contextmanager
    def noted(self, what):
        try:
            yield
        except Unread:
            self.unread.append(what)

    def type_of(self, parameter):
        if parameter.annotation is None:
            return {}
        with self.noted(f"the type of {parameter.arg}"):
            if not self.is_deferred(parameter.annotation):
                return self.form(parameter.annotation, self.line)
            if not self.are_known():
                raise Unread
            return self.form(self.evaluated(parameter.annotation), None)
        return {}

    def is_deferred(self, annotation):
        return self.scope.deferred or isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)

    def evaluated(self, annotation):
        """The expression that a text is; the text of one that is a text itself is evaluated once."""
        try:
            return annotation if self.scope.deferred else ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError):
            raise Unread from None

    def are_known(self):
        """Whether all names of annotations that are evaluated later are there: else Prefect evaluates none of them."""
        takes = self.function.args
        arguments = [*takes.posonlyargs, *takes.args, *takes.kwonlyargs, takes.vararg, takes.kwarg]
        annotations = [argument.annotation for argument in arguments if argument] + [self.function.returns]
        late = [self.evaluated(each) for each in annotations if each and self.is_deferred(each)]
        names = [node.id for each in late for node in ast.walk(each) if isinstance(node, ast.Name)]
        return all(self.scope.has(name) for name in names)

    def form(self, node, line):
        """The schema of a type."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            forms = [self.form(node.left, line), self.form(node.right, line)]
            if forms == [NULL, NULL]:
                raise Unread  # Python has no such type
            return union(forms)
        if not isinstance(node, ast.Subscript):
            return self.plain(node, line)
        of = self.dotted(node.value, line)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if of == "typing.Literal":
            return choice([scalar(part) for part in parts])
        forms = [self.form(part, line) for part in parts]
        if of in ("builtins.list", "typing.List") and len(forms) == 1:
            return {"items": forms[0], "type": "array"}
        if of in ("builtins.dict", "typing.Dict") and len(forms) == 2 and forms[0] in KEYS:
            return {"additionalProperties": forms[1] or True, "type": "object"}
        if of == "typing.Optional" and len(forms) == 1:
            return union([forms[0], NULL])
        if of == "typing.Union":
            return union(forms)
        raise Unread

    def plain(self, node, line):
        form = TYPES.get(self.dotted(node, line))
        if form is None:
            raise Unread
        return form

    def descriptions(self):
        """What the docstring says of each parameter, in Google's style."""
        lines = (ast.get_docstring(self.function) or "").rstrip().split("\n")
        head = re.compile(r"(args|arguments|params|parameters)\s*:", re.IGNORECASE)
        heads = [at for at, line in enumerate(lines) if head.match(line)]
        if not heads:
            return {}
        with self.noted("what its docstring says of parameters"):
            return described(lines, heads)
        return {}


def scalar(node):
    """The value of a constant; none that changes."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        if type(value) in (int, float):
            return -value
    if not isinstance(node, ast.Constant) or not isinstance(node.value, (str, int, float, type(None))):
        raise Unread
    return node.value


def union(forms):
    flat = [part for form in forms for part in (form["anyOf"] if [*form] == ["anyOf"] else [form])]
    parts = [part for at, part in enumerate(flat) if part not in flat[:at] and part != NULL] + [NULL] * (NULL in flat)
    return {"anyOf": parts} if len(parts) > 1 else parts[0]


def choice(values):
    """The schema of a Literal."""
    kinds = {type(value) for value in values}
    if float in kinds or {int, bool} <= kinds:
        raise Unread
    values = [*dict.fromkeys(values)]
    names = {str: "string", int: "integer", bool: "boolean", type(None): "null"}
    form = {"const": values[0]} if len(values) == 1 else {"enum": values}
    return {**form, "type": names[kinds.pop()]} if len(kinds) == 1 else form


def described(lines, heads):
    """As Prefect's parser of docstrings, griffe, reads the lines of the one section of parameters."""
    head = heads[0]
    following = lines[head + 1 :]
    is_one = len(heads) == 1 and re.fullmatch(r"\w+:\s*", lines[head]) and not any("```" in line for line in lines)
    is_apart = head == 0 or not lines[head - 1].strip()
    if not (is_one and is_apart and following and re.match(r" +\S", following[0])):
        raise Unread
    indent = len(following[0]) - len(following[0].lstrip())
    items = []
    for line in following:
        if not line.strip():
            items[-1].append("")
        elif line.startswith(" " * 2 * indent):
            items[-1].append(line[2 * indent :])
        elif line.startswith(" " * (indent + 1)):
            items[-1].append(line.lstrip())
        elif line.startswith(" " * indent):
            items.append([line[indent:]])
        else:
            break
    found = {}
    for first, *more in items:
        name, colon, text = first.partition(":")
        if colon:
            name = name.split("(", 1)[0].strip() if "(" in name and name.endswith(")") else name
            found[name] = "\n".join([text.lstrip(), *more]).rstrip("\n")
    return found


def file_of(folder, entrypoint):
    """The file of an entrypoint, and the name in it."""
    file, colon, name = entrypoint.rpartition(":")
    if colon:
        return os.path.join(folder, file), name
    module, _, name = entrypoint.rpartition(".")
    place = os.path.join(folder, *module.split("."))
    paths = [os.path.join(place, "__init__.py"), f"{place}.py"]
    found = next((path for path in paths if os.path.isfile(path)), None)
    if found is None:
        raise Unread(f"the module {module} is not below the folder")
    return found, name


def facts_of(folder, entrypoint):
    file, name = file_of(folder, entrypoint)
    flow = Flow(ast.parse(code["text_of"](file)), name.split("."))
    schema, more = flow.schema()
    hashed, places, uses_package = code["code_hash"](folder, entrypoint)
    needs = flow.needs()
    facts = {
        "name": flow.name(),
        "description": flow.description(),
        "parameterOpenapiSchema": json.dumps(schema),
        "more": more,
        "codeHash": hashed,
        **({"needs": needs} if needs else {}),
        **({"usesPackage": True} if uses_package else {}),
    }
    if flow.unread:
        return {"facts": facts, "unread": flow.unread}
    return {"facts": facts, "basis": {path: code["mark"](path) for path in [file, *places]}}


def answer_to(request):
    try:
        return facts_of(request["folder"], request["entrypoint"])
    except Missing as exc:
        return {"error": {"kind": "missing", "message": str(exc)}}
    except Wrong as exc:
        return {"error": {"kind": "decorator", "message": str(exc)}}
    except (Unread, ValueError) as exc:
        return {"error": {"kind": "unreadable", "message": str(exc)}}
    except (SyntaxError, RecursionError, MemoryError) as exc:
        return {"error": {"kind": "unreadable", "message": f"{type(exc).__name__}: {exc}"}}


with contextlib.suppress(ImportError, ValueError, OSError):
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

for request in map(json.loads, sys.stdin):
    signal.alarm(int(request["timeout"]))  # ends the process, whatever it is busy with
    sys.stdout.write(json.dumps(answer_to(request)) + "\n")
    sys.stdout.flush()
    signal.alarm(0)
