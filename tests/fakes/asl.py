"""Step Functions, as far as the product uses it: a definition is run exactly, on a clock that a test sets.

The subset is what orders/asl.py generates: Task (a Lambda, with or without a token to wait for; TimeoutSeconds, Retry,
Catch, ResultSelector, ResultPath), Choice over StringEquals, Succeed. Anything else in a definition is refused by name
when the machine is built, so that nothing is silently not run.

    machine = StateMachine(definition, invoke=lambda payload: handler(payload), now=clock.now)
    machine.start("ord_1-v1", {"order_id": "ord_1"})
    machine.run()                        # until every execution waits for a token, a retry or a timeout
    machine.succeed(token, {})
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

RUNNING, SUCCEEDED, FAILED = "RUNNING", "SUCCEEDED", "FAILED"
INVOKE = "arn:aws:states:::lambda:invoke"
INVOKE_AND_WAIT = f"{INVOKE}.waitForTaskToken"
TIMEOUT, ALL, TASK_FAILED, UNKNOWN = "States.Timeout", "States.ALL", "States.TaskFailed", "Lambda.Unknown"
STEPS_MAX = 2_000  # of one run: more is a loop that would be paid for

_FIELDS: Mapping[str, frozenset[str]] = {
    "Task": frozenset(
        {"Type", "Resource", "Comment", "Parameters", "TimeoutSeconds", "TimeoutSecondsPath", "Retry", "Catch", "Next"}
        | {"ResultSelector", "ResultPath"}
    ),
    "Choice": frozenset({"Type", "Comment", "Choices", "Default"}),
    "Succeed": frozenset({"Type", "Comment"}),
}
_RETRIER = frozenset({"ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxAttempts"})
_CATCHER = frozenset({"ErrorEquals", "ResultPath", "Next"})

Json = Any
Invoke = Callable[[dict[str, Json]], Json]


class NotInTheSubset(AssertionError):
    """The definition uses what this interpreter does not know."""


class TaskError(Exception):
    """A task that failed, by the name of its error as Retry and Catch see it."""

    def __init__(self, name: str, cause: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.cause = cause


@dataclass
class Execution:
    """One run of the machine; `history` holds every state entered and every retry, each a paid transition."""

    name: str
    data: Json
    state: str
    history: list[str] = field(default_factory=list)
    status: str = RUNNING
    error: str | None = None
    token: str | None = None  # waited for
    due_at: datetime | None = None  # when the wait times out, or the next retry begins
    answer: tuple[str, Json] | None = None  # to the token: ("ok", output) or ("error", name)
    retried: dict[int, int] = field(default_factory=dict)  # by the place of the retrier
    revision: int = 0  # of the definition, which a running execution keeps

    @property
    def transitions(self) -> int:
        return len(self.history)

    @property
    def waiting(self) -> bool:
        return self.status == RUNNING and self.due_at is not None


class StateMachine:
    """A definition and its executions, by name."""

    def __init__(self, definition: Mapping[str, Any], invoke: Invoke, now: Callable[[], datetime]) -> None:
        self._definitions: list[Mapping[str, Any]] = []
        self.deploy(definition)
        self._invoke = invoke
        self._now = now
        self.executions: dict[str, Execution] = {}
        self.before_step: Callable[[], None] = lambda: None
        self._tokens = 0

    def deploy(self, definition: Mapping[str, Any]) -> None:
        """Use this definition for what begins from now on; what is running keeps its own, as at AWS."""
        _insist(set(definition) <= {"Comment", "StartAt", "States"}, f"top level {sorted(definition)}")
        for name, state in definition["States"].items():
            _inspect(name, state, definition["States"])
        self._definitions.append(definition)

    def start(self, name: str, data: Json) -> None:
        """Begin an execution; a name that was used begins nothing."""
        if name not in self.executions:
            begins, revision = self._definitions[-1]["StartAt"], len(self._definitions) - 1
            self.executions[name] = Execution(name, copy.deepcopy(data), begins, revision=revision)

    def succeed(self, token: str, output: Json) -> None:
        """Answer a wait; a token that nobody waits for (any more) changes nothing."""
        self._answer(token, ("ok", output))

    def fail(self, token: str, error: str) -> None:
        """End a wait with an error."""
        self._answer(token, ("error", error))

    def run(self) -> bool:
        """Go on with every execution as far as it can; False when nothing could."""
        steps = 0
        while (found := next((each for each in self.executions.values() if self._able(each)), None)) is not None:
            steps += 1
            if steps > STEPS_MAX:
                raise AssertionError(f"{found.name} does not come to rest: {found.history[-12:]}")
            self.before_step()
            self._step(found)
        return steps > 0

    def snapshot(self) -> Any:
        return copy.deepcopy((self.executions, self._tokens))

    def restore(self, snapshot: Any) -> None:
        self.executions, self._tokens = copy.deepcopy(snapshot)

    def _answer(self, token: str, answer: tuple[str, Json]) -> None:
        for execution in self.executions.values():
            if execution.token == token and execution.answer is None and not self._timed_out(execution):
                execution.answer = answer

    def _timed_out(self, execution: Execution) -> bool:
        return execution.due_at is not None and self._now() >= execution.due_at

    def _able(self, execution: Execution) -> bool:
        if execution.status != RUNNING:
            return False
        return execution.due_at is None or execution.answer is not None or self._timed_out(execution)

    def _step(self, execution: Execution) -> None:
        """Do one thing: enter a state, or take what a wait was for."""
        state = self._definitions[execution.revision]["States"][execution.state]
        if execution.token is not None:
            return self._end_wait(execution, state)
        execution.due_at = None
        execution.history.append(execution.state)
        if state["Type"] == "Succeed":
            execution.status = SUCCEEDED
            return None
        if state["Type"] == "Choice":
            return self._go(execution, _chosen(state, execution.data))
        return self._task(execution, state)

    def _task(self, execution: Execution, state: Mapping[str, Any]) -> None:
        self._tokens += 1
        token = f"token-{self._tokens}-{execution.name}"
        payload = _filled(state["Parameters"]["Payload"], execution.data, {"Task": {"Token": token}})
        waits = state["Resource"] == INVOKE_AND_WAIT
        if waits:
            execution.token, execution.answer = token, None
            execution.due_at = self._now() + timedelta(seconds=_timeout(state, execution.data))
        try:
            result = _through_json(self._invoke(payload))
        except TaskError as error:
            self._failed(execution, state, error)
        except BaseException:
            # Whoever asked learns of it; to the execution it is a Lambda that died.
            self._failed(execution, state, TaskError(UNKNOWN))
            raise
        else:
            if not waits:
                self._passed(execution, state, {"Payload": result, "StatusCode": 200})

    def _end_wait(self, execution: Execution, state: Mapping[str, Any]) -> None:
        answer = execution.answer or ("error", TIMEOUT)
        if answer[0] == "ok":
            self._passed(execution, state, answer[1])
        else:
            self._failed(execution, state, TaskError(answer[1]))

    def _passed(self, execution: Execution, state: Mapping[str, Any], result: Json) -> None:
        selected = _filled(state["ResultSelector"], result, {}) if "ResultSelector" in state else result
        execution.data = _put(execution.data, state.get("ResultPath", "$"), selected)
        self._go(execution, state["Next"])

    def _failed(self, execution: Execution, state: Mapping[str, Any], error: TaskError) -> None:
        execution.token, execution.answer = None, None
        for place, retrier in enumerate(state.get("Retry", ())):
            if _matches(retrier["ErrorEquals"], error.name):
                done = execution.retried.get(place, 0)
                if done < retrier.get("MaxAttempts", 3):
                    execution.retried[place] = done + 1
                    pause = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** done
                    execution.due_at = self._now() + timedelta(seconds=pause)
                    return
                break  # the first retrier that matches is the only one asked
        for catcher in state.get("Catch", ()):
            if _matches(catcher["ErrorEquals"], error.name):
                seen = {"Error": error.name, "Cause": error.cause}
                execution.data = _put(execution.data, catcher.get("ResultPath", "$"), seen)
                self._go(execution, catcher["Next"])
                return
        execution.status, execution.error, execution.due_at = FAILED, error.name, None

    @staticmethod
    def _go(execution: Execution, following: str) -> None:
        execution.state = following
        execution.token, execution.answer, execution.due_at = None, None, None
        execution.retried = {}


def _inspect(name: str, state: Mapping[str, Any], states: Mapping[str, Any]) -> None:
    kind = state.get("Type", "nothing")
    _insist(kind in _FIELDS, f"{name} is a {kind}")
    _insist(set(state) <= _FIELDS[kind], f"{name} has {sorted(set(state) - _FIELDS[kind])}")
    following = {state.get("Next"), state.get("Default")}
    if kind == "Task":
        _insist(state["Resource"] in {INVOKE, INVOKE_AND_WAIT}, f"{name} calls {state['Resource']}")
        _insist(set(state["Parameters"]) == {"FunctionName", "Payload"}, f"{name} has {sorted(state['Parameters'])}")
        _insist(("TimeoutSeconds" in state) != ("TimeoutSecondsPath" in state), f"{name} may wait for ever")
        _insist(all(set(each) <= _RETRIER for each in state.get("Retry", ())), f"a retrier of {name}")
        _insist(all(set(each) <= _CATCHER for each in state.get("Catch", ())), f"a catcher of {name}")
        following |= {each["Next"] for each in state.get("Catch", ())}
    if kind == "Choice":
        _insist(all(set(each) == {"Variable", "StringEquals", "Next"} for each in state["Choices"]), f"rules of {name}")
        following |= {each["Next"] for each in state["Choices"]}
    _insist(following - {None} <= set(states), f"{name} leads to {following - {None} - set(states)}")


def _insist(known: bool, what: str) -> None:
    if not known:
        raise NotInTheSubset(what)


def _timeout(state: Mapping[str, Any], data: Json) -> int:
    """Return a wait's seconds. Source: Amazon States Language, "TimeoutSecondsPath": a positive integer."""
    seconds = _at(state["TimeoutSecondsPath"], data) if "TimeoutSecondsPath" in state else state["TimeoutSeconds"]
    _insist(isinstance(seconds, int) and seconds > 0, f"a timeout of {seconds}")
    return seconds


