"""Deliberately broken disputes; see broken.py."""

from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from marketplace.disputes.late_appeals import LateAppeals
from marketplace.disputes.model import CLOCK, Decision
from marketplace.disputes.service import DisputeService
from marketplace.orders.model import Award, Order
from marketplace.orders.moves import Mover
from marketplace.returns.agreed import AgreedReturns
from marketplace.returns.steps import Steps
from marketplace.wiring import Services
from tests.crash.broken_beside import UnguardedMove


def _parts(made: Any) -> dict[str, Any]:
    named = {"_tx": "transactions"}
    return {named.get(name, name.removeprefix("_")): part for name, part in vars(made).items()}


def _remade(kind: type, made: Any) -> Any:
    return kind(**_parts(made))


class JudgesTheirOwn(Services):
    """Lets whoever decided first decide the appeal."""

    @cached_property
    def disputes(self) -> Any:
        class Lenient(DisputeService):
            def check_appeal_by(self, dispute: Any, *people: str) -> None:
                return

        return _remade(Lenient, super().disputes)


class AcceptsLate(Services):
    """Accepts offers by a clock that is two days slow."""

    @cached_property
    def disputes(self) -> Any:
        class Late(DisputeService):
            def accept_offer(self, *given: Any, **said: Any) -> Any:
                right, self._clock = self._clock, _Slow(self._clock)
                try:
                    return super().accept_offer(*given, **said)
                finally:
                    self._clock = right

        return _remade(Late, super().disputes)


class _Slow:
    def __init__(self, clock: Any) -> None:
        self._clock = clock

    def now(self) -> Any:
        return self._clock.now() - timedelta(days=2)


class ClockForgetsDecisions(Services):
    """Lets silence decide again what a person had decided."""

    @cached_property
    def disputes(self) -> Any:
        class Forgetful(DisputeService):
            def appeal_lapsed(self, order: Order) -> list[Any]:
                dispute = self._disputes.read(str(order.dispute_id))
                assert dispute is not None
                silent = Decision(order.left_minor, 0, "process.silence", "", CLOCK, self._clock.now())
                after = replace(dispute, decision=silent, appeal=None, revision=dispute.revision + 1)
                return [self._disputes.change(dispute, after)]

        return _remade(Forgetful, super().disputes)


class ClockOverAnswers(UnguardedMove):
    """Moves an order on although its seller answered in the same moment."""


class CentTooMuch(Services):
    """Awards that do not sum: the seller's part is a cent more."""

    @cached_property
    def mover(self) -> Any:
        class Generous(Mover):
            def plan(self, order: Any, name: str, actor: str, *, decided: Any = None, **given: Any) -> Any:
                more = Award(decided.refund_minor, decided.seller_minor + 1) if decided else None
                return super().plan(order, name, actor, decided=more, **given)

        return _remade(Generous, super().mover)


class ReturnBesideDecision(Services):
    """Refunds a return although a dispute has divided the order's money since."""

    @cached_property
    def return_steps(self) -> Any:
        class Deaf(Steps):
            def _is_overruled(self, before: Any, _order: Any) -> bool:
                return False

        return _remade(Deaf, super().return_steps)


class PromiseOnly(Services):
    """Takes an accepted offer's return for a promise between the two."""

    @cached_property
    def disputes(self) -> Any:
        class Trusting(AgreedReturns):
            def plan(self, order: Any, refund_minor: int, return_id: str, by: str) -> list[Any]:
                return []

        made = super().disputes
        made._returns = _remade(Trusting, made._returns)
        return made


class BankForgotten(Services):
    """Leaves a decision standing although the bank took the money back in between."""

    @cached_property
    def disputes(self) -> Any:
        class Stubborn(DisputeService):
            def open_case(self, order: Order, reason: str) -> tuple[str, list[Any]]:
                if order.dispute_id:
                    return order.dispute_id, []
                return super().open_case(order, reason)

        return _remade(Stubborn, super().disputes)


class AppealPaidTwice(Services):
    """Carries an appeal's decision out again whenever it is asked to, under another name."""

    @cached_property
    def disputes(self) -> Any:
        class Open(DisputeService):
            def check_appeal_by(self, dispute: Any, *people: str) -> None:
                return

        return _remade(Open, super().disputes)

    @cached_property
    def appeals(self) -> Any:
        class Careless(LateAppeals):
            def _decision(self, dispute: Any, order: Any, verdict: Any) -> Any:
                after, _ = super()._decision(dispute, order, verdict)
                named_anew = replace(order, dispute_id=f"{order.dispute_id}{order.refunded_after_minor or ''}")
                decided: Any = after.appeal
                money = self._money(named_anew, dispute.decision, decided.decision, verdict)
                return after, [self._store.change(dispute, after), *money]

        return _remade(Careless, super().appeals)


ALWAYS = True  # wrong without any fault
# where each is looked for, and the rule or the words of a check by which it is caught
VARIANTS_OF_DISPUTES: dict[str, tuple[Any, ...]] = {
    "appeal judged by the first decider": (JudgesTheirOwn, "flow", "appeal judged by its first decider", "C2", ALWAYS),
    "offer accepted after its time": (AcceptsLate, "flow", "offer accepted after its time", "ended as split", ALWAYS),
    "clock decides a decided dispute": (ClockForgetsDecisions, "flow", "appeal lapsed by the clock", "C1", ALWAYS),
    "clock acts on an answered dispute": (ClockOverAnswers, "race", "answer x silence", "C1"),
    "award that does not sum": (CentTooMuch, "flow", "offer accepted", "M6", ALWAYS),
    "return refunded beside a decision": (
        ReturnBesideDecision, "flow", "silence about a return that a dispute overtook", "C1", ALWAYS,
    ),
    "agreed return is only a promise": (PromiseOnly, "flow", "offer with return accepted", "C4", ALWAYS),
    "decision outlives the bank's taking": (BankForgotten, "flow", "bank gives up a decided order", "C1", ALWAYS),
    "late appeal carried out twice": (
        AppealPaidTwice, "flow", "late appeal decided in part", "a second recovery changed the state",
    ),
}  # fmt: skip
