"""The journeys that `make run` plays through the deployed system, and the report at their end."""

import sys
from typing import Protocol

from infra.local.workspace import CHECKOUT

_DOMAIN = str(CHECKOUT / "layers" / "shared" / "python")
if _DOMAIN not in sys.path:  # the runner is a program of its own; the domain's package is a layer of the functions
    sys.path.insert(0, _DOMAIN)

# The waits while the journeys are played: of an order and of payouts (orders/timers.py). Those that are not named here
# keep their real lengths. Each is longer than any journey needs for its own next step, also on a busy machine.
TIMERS = (
    "handling_grace=20s,inspection_trader=15s,answer_business_days=30s,dispute_decision=30s,"
    "cooling=20s,payout_date=4s,reserve=25s"
)
# How long a recovery of an account waits meanwhile, for 72 hours. Longer than calling it off takes.
RECOVERY_DELAY_SECONDS = 20


class Cloud(Protocol):
    """The running local cloud: infra.local.cloud.Cloud."""

    @property
    def api_url(self) -> str: ...

    @property
    def stripe_url(self) -> str: ...

    @property
    def emulator_url(self) -> str: ...

    @property
    def mail_url(self) -> str: ...

    @property
    def docs_url(self) -> str: ...

    @property
    def admin_email(self) -> str: ...

    @property
    def timers(self) -> str: ...

    @property
    def recovery_delay_seconds(self) -> int | None: ...

    @property
    def table_prefix(self) -> str: ...


def play(cloud: Cloud, letters: str = "") -> bool:
    """Play every journey, or those with these letters, report, and tell whether they and every promise held."""
    from infra.local.journeys.performance import perform  # noqa: PLC0415 - needs the path that is set above

    return perform(cloud, letters)
