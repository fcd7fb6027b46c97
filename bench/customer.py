"""The whole customer against its slowest single request, at 50 ms a request."""

import time
from collections.abc import Iterator
from statistics import median

from bench.figure import Figure
from desk.applications import Application
from desk.insight.customer import customer
from desk.lookup import Connections, Lookup, Reader
from talon_sandbox import Sandbox

LATENCY = "delay:0.05"
ROUNDS = 7


def figures() -> Iterator[Figure]:
    """Wall time of the investigation behind a customer's header, divided by the slowest request in it."""
    with Sandbox() as sandbox:
        application = Application.model_validate(
            {"name": "shop", "base_url": sandbox.url, "api_key": sandbox.api_key, "live": False}
        )
        reader = Reader(Connections({"shop": application}))
        lookup = Lookup(reader, role="agent", allow=lambda _, __: True)
        lookup.run(customer("anna.wallet"), "shop")
        sandbox.faults("*", [LATENCY], rate=1.0)
        for who in ("maria.pending", "ivan.archive"):
            yield _whole(lookup, who)


def _whole(lookup: Lookup, who: str) -> Figure:
    ratios, requests = [], 0
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = lookup.run(customer(who), "shop", fresh=True)
        elapsed = time.perf_counter() - started
        ratios.append(elapsed / max(note.elapsed for note in found.requests))
        requests = len(found.requests)
    note = f"{who}, {requests} requests, programs not known beforehand, median of {ROUNDS}"
    return Figure("whole customer / slowest request", median(ratios), 2.5, "times", note)
