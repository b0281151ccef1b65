"""The kill switch: payments to sellers stop for everything, a currency, a seller or an order, until two people resume.

Whoever sends money makes the switch a condition of the last transaction before the call that sends it; see leave.py.
Stopping is safe, so one person, or the house itself when a promise is broken, may do it at once. Resuming is a decision
of two people. Buyers are refunded all the while: a stop protects money, it does not keep it from those it is owed to.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from marketplace.decisions.model import FINANCE, HOUSE
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Invalid, Missing, Unavailable
from marketplace.kit.money import CURRENCIES
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write
from marketplace.ledger.clearing import WITH_BANK_MAX
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.errors import HoldMoved, PurseMoved

EVERYTHING = "everything"
SYSTEM = "system"
NAME_LENGTH_MAX = 64  # characters of an account's or an order's id
_NAMED_BY: Mapping[str, str] = {"seller": "acc_", "order": "ord_"}
TRIES_MAX = 20  # of a stop, while others move what it holds
LIFTED_LOOKED_AT = 50  # changes of a scope, the latest
LIFTED_FOR = WITH_BANK_MAX  # how long what people let go on counts as let go on; see stop_unless_lifted
RETRY_AFTER_SECONDS = 300  # what a refused payment is told to wait
RUNBOOK = "docs/runbooks/kill-switch.md"
ALERT = "switch.stopped"  # a log line with this message is an alarm

HOW_TO_RESUME: Mapping[str, str] = {
    "en": "Find the cause and put it right, then propose to resume with your reasons; a second person of finance or "
    "administration approves. What waited goes on by itself within minutes.",
    "es": "Encuentra la causa y corrígela; después propón reanudar con tus motivos y que lo apruebe otra persona de "
    "finanzas o administración. Lo que esperaba continúa solo en minutos.",
}


class UnknownScope(Invalid):
    """A switch stands for everything, for a currency, for a seller or for an order."""

    code = "unknown_scope"
    title_en = "Say everything, currency:<code>, seller:<account> or order:<order>."
    title_es = "Indica everything, currency:<código>, seller:<cuenta> u order:<pedido>."


class SwitchMoved(Conflict):
    """The switch changed since it was read."""

    code = "switch_moved"
    title_en = "The switch was changed meanwhile. Read it again."
    title_es = "El interruptor cambió entretanto. Vuelve a leerlo."


class AnotherStop(Conflict):
    """What was proposed is about an earlier stop: why payments are stopped now is another matter."""

    code = "another_stop"
    title_en = "This proposal is about an earlier stop. Look at why payments are stopped now, and propose again."
    title_es = "Esta propuesta trata de una parada anterior. Mira por qué están parados ahora y proponlo de nuevo."


class StopOvertaken(Unavailable):
    """Something came between a stop and what it holds, at every try."""


class SwitchMissing(Missing):
    """Nothing was ever stopped under this name."""

    code = "switch_not_found"
    title_en = "Nothing was ever stopped under this name."
    title_es = "Nunca se paró nada con ese nombre."


@dataclass(frozen=True, slots=True)
class Change:
    """One stop or resumption."""

    scope: str
    stopped: bool
    cause: str  # "manual", "invariant:P1", "reconciliation:unexplained", ...
    reasons: str
    by: str  # an account, or SYSTEM
    at: datetime
    nth: int  # counts the scope's changes
    approved_by: str | None = None
    marks: tuple[str, ...] = ()  # of a stop: one for each fact that it is about; only the history has them


class Switches(Protocol):
    """Where switches live. Reads are consistent, unless they say otherwise."""

    def read(self, scope: str) -> Change | None:
        """Return the last change of a scope; None when it was never stopped."""

    def read_many(self, scopes: list[str]) -> list[Change]: ...

    def change(self, before: Change | None, after: Change) -> list[Write]:
        """Store a change and its entry in the history; refused with SwitchMoved when another came first."""

    def is_open(self, scope: str) -> Write:
        """Return the condition that a scope is not stopped; refused with PaymentsStopped."""

    def as_read(self, change: Change) -> Write:
        """Return the condition that this is a scope's last change still; refused with SwitchMoved."""

    def stopped(self) -> list[Change]:
        """Return what is stopped, the oldest first (from an index: for people)."""

    def history(self, scope: str, cursor: str | None, limit: int) -> Rows[Change]:
        """Return a scope's changes, the newest first (an index: for people)."""


