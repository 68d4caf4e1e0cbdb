"""Which Node.js is taken."""

import json
import os
import re
from pathlib import Path

from meta_prefect._command.node import OLDEST, find_node, major_of, npm_script


def command(folder: Path, text: str) -> str:
    folder.mkdir()
    file = folder / "node"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(folder)


def test_takes_that_of_the_path_where_it_is_new_enough(tmp_path: Path) -> None:
    (tmp_path / "node").symlink_to(find_node(""))
    assert find_node(f"{tmp_path / 'nothing'}{os.pathsep}{tmp_path}") == str(tmp_path / "node")


def test_takes_its_own_where_that_of_the_path_is_old_or_none(tmp_path: Path) -> None:
    own = find_node("")
    assert major_of(own) >= OLDEST
    assert find_node(command(tmp_path / "old", "echo v21.9.0")) == own
    assert find_node(command(tmp_path / "broken", "echo v24.0.0 >&2; exit 1")) == own
    assert find_node(command(tmp_path / "other", "echo 24")) == own
    assert find_node(str(tmp_path)) == own


def test_only_the_first_of_the_path_counts(tmp_path: Path) -> None:
    old, new = command(tmp_path / "old", "echo v20.0.0"), command(tmp_path / "new", "echo v24.0.0")
    assert find_node(os.pathsep.join([old, new])) == find_node("")
    assert find_node(os.pathsep.join([new, old])) == os.path.join(new, "node")


def test_the_oldest_is_that_of_the_npm_package() -> None:
    package = json.loads((Path(__file__).parents[2] / "package.json").read_text())
    assert re.fullmatch(r">=(\d+)", package["engines"]["node"])[1] == str(OLDEST)  # type: ignore[index]


def test_has_npm_beside_it() -> None:
    assert os.path.isfile(npm_script())
