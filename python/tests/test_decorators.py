"""What flows say of themselves; by functions alone, since flows with Prefect are tested where that is installed."""

import copy
import functools
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import meta_prefect
from meta_prefect import dask, kubernetes, tags_resolver, versioneer
from meta_prefect._decorators import DecoratorError

PYTHON = Path(__file__).parents[1]


def said(of: object) -> Any:
    return getattr(of, "__meta_prefect__", None)


def function_of(x: int) -> str:
    return str(x)


def test_gives_the_same_function_back_with_what_is_said() -> None:
    def risk(x: int) -> str:
        return str(x)

    same: Callable[[int], str] = kubernetes(cpu=0.8, memory=1.5)(risk)
    same = dask(num_workers=5)(same)
    same = versioneer(versioneer()(same))
    same = tags_resolver("finance")(tags_resolver(same))
    assert same is risk and risk(3) == "3"
    assert said(risk) == {"cpu": 0.8, "memory": "1.5Gi", "dask": {"workers": 5}, "version": "git", "tags": ["finance"]}


def test_a_decorator_can_be_kept_and_given_to_several() -> None:
    large = kubernetes(memory="8Gi")

    def one() -> None: ...

    def two() -> None: ...

    kubernetes(cpu=1)(large(one))
    large(two)
    assert (said(one), said(two)) == ({"memory": "8Gi", "cpu": 1}, {"memory": "8Gi"})


def test_what_another_wrapper_wraps_is_said_by_it_and_its_own_is_not_said_by_the_wrapped() -> None:
    def inner() -> None: ...

    kubernetes(cpu=1)(tags_resolver("a")(inner))
    outer = tags_resolver("b")(functools.wraps(inner)(lambda: None))
    assert said(outer) == {"cpu": 1, "tags": ["b", "a"]}
    assert said(inner) == {"cpu": 1, "tags": ["a"]}


def test_what_is_said_are_plain_values() -> None:
    class Text(str): ...

    class Number(float): ...

    def inner() -> None: ...

    kubernetes(cpu=Number(2), memory=Text("2Gi"))(inner)
    tags_resolver(Text("a"))(inner)
    kept = said(inner)
    assert [type(value) for value in (kept["cpu"], kept["memory"], kept["tags"][0])] == [float, str, str]
    assert pickle.loads(pickle.dumps(kept)) == copy.deepcopy(kept) == kept


@pytest.mark.parametrize(
    ("memory", "text"),
    [(1.5, "1.5Gi"), (2, "2Gi"), (2.0, "2Gi"), (1 / 64, "0.015625Gi"), (0.1, "0.1Gi"), (65536, "65536Gi"), ("2G", "2G")],
)
def test_a_number_of_memory_is_gib(memory: Any, text: str) -> None:
    assert said(kubernetes(memory=memory)(lambda: None)) == {"memory": text}


WRONG: list[tuple[Callable[[], Callable[[Any], Any]], str]] = [
    (lambda: kubernetes(cpu=float("nan")), '@kubernetes: cpu must be a number of CPUs above 0, such as 0.5, 2 or "500m", not nan'),
    (lambda: kubernetes(cpu=float("inf")), "@kubernetes: cpu must be"),
    (lambda: kubernetes(cpu=False), "not False"),
    (lambda: kubernetes(cpu=10**5000), "not a int"),
    (lambda: kubernetes(cpu="١"), "cpu must be"),
    (lambda: kubernetes(cpu="1\n"), "cpu must be"),
    (lambda: kubernetes(cpu="x" * 100), "xxx...$"),
    (lambda: kubernetes(cpu=[1]), r"not \[1\]"),  # type: ignore[arg-type]
    (lambda: kubernetes(memory=float("inf")), "memory must be a number of GiB from 0.015625 to 65536"),
    (lambda: kubernetes(memory=10**400), "memory must be a number of GiB"),
    (lambda: kubernetes(memory=512 * 2**20), "memory must be a number of GiB"),
    (lambda: kubernetes(memory="1Mi"), 'memory must be at least "16Mi"'),
    (lambda: kubernetes(memory=""), "memory must be an amount above 0, such as 1.5"),
    (lambda: kubernetes(), "@kubernetes: says nothing; give cpu"),
    (lambda: dask(num_workers=0), "@dask: num_workers must be an integer from 1 on, not 0"),
    (lambda: dask(num_workers="5"), "not '5'"),  # type: ignore[arg-type]
    (lambda: tags_resolver("a", 1), "@tags_resolver: tags must be texts that aren't empty, .*, not 1$"),  # type: ignore[call-overload]
    (lambda: tags_resolver(""), "not ''$"),
]


@pytest.mark.parametrize(("decorator", "message"), WRONG)
def test_names_the_flow_and_what_is_allowed(decorator: Callable[[], Callable[[Any], Any]], message: str) -> None:
    def my_flow() -> None: ...

    with pytest.raises(DecoratorError, match=message) as caught:
        decorator()(my_flow)
    assert re.match('^flow "my-flow": @', str(caught.value)) and said(my_flow) is None


def test_says_at_once_what_is_written_without_its_arguments() -> None:
    for decorator in (kubernetes, dask):
        with pytest.raises(DecoratorError, match=rf'^flow "function-of": @{decorator.__name__}: is written @{decorator.__name__}\('):
            decorator(function_of)  # type: ignore[arg-type]


def test_is_for_nothing_else() -> None:
    for wrong in (int, 5, None):
        with pytest.raises(DecoratorError, match=r'^object ".*": @kubernetes is for a flow or the function of one; remove it here$'):
            kubernetes(cpu=1)(wrong)  # type: ignore[type-var]


def test_the_package_names_them_without_loading_them() -> None:
    assert {"dask", "kubernetes", "tags_resolver", "versioneer"} <= set(dir(meta_prefect))
    with pytest.raises(AttributeError, match="module 'meta_prefect' has no attribute 'nothing'"):
        meta_prefect.nothing  # type: ignore[attr-defined]
    script = "import sys, meta_prefect; dir(meta_prefect); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=PYTHON, capture_output=True, text=True, check=True)
    assert "meta_prefect" in loaded.stdout.split() and "meta_prefect._decorators" not in loaded.stdout.split()


def test_they_load_little_and_no_prefect() -> None:
    script = "import sys; from meta_prefect import kubernetes; print(*{name.split('.')[0] for name in sys.modules})"
    words = subprocess.run([sys.executable, "-S", "-c", script], cwd=PYTHON, capture_output=True, text=True, check=True)
    loaded = set(words.stdout.split())
    assert loaded <= {*sys.stdlib_module_names, "__main__", "meta_prefect"} and "asyncio" not in loaded
