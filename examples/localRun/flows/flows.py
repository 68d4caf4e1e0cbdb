import os

from prefect import flow
from prefect.artifacts import create_markdown_artifact


@flow
def add_two_numbers_flow(x: int, y: int) -> int:
    """Add two numbers, and report the environment in which they are added."""
    environment = os.environ.get("META_PREFECT__ENV", "none")
    create_markdown_artifact(f"{x} + {y} = {x + y} in the environment `{environment}`", key="add-two-numbers")
    return x + y
