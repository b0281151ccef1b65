"""Every minute: finish what time and crashes left undone."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from marketplace.wiring import Services, live

REVIEWS_MAX = 50  # revealed in one run


@cache
def _services() -> Services:
    return live()


def run(services: Services) -> dict[str, int]:
    """Do one round and say what it did."""
    try:
        swept = services.sweep.run()
    finally:  # neither waits for the other's troubles
        reviews = services.reviews.reveal_due(limit=REVIEWS_MAX)
    return {**asdict(swept), "reviews": reviews}


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Be called by the schedule."""
    return run(_services())
