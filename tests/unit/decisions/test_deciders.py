"""Whoever decides leaves exactly one decision with each person whom it concerns, complete in both languages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from marketplace.decisions.clauses import CLAUSES
from marketplace.decisions.kinds import KINDS
from marketplace.decisions.model import DECIDERS, MODERATOR
from marketplace.decisions.redress import REDRESS
from marketplace.decisions.wire import Decision
from marketplace.kit.errors import Conflict
from marketplace.kit.principal import ADMIN, FINANCE, Principal
from tests.crash.refund_deeds import prepare_in_debt
from tests.fakes.trade import Trade
from tests.fakes.world import World

WHY = "Looked at, with reasons."
SUSPICIOUS_MINOR = 150_001  # just above what a buyer without a history may pay


def staff(trade: Trade, role: str) -> Principal:
    now = trade.world.clock.now()
    return Principal(trade.staff(role), "ses_1", True, "en", frozenset({role}), factor_at=now)


def hold(trade: Trade) -> tuple[str, ...]:
    order = trade.bought(price_minor=SUSPICIOUS_MINOR)
    return order.buyer_id, order.seller_id


def clear(trade: Trade) -> tuple[str, ...]:
    order = trade.bought(price_minor=SUSPICIOUS_MINOR)
    trade.services.trust.clear(order.order_id, trade.operator(), WHY)
    return order.buyer_id, order.seller_id


def refuse(trade: Trade) -> tuple[str, ...]:
    order = trade.bought(price_minor=SUSPICIOUS_MINOR)
    trade.services.trust.refuse(order.order_id, trade.operator(), WHY)
    return order.buyer_id, order.seller_id


def suspend(scope: str) -> Callable[[Trade], tuple[str, ...]]:
    def deed(trade: Trade) -> tuple[str, ...]:
        person = trade.seller()
        trade.services.suspensions.suspend(person, staff(trade, ADMIN), clause="3.1", reasons=WHY, scope=scope)
        return (person,)

    return deed


def uphold(trade: Trade) -> tuple[str, ...]:
    [person] = suspend("account")(trade)
    trade.services.suspensions.appeal(person, "They are real.")
    trade.services.suspensions.decide_appeal(person, staff(trade, ADMIN), granted=False, reasons=WHY)
    return (person,)


def lift(trade: Trade) -> tuple[str, ...]:
    [person] = suspend("account")(trade)
    trade.services.suspensions.lift(person, staff(trade, ADMIN), WHY)
    return (person,)


def hold_payouts(trade: Trade) -> tuple[str, ...]:
    seller, until = trade.seller(), trade.world.clock.now() + timedelta(days=5)
    trade.services.payout_decisions.hold(seller, WHY, until, by=trade.staff(FINANCE))
    return (seller,)


def release_payouts(trade: Trade) -> tuple[str, ...]:
    [seller] = hold_payouts(trade)
    [held] = [each for each in trade.services.payout_table.holds(seller) if each.cause == "manual"]
    services = trade.services
    made = services.payout_decisions.propose_release(seller, "manual", held.key, staff(trade, FINANCE), WHY)
    services.approvals.approve(made.proposal_id, staff(trade, FINANCE), WHY)
    return (seller,)


def stop_payments(trade: Trade) -> tuple[str, ...]:
    seller = trade.seller()
    trade.services.payout_decisions.stop(f"seller:{seller}", WHY, by=trade.staff(FINANCE))
    return (seller,)


def stop_payments_by_rule(trade: Trade) -> tuple[str, ...]:
    seller = trade.seller()
    trade.services.switch.stop(f"seller:{seller}", "invariant:P1", "eur")
    return (seller,)


def resume_payments(trade: Trade) -> tuple[str, ...]:
    [seller] = stop_payments(trade)
    services = trade.services
    made = services.payout_decisions.propose_resume(f"seller:{seller}", staff(trade, FINANCE), WHY)
    services.approvals.approve(made.proposal_id, staff(trade, FINANCE), WHY)
    return (seller,)


def write_off(trade: Trade) -> tuple[str, ...]:
    owing = prepare_in_debt(trade)
    services = trade.services
    made = services.write_offs.propose(owing.seller_id, "eur", 1, staff(trade, FINANCE), WHY, "once")
    services.approvals.approve(made.proposal_id, staff(trade, FINANCE), WHY)
    return (owing.seller_id,)


DEEDS: dict[str, tuple[str, Callable[[Trade], tuple[str, ...]]]] = {
    "a check that holds a payment": ("hold.placed", hold),
    "a moderator who clears": ("hold.cleared", clear),
    "a moderator who refuses": ("hold.refused", refuse),
    "an administrator who suspends": ("account.suspended", suspend("account")),
    "an administrator who suspends selling": ("selling.suspended", suspend("selling")),
    "an administrator who upholds": ("suspension.upheld", uphold),
    "an administrator who lifts": ("account.reinstated", lift),
    "finance that holds payouts": ("payout.held", hold_payouts),
    "two of finance who release a hold": ("payout.released", release_payouts),
    "two of finance who write off a debt": ("debt.written_off", write_off),
    "finance that stops payments": ("payments.stopped", stop_payments),
    "a broken promise that stops payments": ("payments.stopped", stop_payments_by_rule),
    "two of finance who resume": ("payments.resumed", resume_payments),
}
AUTOMATED = {"a check that holds a payment", "a broken promise that stops payments"}


def of(world: World, account_id: str, kind: str) -> list[Any]:
    return [each for each in world.services.decisions.page(account_id, None, 100).items if each.kind == kind]


@pytest.mark.parametrize("decider", DEEDS)
def test_each_decider_leaves_one_complete_decision_with_each_person(trade, decider):
    kind, deed = DEEDS[decider]
    concerned = deed(trade)
    trade.world.drain()

    for account_id in concerned:
        [found] = of(trade.world, account_id, kind)
        assert set(found.concerns) == set(concerned)
        assert found.automated == (decider in AUTOMATED)
        assert found.reasons == ("eur" if decider == "a broken promise that stops payments" else found.reasons)
        assert found.automated or found.reasons == WHY
        for locale in ("en", "es"):
            shown = msgspec.to_builtins(Decision.of(found, locale))
            told = ("decision", "scope", "facts", "clause", "clause_text", "decided_by", "decided_at", "redress")
            assert all(shown[name] for name in told)
            assert "acc_" not in shown["decided_by"]


def test_nobody_whom_it_does_not_concern_finds_it(trade):
    seller, stranger = hold_payouts(trade)[0], trade.person()
    [found] = of(trade.world, seller, "payout.held")

    with pytest.raises(Exception, match="decision_not_found"):
        trade.services.decisions.read(found.decision_id, stranger)
    assert trade.services.decisions.about(seller, reader=seller, sellers=()) == []


def test_each_person_is_told_once(trade):
    [seller] = hold_payouts(trade)
    trade.world.drain()

    told = [each for each in trade.services.notifications.page(seller, None, 50).items if each.kind == "decision.made"]

    assert len(told) == 1


def test_the_same_decision_twice_is_refused(trade):
    given = {"kind": "hold.cleared", "subject": "ord_1", "concerns": ["acc_1"], "by": MODERATOR}
    trade.services.transactions.commit(trade.services.decisions.record(**given))

    with pytest.raises(Conflict):
        trade.services.transactions.commit(trade.services.decisions.record(**given))


def test_the_tables_hang_together():
    for kind in KINDS.values():
        assert kind.clause in CLAUSES
        assert kind.redress in REDRESS
        assert set(kind.deciders) <= DECIDERS
        assert all((kind.decision.en, kind.decision.es, kind.scope.en, kind.scope.es, kind.facts.en, kind.facts.es))
