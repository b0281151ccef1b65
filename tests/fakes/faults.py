"""Failures at the edge of the process, where and when a test wants them.

Everything outside is reached through `Faults.cross`: the in-memory DynamoDB, wrapped moto, fake gateways. It keeps
the ordered list of calls, and can be armed so that one of them fails:

    faults = Faults()
    with MemoryDynamo(boundary=faults).installed():
        faults.arm(call_number=2, kind="crash_after")
        with pytest.raises(Crash):
            use_case()
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Generic, Literal, ParamSpec, Protocol, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

Kind = Literal["crash_before", "crash_after", "timeout_after", "timeout_lost", "refuse", "throttle"]
KINDS: tuple[Kind, ...] = ("crash_before", "crash_after", "timeout_after", "refuse")
ALL_KINDS: tuple[Kind, ...] = (*KINDS, "timeout_lost", "throttle")
REFUSALS = 4  # ways, where there are several


class Crash(BaseException):
    """The process is gone. Not an Exception: no handler of the code under test may notice."""


class TimedOut(Exception):
    """What a caller sees when the answer of a call did not come, unless it said otherwise."""


class Refused(Exception):
    """What a caller sees when a call was definitely not done, unless it said otherwise."""


@dataclass(frozen=True, slots=True)
class Failures(Generic[T]):
    """What a failure of one boundary looks like from inside.

    `timeout` makes the error the caller sees when no answer comes; `refuse` gives the definite refusal, as an
    answer or by raising. Where there are several ways to refuse, `refuse_as` gives each of them by its number from 0,
    which is that of `refuse`.
    """

    timeout: Callable[[], BaseException]
    refuse: Callable[[], T]
    refuse_as: Callable[[int], T] | None = None

    def refusal(self, call_number: int) -> T:
        """Refuse the call with this number, as it is refused each time."""
        return self.refuse_as(way_of_refusing(call_number)) if self.refuse_as else self.refuse()


def way_of_refusing(call_number: int) -> int:
    """Say in which of the `REFUSALS` ways the call with this number is refused."""
    return (call_number - 1) % REFUSALS


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the outside; retries by an SDK are calls of their own with the same `invocation`."""

    number: int
    site: str
    invocation: str = ""


@dataclass(frozen=True, slots=True)
class Armed:
    """What is to happen at which call."""

    call_number: int
    kind: Kind


class Boundary(Protocol):
    """Decides what becomes of a call to the outside."""

    def cross(self, site: str, apply: Callable[[], T], failures: Failures[T], invocation: str = "") -> T:
        """Let the call happen, or not; `invocation` is equal for the retries of one SDK call."""
        ...


Gate = Callable[[str], None]
Witness = Callable[[], str]


@dataclass(slots=True)
class _Lasting:
    """An invocation whose retries share its fate."""

    call: Call
    kind: Kind


