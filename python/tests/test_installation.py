"""What is installed at the first start, by the real npm, of a package that needs next to nothing."""

import base64
import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from meta_prefect._command.installation import why_not
from meta_prefect._command.node import find_node, npm_script

PYTHON = Path(__file__).parents[1]
START = f"""
import sys
from meta_prefect._command.failure import Failure
from meta_prefect._command.installation import install
try:
    install(sys.argv[1], sys.argv[2], {find_node("")!r}, {npm_script()!r})
except Failure as failure:
    sys.exit(f"error: {{failure}}")
"""


def carried(folder: Path, *others: str) -> Path:
    """A folder like the one of the wheel: a packed package, and a lock that names others as well."""
    folder.mkdir()
    text = json.dumps({"name": "small", "version": "1.0.0"}).encode()
    with tarfile.open(folder / "small.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
    wanted = {"small": "file:small.tgz", **{name: "1.0.0" for name in others}}
    integrity = base64.b64encode(hashlib.sha512((folder / "small.tgz").read_bytes()).digest()).decode()
    small = {"version": "1.0.0", "resolved": "file:small.tgz", "integrity": f"sha512-{integrity}"}
    packages = {f"node_modules/{name}": {"version": "1.0.0"} for name in others}
    lock = {"lockfileVersion": 3, "packages": {"": {"dependencies": wanted}, "node_modules/small": small, **packages}}
    (folder / "package.json").write_text(json.dumps({"dependencies": wanted}))
    (folder / "package-lock.json").write_text(json.dumps(lock))
    return folder


def started(source: Path, folder: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", START, str(source), str(folder)],
        cwd=PYTHON,
        env={**os.environ, "npm_config_cache": str(source / ".npm"), **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    _, said = process.communicate(timeout=60)
    return process.returncode, said


class SilentRegistry:
    """A registry that takes connections and answers nothing."""

    def __init__(self, server: socket.socket) -> None:
        server.settimeout(30)
        self.address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        self._server = server

    def wait_for_npm(self) -> None:
        self._server.accept()[0].close()


@pytest.fixture
def silent_registry() -> Iterator[SilentRegistry]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield SilentRegistry(server)


def test_installs_what_the_lock_names(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "packages" / "1.0.0-abc"
    code, said = ended(started(carried(tmp_path / "npm"), folder))
    assert code == 0, said
    first, last = said.splitlines()
    assert first == f"installing meta-prefect into {folder}, which is done once"
    assert last.startswith("  done in ")
    assert (folder / "node_modules" / "small" / "package.json").is_file()
    assert os.listdir(folder.parent) == ["1.0.0-abc"]


def test_of_two_at_once_the_first_counts(tmp_path: Path) -> None:
    source, folder = carried(tmp_path / "npm"), tmp_path / "packages" / "1.0.0-abc"
    both = [started(source, folder), started(source, folder)]
    assert [ended(one)[0] for one in both] == [0, 0]
    assert (folder / "node_modules" / "small" / "package.json").is_file()
    assert os.listdir(folder.parent) == ["1.0.0-abc"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_one_that_is_stopped_leaves_nothing(tmp_path: Path, silent_registry: SilentRegistry, number: signal.Signals) -> None:
    folder = tmp_path / "packages" / "1.0.0-abc"
    process = started(carried(tmp_path / "npm", "other"), folder, npm_config_registry=silent_registry.address)
    silent_registry.wait_for_npm()
    process.send_signal(number)
    assert ended(process)[0] != 0
    assert os.listdir(folder.parent) == []
    assert not running_in(tmp_path)


def test_one_that_is_killed_leaves_nothing_that_counts(tmp_path: Path, silent_registry: SilentRegistry) -> None:
    source, folder = carried(tmp_path / "npm", "other"), tmp_path / "packages" / "1.0.0-abc"
    process = started(source, folder, npm_config_registry=silent_registry.address)
    silent_registry.wait_for_npm()
    process.kill()
    process.communicate()
    for left in running_in(tmp_path):
        os.kill(left, signal.SIGKILL)
    assert not folder.exists()
    code, said = ended(started(carried(tmp_path / "whole"), folder))
    assert code == 0, said
    assert (folder / "node_modules" / "small").is_dir()


def running_in(folder: Path) -> list[int]:
    """The processes that are at work below a folder."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            if Path(os.readlink(f"/proc/{number}/cwd")).is_relative_to(folder):
                found.append(int(number))
        except OSError:
            continue  # it has ended
    return found


@pytest.mark.parametrize(
    ("registry", "place"),
    [
        ("http://127.0.0.1:1/", "the npm registry http://127.0.0.1:1/ (ECONNREFUSED: "),
        # npm keeps such an address to itself
        ("http://me:hunter2@127.0.0.1:1/", "the npm registry (ECONNREFUSED: "),
    ],
)
def test_a_registry_that_is_away_is_one_error(tmp_path: Path, registry: str, place: str) -> None:
    source, folder = carried(tmp_path / "npm", "other"), tmp_path / "packages" / "1.0.0-abc"
    quick = {"npm_config_fetch_retry_mintimeout": "10", "npm_config_fetch_retry_maxtimeout": "10"}
    code, said = ended(started(source, folder, npm_config_registry=registry, **quick))
    assert code == 1
    _, *errors = said.splitlines()
    assert len(errors) == 1
    assert errors[0].startswith(f"error: meta-prefect couldn't be installed from {place}")
    assert "127.0.0.1:1" in errors[0] and "npm_config_registry" in errors[0] and "hunter2" not in said
    assert os.listdir(folder.parent) == []


def test_a_cache_that_cannot_be_made_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = ended(started(carried(tmp_path / "npm"), tmp_path / "file" / "packages" / "1.0.0-abc"))
    assert code == 1
    assert said.startswith(f"error: {tmp_path / 'file'}") and said.count("\n") == 1
    assert "set XDG_CACHE_HOME" in said


@pytest.mark.parametrize(
    ("printed", "said", "told"),
    [
        ('{"error": {"code": "ENOSPC", "summary": "no space"}}', "", "(ENOSPC: no space); make room, or set XDG_CACHE"),
        ('{"error": {"code": "SELF_SIGNED_CERT_IN_CHAIN", "summary": "s"}}', "", "by NODE_EXTRA_CA_CERTS"),
        ('{"error": {"code": "E404", "summary": "Not Found\\n\\nmore"}}', "", "(E404: Not Found); check the network"),
        ('{"error": {"code": null, "summary": "s"}}', "first\nlast\n", "(last); "),
        ("no JSON", "", "(npm says nothing); "),
        ("[]", "", "(npm says nothing); "),
    ],
)
def test_says_what_to_do(printed: str, said: str, told: str) -> None:
    assert told in why_not(printed, said, "http://mirror/")
