"""The Python that the command reads flows with."""

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec


def flows_python(environment: Mapping[str, str]) -> str | None:
    """
    This Python, where it has Prefect; None where the command is to look for one: when one is named already, when another virtual environment is
    active, and when Prefect isn't beside this package, as after `pipx install`.
    """
    active = environment.get("VIRTUAL_ENV")
    is_another = bool(active) and os.path.realpath(active or "") != os.path.realpath(sys.prefix)
    if environment.get("META_PREFECT__PYTHON") or is_another or not _has_prefect():
        return None
    return sys.executable or None


def _has_prefect() -> bool:
    spec = find_spec("prefect")
    # a folder of that name, without a module in it, has no origin
    return spec is not None and spec.origin is not None
