"""What two people decide happens on the approving function's own grants: a proposal of every kind, through its API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from marketplace.accounts.model import Session, digest
from marketplace.disputes.clauses import DECISION_ALONE_MAX_MINOR
from marketplace.kit.principal import FINANCE, MODERATOR, Idempotency
from marketplace.payments.desk import CLOSE, RETRY
from marketplace.payments.unclaimed_model import Way
from marketplace.staff.kinds import KINDS
from marketplace.staff.model import Proposal
from tests.crash.correction_deeds import taken
from tests.crash.owner_deeds import closed_refund, closed_transfer
from tests.crash.payout_deeds import with_factor
from tests.crash.refund_deeds import of_finance, released
from tests.functions.staffing import chief, two_administrators
from tests.functions.story import COLLEAGUE, FINANCE_ID, ORDER, SELLER, SUPPORT_ID, Story, bring_to
from tests.functions.test_operator_payouts import in_debt, parked_payout
from tests.unit.disputes.making import WHY, Case
from tests.unit.disputes.test_late_appeals import appeal_after_the_end, appeal_in_time
from tests.unit.payments.test_desk import came_back, parked_transfer
from tests.unit.payments.test_owner_money import top_up
from tests.unit.returns.test_decisions_about_returns import claimed, contested, lower
from tests.unit.staff.making import somebody

DEAR = DECISION_ALONE_MAX_MINOR["eur"] + 1
SECRET = "a" * 43  # of a session that has just shown its second factor
SAID = {"reasons": "I read the case as well."}

Making = Callable[[Story], Proposal | str]


def finance(story: Story) -> Any:
    return of_finance(story.trade, story.trade.staff(FINANCE))


def moderator(story: Story) -> Any:
    return somebody(story.trade, MODERATOR)


# Power


def _role(story: Story) -> Any:
    two_administrators(story)
    return story.services.roles.grant(COLLEAGUE, FINANCE, chief(story), WHY, "1").proposal


def _recovery(story: Story) -> Any:
    two_administrators(story)
    return story.services.staff_recovery.propose(SUPPORT_ID, chief(story), WHY, "1")


# Money


def _refund(state: str, amount_minor: int) -> Making:
    def made(story: Story) -> Any:
        bring_to(story, state)
        attempt = Idempotency("k", "f")
        return story.services.refunds.propose(ORDER, finance(story), amount_minor, WHY, attempt, cause="goodwill")

    return made


def _by_hand(story: Story) -> Any:
    order = released(story.trade, story.trade.shipped(price_minor=1_000))
    with_factor(story.trade, order.seller_id)
    story.world.clock.advance(days=14)
    story.world.sweep()
    return story.services.payouts_by_hand.propose(order.seller_id, "eur", finance(story), WHY)


def _held(story: Story) -> Any:
    bring_to(story, "released")
    story.world.drain()
    until, decisions = story.world.clock.now() + timedelta(days=60), story.services.payout_decisions
    held = decisions.hold(SELLER, "A document is missing.", until, by="acc_finance")
    return decisions.propose_release(SELLER, held.cause.value, held.key, finance(story), WHY)


def _parked_payout(story: Story) -> Any:
    begun = parked_payout(story)
    return story.services.payout_decisions.propose_return(begun.payout_id, finance(story), WHY)


def _stopped(scope: str) -> Making:
    def made(story: Story) -> Any:
        bring_to(story, "released")
        decisions = story.services.payout_decisions
        decisions.stop(scope, "Looks wrong.", by="acc_finance")
        return decisions.propose_resume(scope, finance(story), WHY)

    return made


def _correction(story: Story) -> Any:
    return story.services.corrections.propose(taken(story.trade), finance(story), WHY, "1")


def _agreement(story: Story) -> Any:
    asked = {"percent_bps": 500, **SAID}
    return story.call("PUT", f"/operator/sellers/{SELLER}/commission", FINANCE_ID, asked, key="1").json["proposal_id"]


def _parked(kind: str, prepare: Any) -> Making:
    def made(story: Story) -> Any:
        _, intent_id = prepare(story.trade)
        story.world.clock.advance(minutes=2)
        return story.services.intent_desk.propose(kind, intent_id, finance(story), WHY)

    return made


def _unclaimed(way: Way, prepare: Any) -> Making:
    def made(story: Story) -> Any:
        _, name, _ = prepare(story.trade)
        reference = "SEPA-2026-0042" if way is Way.PAID_OUTSIDE else None
        return story.services.unclaimed.propose(name, way, finance(story), WHY, bank_reference=reference)

    return made


def _debt(story: Story) -> Any:
    in_debt(story, 2_760)
    return story.services.write_offs.propose(SELLER, "eur", 1_000, finance(story), WHY, "1")


# Decisions


def _dear(story: Story) -> Case:
    case = Case(story.trade, price_minor=DEAR)
    if case.order.risk_receipt:
        story.services.trust.clear(case.order_id, "acc_operator", "The buyer answered the telephone.")
        story.world.drain()
    return case


def _dispute(story: Story) -> Any:
    case, one = _dear(story).reviewed(), moderator(story)
    view = story.services.disputes.decide(case.dispute_id, one.account_id, 0, "5.7", WHY, principal=one)
    return view.dispute.proposal_id


def _appeal(prepare: Callable[[Case], None], award_minor: int) -> Making:
    def made(story: Story) -> Any:
        case, one = _dear(story), moderator(story)
        prepare(case)
        top_up(story.world, 3 * DEAR)  # the owner keeps a float
        story.world.drain()
        decide = story.services.appeals.decide
        return decide(case.dispute_id, one.account_id, award_minor, "5.2", WHY, principal=one).dispute.proposal_id

    return made


def _deduction(story: Story) -> Any:
    story.world.place_under(2)
    made, one = contested(story.trade, DEAR), moderator(story)
    return story.services.returns.decide(made.return_id, one.account_id, 1_000, WHY, principal=one).made.proposal_id


def _claim(story: Story) -> Any:
    story.world.place_under(2)
    return lower(story.trade, claimed(story.trade, DEAR), moderator(story)).proposal_id


# Each kind of proposal, by the ways in which its effect differs.
WAYS: dict[str, dict[str, Making]] = {
    "role.grant": {"finance": _role},
    "account.recover": {"support": _recovery},
    "refund.manual": {
        "a part of what is held": _refund("shipped", 3_000),
        "all that is held": _refund("shipped", 12_000),
        "after the end": _refund("released", 3_000),
    },
    "payout.manual": {"small": _by_hand},
    "payout.release": {"held by a person": _held},
    "payout.return": {"unknown": _parked_payout},
    "payments.resume": {
        scope.partition(":")[0]: _stopped(scope)
        for scope in ("everything", "currency:eur", f"seller:{SELLER}", f"order:{ORDER}")
    },
    "ledger.correction": {"a fee": _correction},
    "fees.agreement": {"a seller's": _agreement},
    "intent.retry": {"refund": _parked(RETRY, came_back), "transfer": _parked(RETRY, parked_transfer)},
    "intent.close": {"refund": _parked(CLOSE, came_back), "transfer": _parked(CLOSE, parked_transfer)},
    "unclaimed.decide": {
        "a refund to the buyer": _unclaimed(Way.BUYER, closed_refund),
        "a refund paid outside": _unclaimed(Way.PAID_OUTSIDE, closed_refund),
        "a refund kept": _unclaimed(Way.KEEP, closed_refund),
        "a release to the seller": _unclaimed(Way.SELLER, closed_transfer),
        "a release to the buyer": _unclaimed(Way.BUYER, closed_transfer),
    },
    "decision.dispute": {"first": _dispute},
    "decision.appeal": {
        "in time": _appeal(appeal_in_time, DEAR),
        "late, of the buyer": _appeal(appeal_after_the_end("buyer", 0), DEAR),
        "late, of the seller": _appeal(appeal_after_the_end("seller", DEAR), 0),
    },
    "decision.return": {"a deduction": _deduction, "a claim": _claim},
    "debt.write_off": {"a part": _debt},
}


def second_person(story: Story, kind: str) -> str:
    """Return the token of somebody who may approve it and has had no part in anything."""
    account_id, now = story.trade.staff(min(KINDS[kind].approved_by)), story.world.clock.now()
    days = timedelta(days=1)
    opened = Session(account_id, digest(SECRET), 0, "tests", now, now, now + days, factor_at=now)
    story.services.transactions.commit([story.services.account_store.open_session(opened)])
    return f"{account_id}.{SECRET}"


def made(story: Story, kind: str, way: str) -> str:
    """Return the id of a proposal of this kind."""
    found = WAYS[kind][way](story)
    proposal_id = found if isinstance(found, str) else found.proposal_id
    assert story.services.approvals.read(proposal_id).kind == kind
    return proposal_id


def answer(story: Story, proposal_id: str, kind: str, how: str) -> Any:
    token = second_person(story, kind)
    return story.api.post(f"/operator/proposals/{proposal_id}/{how}", SAID, token=token)


def test_every_kind_is_approved_here():
    assert set(WAYS) == set(KINDS)


@pytest.mark.parametrize(("kind", "way"), [(kind, way) for kind, ways in WAYS.items() for way in ways])
def test_the_function_may_do_what_two_people_decide(story, kind, way):
    proposal_id = made(story, kind, way)

    reply = answer(story, proposal_id, kind, "approve")

    assert (reply.status, reply.json.get("state")) == (200, "approved")
    story.world.drain()


# Something waits for these, and waits no more.
@pytest.mark.parametrize(
    ("kind", "way"), [(k, w) for k, ways in WAYS.items() if k.startswith("decision.") for w in ways]
)
def test_the_function_may_give_up_what_nobody_else_agrees_on(story, kind, way):
    proposal_id = made(story, kind, way)

    reply = answer(story, proposal_id, kind, "decline")

    assert (reply.status, reply.json.get("state")) == (200, "declined")
