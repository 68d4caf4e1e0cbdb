from prefect import flow, task


@task
def total(amounts: list[float]) -> float:
    """The sum, kept where the recipe says."""
    return sum(amounts)


@flow(log_prints=True)
def report(amounts: list[float]) -> float:
    """What all amounts come to."""
    result = total(amounts)
    print(f"{len(amounts)} amounts come to {result:.2f}")
    return result
