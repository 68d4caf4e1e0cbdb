from prefect import flow


@flow
def sums(x: int, y: int = 2) -> int:
    return x + y
