"""Step Functions as far as the escrow definition uses it, counting every state that an execution enters.

It reads the generated definition, so a wrong guess in it shows as more transitions, as it would on the bill.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

Task = Callable[[Mapping[str, str]], Mapping[str, str]]
WAIT = "arn:aws:states:::lambda:invoke.waitForTaskToken"


class StateMachine:
    """The port `Executions` of orders/clock.py over an interpreted definition; one execution an order."""

    def __init__(self, definition: Mapping[str, Any], run_task: Task) -> None:
        self._first: str = definition["StartAt"]
        self._states: Mapping[str, Any] = definition["States"]
        self._run_task = run_task
        self._begun: set[str] = set()
        self._waiting: dict[str, tuple[str, str]] = {}  # token -> (order, state)
        self._ahead: deque[tuple[str, str]] = deque()  # (order, state to enter)
        self.entered: list[str] = []

    def start(self, name: str, order_id: str) -> None:
        if name not in self._begun:
            self._begun.add(name)
            self._ahead.append((order_id, self._first))

    def go_on(self, token: str) -> None:
        self._end_wait(token, lambda state: state["Next"])

    def look_again(self, token: str) -> None:
        self._end_wait(token, lambda state: state["Catch"][0]["Next"])

    def advance(self) -> bool:
        """Enter one state; False when every execution waits or has ended."""
        if not self._ahead:
            return False
        order_id, name = self._ahead.popleft()
        following = self._enter(order_id, name)
        while following is not None:
            following = self._enter(order_id, following)
        return True

    def _end_wait(self, token: str, following: Callable[[Mapping[str, Any]], str]) -> None:
        if token in self._waiting:  # a spent token is no error
            order_id, name = self._waiting.pop(token)
            self._ahead.append((order_id, following(self._states[name])))

    def _enter(self, order_id: str, name: str) -> str | None:
        """Do one state; the name of the next, or None for a wait and for an end."""
        self.entered.append(name)
        state = self._states[name]
        if state["Type"] == "Succeed":
            return None
        payload = state["Parameters"]["Payload"]
        if state["Resource"] == WAIT:
            token = f"{order_id}/{name}/{len(self.entered)}"
            self._waiting[token] = (order_id, name)
            self._run_task({"task": "wait", "order_id": order_id, "waiting_in": payload["waiting_in"], "token": token})
            return None
        at = self._run_task({"task": payload["task"], "order_id": order_id})["at"]
        return self._choose(state["Next"], at)

    def _choose(self, name: str, at: str) -> str:
        self.entered.append(name)
        choice = self._states[name]
        named = (each["Next"] for each in choice["Choices"] if each["StringEquals"] == at)
        return str(next(named, choice["Default"]))
