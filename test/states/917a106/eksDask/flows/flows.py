from prefect import flow, task


@task
def square(x: int) -> int:
    return x * x


@flow
def squares(n: int = 3) -> list:
    return square.map(range(n)).result()
