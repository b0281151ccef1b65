"""What a schedule starts, started now: the same function with the same role, called with the account owner's key."""

import json
from collections.abc import Mapping
from typing import Any

from infra.local.aws import client
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import JourneyFailed

# Every five minutes, every minute, and every night.
PAYOUT_RUN, SWEEP, SOLVENCY_RUN = "payout_run", "sweep", "solvency_run"


class Schedules:
    """Does not wait for a schedule, as a person may who has a reason."""

    def __init__(self, stage: Stage) -> None:
        self._lambda = client(stage.place.emulator_url, "lambda")
        self._prefix = stage.place.table_prefix

    def run(self, name: str, event: Mapping[str, str] | None = None) -> Any:
        """Call a scheduled function, with no event as its schedule does, and return what it says it did.

        Raises: JourneyFailed.
        """
        answer = self._lambda.invoke(FunctionName=f"{self._prefix}-{name}", Payload=json.dumps(event or {}))
        said = answer["Payload"].read()
        if "FunctionError" in answer:
            raise JourneyFailed(f"the scheduled {name} failed: {said[:300]!r}")
        return json.loads(said)