def _chosen(state: Mapping[str, Any], data: Json) -> str:
    fitting = (rule["Next"] for rule in state["Choices"] if _at(rule["Variable"], data) == rule["StringEquals"])
    return next(fitting, None) or state["Default"]


def _matches(names: list[str], error: str) -> bool:
    # Source: Amazon States Language, "Error Names": TaskFailed is every failure of a task but its timeout.
    return error in names or ALL in names or (TASK_FAILED in names and error != TIMEOUT)


def _filled(template: Json, data: Json, context: Json) -> Json:
    """Fill a payload template: a field whose name ends in `.$` holds a path."""
    if isinstance(template, list):
        return [_filled(each, data, context) for each in template]
    if not isinstance(template, dict):
        return template
    return {
        name.removesuffix(".$"): _at(value, data, context) if name.endswith(".$") else _filled(value, data, context)
        for name, value in template.items()
    }


def _at(path: str, data: Json, context: Json = None) -> Json:
    """Return what a path names: `$` is the data, `$$` the context object."""
    root, *names = path.split(".")
    _insist(root in {"$", "$$"} and all(name.isidentifier() for name in names), f"the path {path}")
    found = context if root == "$$" else data
    for name in names:
        found = found[name]
    return copy.deepcopy(found)


def _put(data: Json, path: str | None, value: Json) -> Json:
    if path is None:
        return data
    if path == "$":
        return value
    name = path.removeprefix("$.")
    _insist(path.startswith("$.") and name.isidentifier(), f"the result path {path}")
    return {**data, name: value}


def _through_json(value: Json) -> Json:
    return json.loads(json.dumps(value))
