"""Tells which code a flow runs: a hash over the files below its folder that it imports, directly or not.

Imports are followed in the text of the files, wherever they stand in it; nothing is imported. So a flow has the same hash whether or not its
file can be imported, on each machine and in each checkout: names are relative to the folder, line endings and a byte order mark don't count.
What is imported by a name that is made at run time isn't found, and neither is what a link has outside of the folder.
"""

import ast
import hashlib
import os
import unicodedata
import warnings


PACKAGE = "meta_prefect"


def code_hash(folder, entrypoint):
    """16 hex digits, or None when the flow's module isn't below the folder; the files and folders that they depend on; and whether the code
    imports the package meta_prefect from elsewhere.
    """
    code = Code(folder, entrypoint)
    digest = hashlib.sha256()
    for name, path in sorted((name, path) for path, name in code.files.items()):
        text = text_of(path)
        digest.update(f"{name}\0{len(text)}\0".encode("utf-8", "surrogateescape"))
        digest.update(text)
    return digest.hexdigest()[:16] if code.files else None, code.looked_at, code.uses_package


class Code:
    """The files of a flow's code. Files and folders are known by their real paths, so that links can't lead round in circles."""

    def __init__(self, folder, entrypoint):
        self.folder = os.path.realpath(folder)
        self.files = {}  # the name below the folder of each
        self.looked_at = set()
        self.listings = {}
        self.waiting = []
        self.script = None
        self.uses_package = False
        # the folders in which an import looks first, as when Prefect loads the flow
        self.roots = [self.folder]
        file, colon, _ = entrypoint.rpartition(":")
        if colon:
            self.script = os.path.realpath(os.path.join(folder, file))
            self.roots.insert(0, os.path.dirname(self.script))
            self.take(self.script)
        else:
            self.find(entrypoint.split(".")[:-1], self.roots)
        while self.waiting:
            path = self.waiting.pop()
            for node in ast.walk(tree_of(path)):
                self.follow(node, path)

    def take(self, path):
        if path in self.files:
            return
        # the flow's own file counts wherever it is
        name = os.path.relpath(path, self.folder) if self.holds(path) else os.path.basename(path)
        self.files[path] = unicodedata.normalize("NFC", name.replace(os.sep, "/"))
        self.looked_at.add(path)
        self.waiting.append(path)

    def follow(self, node, path):
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.find_absolute(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            names = node.module.split(".") if node.module else []
            places = self.find(names, self.above(path, node.level)) if node.level else self.find_absolute(names)
            for alias in node.names:
                for name in self.exported(places) if alias.name == "*" else [alias.name]:
                    self.find([name], places)

    def above(self, path, level):
        """The folder that the dots of a relative import mean; none beyond the whole."""
        if path == self.script and level == 1:
            return self.roots  # Prefect loads it as if it were the package of both
        place = os.path.dirname(path)
        for _ in range(level - 1):
            place = os.path.dirname(place)
        return [place] if self.holds(place) else []

    def find_absolute(self, names):
        if names[0] == PACKAGE:
            own = [self.entry(root, name, os.path.exists) for root in self.roots for name in (PACKAGE, f"{PACKAGE}.py")]
            self.uses_package |= not any(own)
        return self.find(names, self.roots)

    def find(self, names, places):
        """Takes the files of a dotted name that is looked up in folders; gives the folders in which a further name is."""
        for name in names:
            places = self.module(name, places)
        return places

    def module(self, name, places):
        portions = []  # of a package without __init__.py
        for place in places:
            folder = self.entry(place, name, os.path.isdir)
            package = folder and self.entry(folder, "__init__.py", os.path.isfile)
            file = package or self.entry(place, f"{name}.py", os.path.isfile)
            if file:
                self.take(file)
                return [folder] if package else []
            if folder:
                portions.append(folder)
        return portions

    def exported(self, places):
        """The names in `__all__` of a package, which `import *` imports when they are modules."""
        package = self.entry(places[0], "__init__.py", os.path.isfile) if len(places) == 1 else None
        assigned = [node for node in ast.walk(tree_of(package)) if isinstance(node, ast.Assign)] if package else []
        values = [node.value for node in assigned if any(isinstance(to, ast.Name) and to.id == "__all__" for to in node.targets)]
        texts = [part.value for value in values for part in ast.walk(value) if isinstance(part, ast.Constant)]
        return [text for text in texts if isinstance(text, str)]

    def entry(self, place, name, is_kind):
        """What a folder has under a name, if it is of a kind and below the whole."""
        if not self.holds(place):
            return None
        if place not in self.listings:
            self.looked_at.add(place)
            try:
                names = sorted(os.listdir(place))
            except OSError:
                names = []
            # Python normalizes the names in its text, file systems those of files, each in its own way
            self.listings[place] = {unicodedata.normalize("NFKC", each): each for each in names}
        found = self.listings[place].get(unicodedata.normalize("NFKC", name))
        path = os.path.realpath(os.path.join(place, found)) if found else ""
        return path if found and is_kind(path) and self.holds(path) else None

    def holds(self, path):
        return path == self.folder or path.startswith(os.path.join(self.folder, ""))


def text_of(path):
    """What is in a file; nothing when it can't be read, as it can't be imported then either. A device may have no end."""
    if not os.path.isfile(path):
        return b""
    try:
        with open(path, "rb") as file:
            return file.read().removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    except OSError:
        return b""


def mark(path):
    """Tells one state of a file or folder from another."""
    try:
        status = os.stat(path)
    except OSError:
        return "absent"
    return f"{status.st_mtime_ns // 1000000}-{status.st_size if os.path.isfile(path) else 0}"


def tree_of(path):
    """The syntax of a file; an empty one when it has mistakes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text_of(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
