import random

from prefect import flow, task, unmapped

DAYS = 250


@task(retries=2)
def simulate(seed: int, paths: int, volatility: float) -> list[float]:
    """What a portfolio gains in a year, as a part of its value, once for each path."""
    market = random.Random(seed)
    daily = volatility / DAYS**0.5
    gains = []
    for _ in range(paths):
        value = 1.0
        for _ in range(DAYS):
            value *= 1 + market.gauss(0, daily)
        gains.append(value - 1)
    return gains


@flow(log_prints=True)
def value_at_risk(batches: int = 20, paths: int = 1_000, volatility: float = 0.2, confidence: float = 0.95) -> float:
    """The part of a portfolio's value that a year loses at most, with the confidence that is given."""
    simulated = simulate.map(range(batches), unmapped(paths), unmapped(volatility)).result()
    gains = sorted(gain for batch in simulated for gain in batch)
    loss = -gains[int(len(gains) * (1 - confidence))]
    print(f"{loss:.1%} are at risk, by {len(gains)} simulated years")
    return loss
