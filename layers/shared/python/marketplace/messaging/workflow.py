"""Step Functions: start an order's execution, and wake it by the token that it left."""

import json
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.aws import session
from marketplace.kit.errors import Unavailable
from marketplace.orders.asl import MOVED

_SPENT = {"TaskDoesNotExist", "TaskTimedOut", "InvalidToken"}
_STARTED = {"ExecutionAlreadyExists"}


class StepFunctions:
    """The workflow service; the client is made on first use."""

    def __init__(self, state_machine_arn: str) -> None:
        self._arn = state_machine_arn
        self._made: Any = None

    @property
    def _client(self) -> Any:
        if self._made is None:
            config = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3, "mode": "standard"})
            self._made = session().create_client("stepfunctions", config=config)
        return self._made

    def start(self, name: str, order_id: str, seconds: int) -> None:
        body = json.dumps({"order_id": order_id, "clock": {"seconds": seconds}})
        _harmless(_STARTED, lambda: self._client.start_execution(stateMachineArn=self._arn, name=name, input=body))

    def go_on(self, token: str, seconds: int) -> None:
        output = json.dumps({"seconds": seconds})
        _harmless(_SPENT, lambda: self._client.send_task_success(taskToken=token, output=output))

    def look_again(self, token: str) -> None:
        _harmless(_SPENT, lambda: self._client.send_task_failure(taskToken=token, error=MOVED, cause="see the order"))


def _harmless(codes: set[str], call: Any) -> None:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise Unavailable(retry_after_seconds=1) from error
    except BotoCoreError as error:
        raise Unavailable(retry_after_seconds=1) from error
