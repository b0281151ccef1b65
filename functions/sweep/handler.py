"""Every minute: finish what time and crashes left undone."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from marketplace.wiring import Services, live


@cache
def _services() -> Services:
    return live()


def run(services: Services) -> dict[str, int]:
    """Do one round and say what it did."""
    return {**asdict(services.sweep.run()), "reviews": services.reviews.reveal_due(limit=50)}


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Be called by the schedule."""
    return run(_services())
