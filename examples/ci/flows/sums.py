from prefect import flow


@flow(name="nightly-sums")
def nightly_sums(day: str = "yesterday", limit: int = 100) -> int:
    return len(day) * limit
