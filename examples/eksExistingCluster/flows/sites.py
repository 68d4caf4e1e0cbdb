import time
import urllib.request

from prefect import flow, task


@task(retries=2, retry_delay_seconds=5)
def check(site: str) -> float:
    """Seconds until a site has answered; an error when it says no or nothing."""
    start = time.monotonic()
    with urllib.request.urlopen(site, timeout=20) as answer:
        answer.read()
    return time.monotonic() - start


@flow(log_prints=True)
def check_sites(sites: list[str]) -> dict[str, float]:
    """How long each site takes to answer."""
    times = dict(zip(sites, check.map(sites).result()))
    for site, seconds in sorted(times.items(), key=lambda entry: -entry[1]):
        print(f"{seconds:.2f} s  {site}")
    return times
