from datetime import date
from typing import Literal

from prefect import flow


@flow
def sums(x: int, y: int = 2) -> int:
    """Adds two numbers."""
    return x + y


@flow(name="daily report", description="The report of a day.")
def report(day: date, format: Literal["pdf", "html"] = "pdf", recipients: list[str] | None = None):
    print(day, format, recipients)
