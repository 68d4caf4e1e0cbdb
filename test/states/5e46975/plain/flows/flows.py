from prefect import flow


@flow
def sums(x: int, y: int = 2):
    """Adds two numbers."""
    return x + y
