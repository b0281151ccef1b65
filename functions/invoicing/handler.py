"""On the first days of each month, and on demand: give last month's commissions their invoices."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from marketplace.statements.billing import Billing
from marketplace.statements.model import BadMonth
from marketplace.wiring import live


@cache
def _billing() -> Billing:
    return live().billing


def run(event: Mapping[str, Any], billing: Billing) -> dict[str, Any]:
    """Invoice the `month` that the event asks for, else the last one.

    Raises: BadMonth; Unavailable.
    """
    asked = event.get("month")
    if asked is not None and not isinstance(asked, str):
        raise BadMonth(fields={"month": "not_a_month"})
    told = asdict(billing.run(asked))
    sys.stdout.write(json.dumps({"level": "INFO", "service": "invoicing", "message": "invoices", **told}) + "\n")
    return told


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Be called by the schedule, or by a person."""
    return run(event, _billing())
