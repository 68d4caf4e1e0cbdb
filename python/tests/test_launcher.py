"""What a start loads, tells the command, and hands over."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from meta_prefect._command.flows_python import flows_python
from meta_prefect._command.launcher import cache_folder, child_environment
from meta_prefect._command.node import find_node

PYTHON = Path(__file__).parents[1]


@pytest.fixture
def prefect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with Prefect."""
    (tmp_path / "prefect").mkdir()
    (tmp_path / "prefect" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_to_import_the_package_loads_nothing_else() -> None:
    script = "import sys; before = set(sys.modules); import meta_prefect; print(*set(sys.modules) - before)"
    said = subprocess.run([sys.executable, "-c", script], cwd=PYTHON, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["meta_prefect"]


def test_a_start_loads_nothing_of_the_installation() -> None:
    script = "import sys, meta_prefect.__main__; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=PYTHON, capture_output=True, text=True, check=True)
    assert "meta_prefect._command.installation" not in said.stdout.split()
    assert not {"json", "tempfile", "asyncio", "urllib.request"} & set(said.stdout.split())


def test_flows_are_read_by_this_python_where_it_has_prefect(prefect: Path) -> None:
    assert flows_python({}) == sys.executable
    assert flows_python({"META_PREFECT__PYTHON": ""}) == sys.executable
    assert flows_python({"VIRTUAL_ENV": sys.prefix}) == sys.executable
    assert flows_python({"VIRTUAL_ENV": os.path.join(sys.prefix, "lib", "..")}) == sys.executable


def test_flows_are_read_by_another_python_that_is_named_or_active(prefect: Path) -> None:
    assert flows_python({"META_PREFECT__PYTHON": "/opt/python"}) is None
    assert flows_python({"VIRTUAL_ENV": str(prefect)}) is None


def test_flows_are_read_by_another_python_where_this_one_has_no_prefect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert flows_python({}) is None
    # a folder of flows for Prefect is no Prefect
    (tmp_path / "prefect").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert flows_python({}) is None


def test_the_command_is_told_its_python_and_npm(prefect: Path) -> None:
    told = child_environment({"A": "b", "npm_execpath": "/usr/bin/pnpm.cjs"}, "/npm-cli.js")
    assert told == {"A": "b", "npm_execpath": "/npm-cli.js", "META_PREFECT__PYTHON": sys.executable}


def test_the_cache_is_that_of_the_command() -> None:
    assert cache_folder({"XDG_CACHE_HOME": "/c"}, "1.0.0-ab") == "/c/meta-prefect/packages/1.0.0-ab"
    home = os.path.expanduser("~")
    assert cache_folder({"XDG_CACHE_HOME": ""}, "n") == f"{home}/.cache/meta-prefect/packages/n"


def handed_over(script: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    words = [find_node(""), ["-e", script], {"TOLD": "yes"}]
    start = f"from meta_prefect._command.launcher import become; become(*{words!r})"
    return subprocess.run([sys.executable, "-c", start], cwd=PYTHON, input=text, capture_output=True, text=True)


def test_hands_over_input_output_and_exit_code() -> None:
    ended = handed_over("process.stdin.pipe(process.stdout); console.error(process.env.TOLD); process.exitCode = 7", "in")
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "in", "yes\n")


def test_hands_over_its_own_process_so_that_signals_arrive() -> None:
    ended = handed_over(
        "process.on('SIGINT', () => process.exit(3)); setInterval(() => {}, 1000); process.kill(process.pid, 'SIGINT')"
    )
    assert ended.returncode == 3
    ended = handed_over("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)")
    assert ended.returncode == -15


def test_the_source_alone_says_what_to_do() -> None:
    words = [sys.executable, "-m", "meta_prefect", "list", "--json"]
    said = subprocess.run(words, cwd=PYTHON, capture_output=True, text=True)
    message = "this is the source, without the npm package; build the wheel: npm run wheel"
    assert (said.returncode, said.stderr) == (1, f"error: {message}\n")
    assert said.stdout == f'{{"error": "{message}"}}\n'
