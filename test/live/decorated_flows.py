"""Flows with the decorators of meta_prefect, each used as one without them is."""

import asyncio
import copy
import pickle
import subprocess
import sys

import cloudpickle
from meta_prefect import dask, kubernetes, tags_resolver, versioneer
from prefect import Flow, flow, task


def said(of):
    return getattr(of.fn, "__meta_prefect__", None)


@kubernetes(cpu=0.8, memory=1.5)
@dask(num_workers=5)
@versioneer()
@tags_resolver("finance")
@flow(name="Sums", retries=2)
def sums(x: int, y: int = 2) -> int:
    """Adds."""
    return x + y


@flow
@kubernetes(cpu=1)
async def asynchronous(x: int) -> int:
    return -x


@kubernetes(cpu=1)
@flow
def generating(n: int):
    yield from range(n)


@kubernetes(cpu=1)
@flow
async def generating_later(n: int):
    for i in range(n):
        yield i


class Jobs:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    @kubernetes(cpu=1)
    @flow
    def times(self, x: int) -> int:
        return self.factor * x

    @staticmethod
    @kubernetes(cpu=2)
    @flow
    def plain(x: int) -> int:
        return x

    @kubernetes(cpu=3)
    @staticmethod
    @flow
    def under(x: int) -> int:
        return x

    @flow
    @kubernetes(cpu=4)
    @classmethod
    def of_class(cls, x: int) -> str:
        return f"{cls.__name__} {x}"


class MoreJobs(Jobs):
    pass


class OwnFlow(Flow):
    pass


def base(x: int = 1) -> int:
    return x


full = {"cpu": 0.8, "memory": "1.5Gi", "dask": {"workers": 5}, "version": "git", "tags": ["finance"]}

# what the flow is
assert isinstance(sums, Flow) and said(sums) == full
assert (sums.name, sums.retries, sums.description, sums.fn.__name__, sums.__name__) == ("Sums", 2, "Adds.", "sums", "sums")
assert sums.fn(1) == 3 and sums.fn(1, y=5) == 6
assert sums(1, y=1) == 2 and sums("4") == 6
assert sums(1, return_state=True).is_completed()

# copies
for copied in (sums.with_options(name="other", retries=0), copy.copy(sums), sums.with_options().with_options()):
    assert said(copied) == full and copied(1) == 3
fewer = kubernetes(cpu=0.1)(sums.with_options(name="fewer"))
assert said(fewer) == {**full, "cpu": 0.1} and said(sums) == full

# two flows of one function
one, two = flow(base, name="one"), flow(base, name="two")
assert kubernetes(cpu=1)(one) is one and kubernetes(cpu=2)(two) is two
assert (said(one), said(two), said(flow(base))) == ({"cpu": 1}, {"cpu": 2}, None)
assert said(one.with_options(name="more")) == {"cpu": 1}

# pickles, in a process that has no meta_prefect
text = cloudpickle.dumps(sums)
there = f"import sys, pickle; flow = pickle.loads({text!r}); print(flow.fn(1), flow.fn.__meta_prefect__ == {full!r}, 'meta_prefect' in sys.modules)"
assert subprocess.run([sys.executable, "-I", "-c", there], capture_output=True, text=True, check=True).stdout.split() == ["3", "True", "False"]
assert said(pickle.loads(text)) == full
below = flow(tags_resolver("x")(base), name="below")
assert pickle.loads(pickle.dumps(below)).fn is base

# kinds
assert asyncio.run(asynchronous(3)) == -3 and asynchronous.isasync
assert list(generating(3)) == [0, 1, 2] and generating.isgenerator
async def collected():
    return [i async for i in generating_later(3)]
assert asyncio.run(collected()) == [0, 1, 2]
assert (Jobs(3).times(2), MoreJobs(4).times(2), Jobs.plain(2), Jobs(1).under(3)) == (6, 8, 2, 3)
assert (Jobs.of_class(1), MoreJobs.of_class(1)) == ("Jobs 1", "MoreJobs 1")
assert [said(one)["cpu"] for one in (Jobs.times, Jobs.plain, Jobs.under, Jobs.of_class)] == [1, 2, 3, 4]
own = versioneer(OwnFlow(base))
assert type(own) is OwnFlow and said(own) == said(own.with_options(name="o")) == {"tags": ["x"], "version": "git"}

# parents and children
@kubernetes(cpu=1)
@flow
def parent() -> int:
    return sums(1) + plus.submit(1).result()

@task
def plus(x: int) -> int:
    return x + 1

assert parent() == 5

# what is no flow
for wrong in (plus, OwnFlow, 5, "text"):
    for decorator in (kubernetes(cpu=1), versioneer, tags_resolver("a")):
        try:
            decorator(wrong)
        except ValueError as exc:
            assert "is for a flow or the function of one" in str(exc), exc
        else:
            raise AssertionError((wrong, decorator))

print("all is well")
