"""The journeys that `make run` plays through the deployed system, and the report at their end."""

import sys
from typing import Protocol

from infra.local.workspace import CHECKOUT

_DOMAIN = str(CHECKOUT / "layers" / "shared" / "python")
if _DOMAIN not in sys.path:  # the runner is a program of its own; the domain's package is a layer of the functions
    sys.path.insert(0, _DOMAIN)

# The waits of an order while the journeys are played; only these two end by the clock there. The others keep their
# real lengths. Both are longer than any journey needs for its own next step, also on a busy machine.
TIMERS = "unshipped=20s,inspection_trader=15s"


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
    def table_prefix(self) -> str: ...


def play(cloud: Cloud) -> bool:
    """Play every journey, print the report, and tell whether all of them and every promise held."""
    from infra.local.journeys.performance import perform  # noqa: PLC0415 - needs the path that is set above

    return perform(cloud)
