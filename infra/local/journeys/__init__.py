"""The journeys that `make run` plays through the deployed system, and the report at their end."""

import sys

from infra.local.workspace import CHECKOUT

_DOMAIN = str(CHECKOUT / "layers" / "shared" / "python")
if _DOMAIN not in sys.path:  # the runner is a program of its own; the domain's package is a layer of the functions
    sys.path.insert(0, _DOMAIN)
