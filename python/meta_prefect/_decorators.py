"""What a flow says of itself: what its runs need, its version, its tags.

Each decorator takes a flow, or the function that becomes one, and gives it back. What it says is kept in an attribute of the function,
`__meta_prefect__`, in the words of a deployment's arguments: what `with_options` makes of the flow has the same function, and a flow that is
pickled needs nothing of this package where it is loaded. Prefect itself isn't imported.
"""

from __future__ import annotations

import re
import sys
from copy import copy
from types import FunctionType
from typing import Any, Callable, NoReturn, TypeVar, overload

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

SAID = "__meta_prefect__"

# Kubernetes' notation of amounts
NOTATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?")
FACTORS = {"": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
FACTORS.update({"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60})
GIB = 2**30
LEAST_CPU, MOST_CPU = 1e-3, 1024
LEAST_MEMORY = 16 * 2**20  # no container runs Python in less, so it is a unit that was forgotten
MOST_GIB = 64 * 1024  # no machine has more, so it is bytes


class DecoratorError(ValueError):
    """A decorator says what can't be; the flow is named."""


def kubernetes(
    *misplaced: NoReturn, cpu: float | str | None = None, memory: float | str | None = None
) -> Callable[[Decorated], Decorated]:
    """What each run of the flow needs, where its recipe runs it on Kubernetes.

    Args:
        cpu: CPUs, such as 0.5 or "500m"; the default is the recipe's
        memory: a number of GiB, such as 1.5, or a text, such as "1.5Gi"; the default is the recipe's
    """
    problem = misplacement("kubernetes", misplaced, '@kubernetes(cpu=0.5, memory="1.5Gi"), or with one of them')
    if problem is None and cpu is None and memory is None:
        problem = 'says nothing; give cpu, such as 0.5, or memory, such as "1.5Gi"'
    if problem is None and cpu is not None:
        problem = cpu_problem(cpu)
    if problem is None and memory is not None:
        problem = memory_problem(memory)
    said: dict[str, Any] = {}
    if problem is None and cpu is not None:
        said["cpu"] = plain(cpu)
    if problem is None and memory is not None:
        # the one place where a number becomes GiB
        said["memory"] = plain(memory) if isinstance(memory, str) else f"{memory:.15g}Gi"
    return saying("kubernetes", said, problem)


def dask(*misplaced: NoReturn, num_workers: int | None = None) -> Callable[[Decorated], Decorated]:
    """How many workers of Dask each run of the flow has, where its recipe runs it on Dask.

    Args:
        num_workers: an integer from 1 on
    """
    problem = misplacement("dask", misplaced, "@dask(num_workers=5)")
    is_count = isinstance(num_workers, int) and not isinstance(num_workers, bool) and num_workers >= 1
    problem = problem or (None if is_count else f"num_workers must be an integer from 1 on, not {shown(num_workers)}")
    return saying("dask", {"dask": {"workers": plain(num_workers)}} if problem is None else {}, problem)


@overload
def versioneer() -> Callable[[Decorated], Decorated]: ...
@overload
def versioneer(flow: Decorated, /) -> Decorated: ...
def versioneer(flow: Any = None, /) -> Any:
    """Gives the deployments of the flow the version "git": what `git describe` says of the program's folder."""
    decorate = saying("versioneer", {"version": "git"})
    return decorate if flow is None else decorate(flow)


@overload
def tags_resolver(*tags: str) -> Callable[[Decorated], Decorated]: ...
@overload
def tags_resolver(flow: Decorated, /) -> Decorated: ...
def tags_resolver(*tags: Any) -> Any:
    """Gives the deployments of the flow these tags, beside those that all deployments have, such as META_PREFECT__TAGS's."""
    if len(tags) == 1 and is_decorated(tags[0]):
        return saying("tags_resolver", {})(tags[0])
    wrong = [tag for tag in tags if not isinstance(tag, str) or not tag.strip()]
    problem = f'tags must be texts that aren\'t empty, such as "finance", not {shown(wrong[0])}' if wrong else None
    return saying("tags_resolver", {"tags": [str(tag) for tag in tags]} if tags and not wrong else {}, problem)


def saying(decorator: str, said: dict[str, Any], problem: str | None = None) -> Callable[[Any], Any]:
    """A decorator that adds to what a flow says; of two that say the same, the upper one counts."""

    def decorate(flow: Any) -> Any:
        holder = flow.__func__ if isinstance(flow, (classmethod, staticmethod)) else flow
        if not is_flow_or_function(holder):
            what = "task" if isinstance(holder, prefects("tasks", "Task")) else "object"
            raise DecoratorError(f'{what} "{name_of(holder)}": @{decorator} is for a flow or the function of one; remove it here')
        if problem is not None:
            raise DecoratorError(f'flow "{name_of(holder)}": @{decorator}: {problem}')
        function = function_of(holder)
        before = getattr(function, SAID, {})
        tags = [*dict.fromkeys([*said.get("tags", []), *before.get("tags", [])])]
        setattr(function, SAID, {**before, **said, **({"tags": tags} if tags else {})})
        return flow

    return decorate


def function_of(flow: Any) -> Any:
    """The function that keeps what is said: of a flow one of its own, as another flow may be made of the same."""
    if not isinstance(flow, prefects("flows", "Flow")):
        return flow
    shared = flow.fn
    own = copy_of(shared) if isinstance(shared, FunctionType) else copy(shared)  # `copy` gives a function itself
    flow.fn = own
    if flow.__dict__.get("__wrapped__") is shared:
        flow.__wrapped__ = own
    return own


def copy_of(function: FunctionType) -> FunctionType:
    own = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    annotations = "__annotate__" if hasattr(function, "__annotate__") else "__annotations__"  # from Python 3.14 on
    for name in ("__kwdefaults__", annotations, "__qualname__", "__module__", "__doc__", "__type_params__"):
        if hasattr(function, name):
            setattr(own, name, getattr(function, name))
    own.__dict__.update(function.__dict__)
    return own


def is_flow_or_function(value: Any) -> bool:
    is_plain = callable(value) and not isinstance(value, (type, str, prefects("tasks", "Task")))
    return is_plain or isinstance(value, prefects("flows", "Flow"))


def prefects(module: str, name: str) -> Any:
    """A class of Prefect, for `isinstance`; where it isn't loaded, nothing is of it."""
    return getattr(sys.modules.get(f"prefect.{module}"), name, ())


def is_decorated(value: object) -> bool:
    """Whether a decorator that is written without its parentheses was given it."""
    return not isinstance(value, str) and (callable(value) or isinstance(value, classmethod))


def misplacement(decorator: str, misplaced: tuple[Any, ...], form: str) -> str | None:
    """What is wrong with arguments without names; at once where nothing else would be called with the flow."""
    if not misplaced:
        return None
    problem = f"is written {form}"
    if is_decorated(misplaced[0]):
        raise DecoratorError(f'flow "{name_of(misplaced[0])}": @{decorator}: {problem}')
    return problem


def name_of(flow: Any) -> str:
    """The name of a flow; of a function the one that its flow has by default."""
    name = getattr(flow, "name", None)
    if isinstance(name, str):
        return name
    function = getattr(flow, "__name__", None)
    return function.replace("_", "-") if isinstance(function, str) else shown(flow)


def cpu_problem(cpu: object) -> str | None:
    amount = amount_of(cpu)
    allowed = 'cpu must be a number of CPUs above 0, such as 0.5, 2 or "500m"'
    if amount is None or not 0 < amount <= MOST_CPU:
        return f"{allowed}, not {shown(cpu)}"
    return f'{allowed}, and at least "1m", not {shown(cpu)}' if amount < LEAST_CPU else None


def memory_problem(memory: object) -> str | None:
    amount = amount_of(memory)
    if amount is None or not amount > 0:
        return f'memory must be an amount above 0, such as 1.5, "512Mi" or "1.5Gi", not {shown(memory)}'
    if isinstance(memory, str):
        if amount < LEAST_MEMORY:
            return f'memory must be at least "16Mi", such as "1.5Gi"; a text without a unit is bytes, not {shown(memory)}'
    elif not LEAST_MEMORY <= amount * GIB <= MOST_GIB * GIB:
        allowed = f"from {LEAST_MEMORY / GIB} to {MOST_GIB}"
        return f'memory must be a number of GiB {allowed}, or a text with its unit, such as "1.5Gi", not {shown(memory)}'
    return None


def amount_of(quantity: object) -> float | None:
    """The amount that a number or a text of Kubernetes' notation means."""
    if isinstance(quantity, str):
        found = NOTATION.fullmatch(quantity)
        if not found:
            return None
        digits, suffix = found.groups(default="")
        return float(digits) * (FACTORS[suffix] if suffix in FACTORS else float(f"1{suffix}"))
    return quantity if isinstance(quantity, (int, float)) and not isinstance(quantity, bool) else None


def plain(quantity: Any) -> int | float | str:
    """A value of a plain type, as pickles and JSON know it."""
    kind = next(kind for kind in (str, int, float) if isinstance(quantity, kind))
    return kind(quantity)


def shown(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # such as a number of too many digits
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."
