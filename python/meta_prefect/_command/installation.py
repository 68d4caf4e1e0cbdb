"""Installs the npm package with all that it needs, once for each version."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from .failure import Failure, visible

_REMINDER = 10
"""How many seconds pass between two signs of life."""

# npm would wait for 70 seconds until it says that nobody listens
_RETRIES = {"npm_config_fetch_retry_mintimeout": "1000", "npm_config_fetch_retry_maxtimeout": "5000"}


def install(carried: str, folder: str, node: str, npm: str) -> None:
    """
    Makes a folder of the package and what its lock file names. It is there whole or not at all, whatever interrupts its making: it is filled under
    another name. Of two that make it at once the first counts.
    """
    _end_by_exit()
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        temporary = tempfile.mkdtemp(prefix=f"{os.path.basename(folder)}.", dir=os.path.dirname(folder))
        try:
            shutil.copytree(carried, temporary, dirs_exist_ok=True)
            _say(f"installing meta-prefect into {folder}, which is done once")
            started = time.monotonic()
            _run_npm(temporary, node, npm)
            os.rename(temporary, folder)
            _say(f"  done in {time.monotonic() - started:.0f} s")
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        if os.path.isdir(folder):
            return
        raise Failure(
            f"{error.filename or folder} can't be written ({error.strerror}); "
            "make it writable, or set XDG_CACHE_HOME to a folder that is"
        ) from None


def _end_by_exit() -> None:
    """A signal that would end this process at once lets it end npm first, and clear away."""
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, lambda number, _: sys.exit(128 + number))


def _run_npm(folder: str, node: str, npm: str) -> None:
    # nothing of what is installed has to be run for that
    words = [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--json"]
    environment = {**_RETRIES, **os.environ}
    started = time.monotonic()
    with subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            while True:
                try:
                    printed, said = process.communicate(timeout=_REMINDER)
                    break
                except subprocess.TimeoutExpired:
                    _say(f"  ... {time.monotonic() - started:.0f} s")
        except BaseException:
            process.kill()
            # after a KeyboardInterrupt leaving Popen's context doesn't wait for it
            process.wait()
            raise
    if process.returncode != 0:
        raise Failure(why_not(printed, said, _registry(folder, node, npm)))


def _registry(folder: str, node: str, npm: str) -> str:
    """The registry's address; empty where that has a password, which npm then keeps to itself."""
    words = [node, npm, "config", "get", "registry"]
    return subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", errors="replace").stdout.strip()


def why_not(printed: str, said: str, registry: str) -> str:
    """What to tell a person of an npm that failed, and what to do."""
    code, summary = _error_in(printed)
    reason = f"{code}: {summary}" if code else said.strip().splitlines()[-1] if said.strip() else "npm says nothing"
    place = f"the npm registry {registry}".rstrip()
    return _without_passwords(f"meta-prefect couldn't be installed from {place} ({reason}); {_advice(code)}")


def _error_in(printed: str) -> tuple[str, str]:
    """The code and the summary of an error, as `npm --json` prints it; empty where it printed something else."""
    try:
        error = json.loads(printed)["error"]
        return str(error["code"] or ""), str(error["summary"]).splitlines()[0]
    except (ValueError, LookupError, TypeError):
        return "", ""


def _advice(code: str) -> str:
    if code in ("ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM"):
        return "make room, or set XDG_CACHE_HOME to a folder that can be written"
    if "CERT" in code or "ISSUER" in code or "SIGNATURE" in code:
        return "name the certificates of a private authority by NODE_EXTRA_CA_CERTS, and run this again"
    return (
        "check the network and the proxy (HTTPS_PROXY), "
        "or name the mirror that your company has by npm_config_registry, and run this again"
    )


def _without_passwords(text: str) -> str:
    return re.sub(r"//[^/\s@]*@", "//", text)


def _say(line: str) -> None:
    print(visible(line), file=sys.stderr, flush=True)