class OrderMoney(Protocol):
    """What an order brought its seller; see order_stops.py."""

    def parties_of(self, order_id: str) -> tuple[str, str] | None: ...
    def held(self, order_id: str, at: datetime) -> list[Write]: ...
    def freed(self, order_id: str, at: datetime) -> list[Write]: ...


class Alarm(Protocol):
    """Who is woken."""

    def __call__(self, message: str, facts: Mapping[str, str]) -> None: ...


class KillSwitch:
    """Stops and resumes."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        switches: Switches,
        outbox: Outbox,
        alarm: Alarm,
        decisions: Recording,
        orders: OrderMoney,
    ) -> None:
        self._orders = orders
        self._clock = clock
        self._tx = transactions
        self._switches = switches
        self._outbox = outbox
        self._alarm = alarm
        self._decisions = decisions

    def stopped_for(self, seller_id: str, currency: str) -> Change | None:
        """Return the widest stop that covers this; one round trip."""
        found = {each.scope: each for each in self._switches.read_many(list(scopes_of(seller_id, currency)))}
        return next(
            (found[name] for name in scopes_of(seller_id, currency) if name in found and found[name].stopped), None
        )

    def checks(self, seller_id: str, currency: str, order_id: str | None = None) -> list[Write]:
        """Return the conditions for a transaction; see ports.Gate."""
        scopes = [*scopes_of(seller_id, currency), *([f"order:{order_id}"] if order_id else [])]
        return [self._switches.is_open(scope) for scope in scopes]

    def stop(self, scope: str, cause: str, reasons: str, *, by: str = SYSTEM, marks: Sequence[str] = ()) -> Change:
        """Stop a scope at once and wake somebody; harmless when it is stopped already.

        Raises: UnknownScope; StopOvertaken; Unavailable.
        """
        check_scope(scope)
        order_id = _order_of(scope)
        if order_id and self._orders.parties_of(order_id) is None:
            raise UnknownScope(fields={"scope": "unknown"})
        for _ in range(TRIES_MAX):
            before = self._switches.read(scope)
            if before and before.stopped:
                return before
            nth = (before.nth if before else 0) + 1
            after = Change(scope, True, cause, reasons, by, self._clock.now(), nth, marks=tuple(marks))
            held = self._orders.held(order_id, after.at) if order_id else []
            with suppress(SwitchMoved, HoldMoved, PurseMoved):
                self._tx.commit([*self._switches.change(before, after), *self._told(after), *held])
                self._alarm(ALERT, {"scope": scope, "cause": cause, "by": by, "runbook": RUNBOOK})
                return after
        raise StopOvertaken(retry_after_seconds=1)

    def stop_unless_lifted(self, scope: str, cause: str, reasons: str, marks: Sequence[str] = ()) -> Change | None:
        """As `stop`, for what is looked at every night: None where people lifted a stop of exactly this.

        It is the same where each of its `marks` is of a stop that was lifted, of whichever one; without marks, where
        cause and reasons are a lifted stop's. A lift counts for `LIFTED_FOR`: so long may a book wait for a bank, and
        be judged again whenever it moves or is asked for; reconciliation looks back for days only. The very same words
        later are taken for another incident, and two people look again.
        """
        before = self._switches.read(scope)
        if before is not None and not before.stopped and self._is_lifted(before, cause, reasons, marks):
            return None
        return self.stop(scope, cause, reasons, marks=marks)

    def _is_lifted(self, resumed: Change, cause: str, reasons: str, marks: Sequence[str]) -> bool:
        log = self._switches.history(resumed.scope, None, LIFTED_LOOKED_AT).items
        since = self._clock.now() - LIFTED_FOR
        lifts = {each.nth for each in (resumed, *log) if not each.stopped and each.at >= since}
        lifted = [each for each in log if each.stopped and each.nth + 1 in lifts]
        if marks:
            return {mark for each in lifted for mark in each.marks}.issuperset(marks)
        return any((each.cause, each.reasons) == (cause, reasons) for each in lifted)

    def stop_of(self, scope: str) -> Change:
        """Return the stop that stands for a scope.

        Raises: SwitchMissing, also when the scope is not stopped.
        """
        found = self._switches.read(scope)
        if found is None or not found.stopped:
            raise SwitchMissing
        return found

    def parties_of(self, order_id: str) -> tuple[str, str] | None:
        """Return the seller and the buyer of an order; None when there is none."""
        return self._orders.parties_of(order_id)

    def resume(self, scope: str, reasons: str, *, by: str, approved_by: str, nth: int | None = None) -> list[Write]:
        """Return the writes that resume a scope; they belong to the transaction that approves it.

        `nth` names the stop that is meant; they are refused with SwitchMoved when another change came first.

        Raises: SwitchMissing, also when the scope is not stopped; AnotherStop when it is another one that stands.
        """
        before = self.stop_of(scope)
        if nth is not None and before.nth != nth:
            raise AnotherStop
        now = self._clock.now()
        after = Change(scope, False, before.cause, reasons, by, now, before.nth + 1, approved_by)
        order_id = _order_of(scope)
        freed = self._orders.freed(order_id, now) if order_id else []
        return [*self._switches.change(before, after), *self._told(after), *freed]

    def standing(self) -> list[Change]:
        """Return what is stopped now."""
        return self._switches.stopped()

    def history(self, scope: str, cursor: str | None, limit: int) -> Rows[Change]:
        """Return what was done with a scope, the newest first.

        Raises: UnknownScope.
        """
        check_scope(scope)
        return self._switches.history(scope, cursor, limit)

    def _told(self, change: Change) -> list[Write]:
        kind = "switch.stopped" if change.stopped else "switch.resumed"
        facts = {"cause": change.cause, "by": change.by}
        told = self._outbox.publish(event(kind, change.scope, change.at, once=str(change.nth), **facts))
        return [told, *self._recorded(change)]

    def _recorded(self, change: Change) -> list[Write]:
        """Return the decision about a seller; a stop of a currency, or of everything, is about nobody."""
        whose, _, subject = change.scope.partition(":")
        parties = self._orders.parties_of(subject) if whose == "order" else None
        seller_id = subject if whose == "seller" else parties[0] if parties else None
        if seller_id is None:
            return []
        by_rule = change.by == SYSTEM
        return self._decisions.record(
            kind="payments.stopped" if change.stopped else "payments.resumed",
            subject=subject,
            concerns=[seller_id],
            by=HOUSE if by_rule else FINANCE,
            once=str(change.nth),
            facts={"cause": change.cause},
            reasons=change.reasons,
            automated=by_rule,
        )


def scopes_of(seller_id: str, currency: str) -> tuple[str, str, str]:
    """Name the scopes that cover a payment, the widest first."""
    return EVERYTHING, f"currency:{currency}", f"seller:{seller_id}"


def check_scope(scope: str) -> None:
    """Let a scope through that can cover something.

    Raises: UnknownScope.
    """
    kind, _, name = scope.partition(":")
    known = scope == EVERYTHING or (kind == "currency" and name in CURRENCIES)
    prefix = _NAMED_BY.get(kind)
    named = prefix is not None and name.startswith(prefix) and name.isascii() and len(name) <= NAME_LENGTH_MAX
    if not known and not named:
        raise UnknownScope(fields={"scope": "unknown"})


def _order_of(scope: str) -> str | None:
    kind, _, name = scope.partition(":")
    return name if kind == "order" else None