@dataclass(eq=False)
class Faults:
    """Records calls to the outside and lets armed ones fail.

    Kinds: `crash_before` dies before the call, `crash_after` once it was applied; `timeout_after` applies it and
    loses the answer (an SDK may then repeat it); `timeout_lost` also loses the answers to the SDK's repetitions, so
    that the code itself sees the timeout; `refuse` refuses the call and its repetitions, in a way that goes by the
    call's number; `throttle` refuses the first attempt only, always in the first way.

    `gate` is asked before each call: a scheduler lets threads wait there. `witness` names what lies outside: while
    there is one, `seen` holds by call number what it said before and after each call.
    """

    gate: Gate | None = None
    witness: Witness | None = None
    heard: Callable[[object], None] | None = None  # told of each answer, and of each error instead of one
    seen: dict[int, tuple[str, str]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    fired: list[tuple[Call, Kind]] = field(default_factory=list)
    _armed: dict[int, Kind] = field(default_factory=dict)
    _lasting: _Lasting | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, call_number: int, kind: Kind) -> None:
        """Let the call with this number (the first is 1) fail; several may be armed."""
        if kind not in ALL_KINDS:
            raise ValueError(f"unknown kind of fault: {kind}")
        if call_number <= len(self.calls):
            raise ValueError(f"call {call_number} has already been made")
        self._armed[call_number] = kind

    def disarm(self) -> None:
        """Let everything pass from now on; the record stays."""
        self._armed.clear()
        self._lasting = None

    def reset(self) -> None:
        """Disarm, and count from 1 again."""
        self.disarm()
        self.calls.clear()
        self.fired.clear()
        self.seen.clear()

    @property
    def sites(self) -> list[str]:
        """Names of the calls made, in order."""
        return [call.site for call in self.calls]

    def cross(self, site: str, apply: Callable[[], T], failures: Failures[T], invocation: str = "") -> T:
        """Make a call, unless it is one that fails."""
        if self.gate is not None:
            self.gate(site)
        kind, first = self._register(site, invocation)
        if kind is None:
            return self._heard(apply) if self.witness is None else self._witnessed(apply, self.witness)
        if kind == "crash_before":
            raise Crash(site)
        if kind == "refuse":
            return failures.refusal(first)
        if kind == "throttle":
            return failures.refuse()
        if kind != "still_lost":
            apply()
        if kind == "crash_after":
            raise Crash(site)
        raise failures.timeout()

    def _heard(self, apply: Callable[[], T]) -> T:
        if self.heard is None:
            return apply()
        try:
            answer = apply()
        except Exception as error:
            self.heard(error)
            raise
        self.heard(answer)
        return answer

    def _witnessed(self, apply: Callable[[], T], witness: Witness) -> T:
        number, before = len(self.calls), witness()
        answer = apply()
        self.seen[number] = (before, witness())
        return answer

    def _register(self, site: str, invocation: str) -> tuple[Kind | Literal["still_lost"] | None, int]:
        """Note a call; say how it fails, and the number of the first call of its invocation that did."""
        with self._lock:
            call = Call(len(self.calls) + 1, site, invocation)
            self.calls.append(call)
            kind = self._armed.pop(call.number, None)
            if kind is not None:
                self.fired.append((call, kind))
                self._lasting = _Lasting(call, kind) if invocation else None
                return kind, call.number
            lasting = self._lasting
            if lasting is None or lasting.call.invocation != invocation:
                return None, call.number
            if lasting.kind == "refuse":
                return "refuse", lasting.call.number
            return "still_lost" if lasting.kind == "timeout_lost" else None, call.number

    def wrap(
        self,
        site: str,
        function: Callable[P, T],
        *,
        timeout: Callable[[], BaseException] | None = None,
        refuse: Callable[[], T] | None = None,
    ) -> Callable[P, T]:
        """A function whose every call crosses the boundary; `timeout` makes an error, `refuse` answers or raises."""
        failures: Failures[T] = _failures(site, timeout, refuse)

        @wraps(function)
        def crossed(*args: P.args, **kwargs: P.kwargs) -> T:
            def apply() -> T:
                return function(*args, **kwargs)

            return self.cross(site, apply, failures)

        return crossed

    def guard(
        self,
        target: Any,
        name: str,
        *,
        timeout: Callable[[], BaseException] | None = None,
        refuse: Callable[[], Any] | None = None,
    ) -> Any:
        """A stand-in for a gateway: each of its public methods crosses the boundary as `name.method`."""
        return _Guarded(self, target, name, _failures(name, timeout, refuse))


def raising(error: type[BaseException]) -> Callable[[], Any]:
    """A refusal that raises."""

    def refuse() -> Any:
        raise error

    return refuse


def _failures(
    site: str, timeout: Callable[[], BaseException] | None, refuse: Callable[[], Any] | None
) -> Failures[Any]:
    def refused() -> Any:
        raise Refused(site)

    return Failures(timeout or (lambda: TimedOut(site)), refuse or refused)


class _Guarded:
    """Looks like the object it guards; attributes that are not public methods pass as they are."""

    def __init__(self, faults: Faults, target: Any, name: str, failures: Failures[Any]) -> None:
        self._faults = faults
        self._target = target
        self._name = name
        self._failures = failures

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self._target, attribute)
        if attribute.startswith("_") or not callable(value):
            return value

        @wraps(value)
        def crossed(*args: Any, **kwargs: Any) -> Any:
            site = f"{self._name}.{attribute}"
            return self._faults.cross(site, lambda: value(*args, **kwargs), self._failures)

        return crossed
