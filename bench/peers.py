"""What other open e-commerce back ends ask of their datastore, measured elsewhere, for comparison of calls alone.

Vendure 3.7.3, Medusa 2.21.2 and Saleor 3.24.0-a.0 were installed from their registries on PostgreSQL 15 and driven over
loopback with a catalogue of 1,000; each statement (transaction control left out) is one round trip. The AWS serverless
e-commerce sample (git 3b9ef36) was read, not run. None of them has sellers, protected payment, or what follows an
order in the figure: their workers were not running.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.counted import Operation
from bench.story import BROWSE, CHECKOUT, PAY, READ_LISTING, SIGN_IN, WHO_AM_I

PEERS = ("Vendure", "Medusa", "Saleor")


@dataclass(frozen=True, slots=True)
class Compared:
    """One operation beside its like: our round trips, and each peer's SQL statements."""

    what: str
    ours: str
    peers: tuple[int, int, int]


def compare(operations: Mapping[str, Operation]) -> list[Compared]:
    """Put our counts beside the peers' figures."""

    def asked(name: str) -> int:
        return operations[name].request.round_trips

    whole = operations[CHECKOUT].whole.round_trips + operations[PAY].whole.round_trips
    until_paid = f"{asked(CHECKOUT)} until the buyer may pay, {whole} with all that follows until paid"
    return [
        Compared("browse 24 listings", str(asked(BROWSE)), (2, 15, 22)),
        Compared("one listing", str(asked(READ_LISTING)), (9, 24, 32)),
        Compared("log-in", str(asked(SIGN_IN)), (12, 3, 7)),
        Compared("session check (who am I)", str(asked(WHO_AM_I)), (1, 4, 4)),
        Compared("empty cart to paid order", until_paid, (221, 591, 489)),
    ]
