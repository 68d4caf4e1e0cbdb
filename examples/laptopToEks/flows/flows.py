import os

from prefect import flow


@flow(log_prints=True, persist_result=True)
def add_two_numbers_flow(x: int, y: int) -> int:
    """Adds two numbers, and reports the environment in which it does."""
    print(f"META_PREFECT__ENV={os.environ.get('META_PREFECT__ENV', 'not set')}")
    print(f"{x} + {y} = {x + y}")
    return x + y
