"""Prefect deployments as code. The command is `meta-prefect`, or `python -m meta_prefect`.

What a flow says of itself is said by the decorators `kubernetes`, `dask`, `versioneer` and `tags_resolver`. They are loaded when the first of
them is asked for, since each start of the command imports this module.
"""

TYPE_CHECKING = False  # the one of `typing`, which isn't loaded for it

if TYPE_CHECKING:
    from meta_prefect._decorators import dask, kubernetes, tags_resolver, versioneer
else:

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from meta_prefect import _decorators

        return getattr(_decorators, name)


__all__ = ["dask", "kubernetes", "tags_resolver", "versioneer"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__} - {"TYPE_CHECKING"})
