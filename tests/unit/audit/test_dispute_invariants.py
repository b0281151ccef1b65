"""The promises about disputes find a planted breach, each one, and nothing where there is none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from marketplace.audit import disputes as audited
from marketplace.audit.view import View
from marketplace.disputes.clauses import DECISION_ALONE_MAX_MINOR
from marketplace.disputes.model import ACCEPTED, PARTIES, Appeal, Decision, Dispute, Offer
from marketplace.ledger.made_good import made_good
from marketplace.orders.model import Award, Move, Order
from marketplace.payments.refund_model import Cause, Refund
from marketplace.returns.model import Outcome, Return, ReturnKind, Step
from tests.unit.audit.test_invariants import LATER, NOW, an_order

SOON = NOW + timedelta(hours=1)
DEAR = DECISION_ALONE_MAX_MINOR["eur"] + 1


def order(state: str = "split", **said: Any) -> Order:
    plain = an_order(state, 9)
    facts = {"award": Award(4_000, 6_000), "dispute_id": "dsp_1", "process_version": 2, "ended_at": SOON}
    return replace(plain, **(facts | said))


def decision(refund: int = 4_000, seller: int = 6_000, by: str = "acc_first", **said: Any) -> Decision:
    return Decision(refund, seller, "5.2", "The photos show it.", by, NOW, **said)


def dispute(**said: Any) -> Dispute:
    plain = Dispute("dsp_1", "ord_1", "acc_buyer", "acc_seller", "damaged", "Broken.", 10_000, NOW)
    return replace(plain, **({"decision": decision()} | said))


def offer(**said: Any) -> Offer:
    plain = Offer("off_1", "seller", 4_000, False, NOW, NOW + timedelta(days=1), ACCEPTED, NOW)
    return replace(plain, **said)


def appeal(by: str = "acc_second", refund: int = 6_000, *, after_end: bool = True) -> Appeal:
    decided = decision(refund, 10_000 - refund, by)
    return Appeal("buyer", "Look again.", NOW, LATER, after_end, decided)


def returned(**said: Any) -> Return:
    facts = ("rtn_1", "ord_1", "acc_buyer", "acc_seller", ReturnKind.RETURN, (), 4_000, "eur", "seller", "", "ended", 1)
    log = (Step("open", "approved", "buyer", NOW - timedelta(days=1)), Step("receive", "ended", "seller", SOON))
    return replace(Return(*facts, NOW, NOW, None, log, outcome=Outcome.REFUNDED, refund_minor=4_000), **said)


def refund(amount: int, at: datetime = SOON) -> Refund:
    return Refund("ref_1", "ord_1", amount, "eur", "", Cause.DECISION, "acc_second", "operator", at)


def move(name: str, at: datetime = NOW) -> Move:
    return Move("ord_1", 5, name, "dispute_review", "decided", "operator", at, {})


def view(found: Dispute | None = None, **said: Any) -> View:
    plain = View(now=LATER, orders=[order()], moves=[], payments=[], intents=[], ledger=[])
    return replace(plain, disputes=[found or dispute()], **said)


AGREED = decision(by=PARTIES)
PLANTED: dict[str, tuple[Callable[[View], Any], View]] = {
    "an open dispute and an ended order": (audited.records_agree, view(dispute(decision=None))),
    "a decided dispute and an order under review": (
        audited.records_agree,
        view(orders=[order("dispute_review", award=None, ended_at=None)]),
    ),
    "another award than was decided": (audited.records_agree, view(dispute(decision=decision(5_000, 5_000)))),
    "a return beside the decision": (
        audited.nothing_moves_beside_a_decision,
        view(moves=[move("decide")], returns=[returned()]),
    ),
    "an answer that was overlooked": (
        audited.nothing_moves_beside_a_decision,
        view(dispute(answered_at=NOW), moves=[move("answer_overdue")]),
    ),
    "one person above the limit": (audited.judges_are_others, view(dispute(decision=decision(0, DEAR)))),
    "one person twice above the limit": (
        audited.judges_are_others,
        view(dispute(decision=decision(0, DEAR, approved_by="acc_first"))),
    ),
    "the first decider's appeal": (audited.judges_are_others, view(dispute(appeal=appeal("acc_first")))),
    "an offer accepted late": (
        audited.offers_bind_once,
        view(dispute(decision=AGREED, offers=(offer(expires_at=NOW),))),
    ),
    "two offers accepted at once": (
        audited.offers_bind_once,
        view(dispute(decision=AGREED, offers=(offer(), offer(offer_id="off_2")))),
    ),
    "an offer that is not what was decided": (
        audited.offers_bind_once,
        view(dispute(decision=AGREED, offers=(offer(refund_minor=1),))),
    ),
    "an agreement without its return": (
        audited.goods_come_back_first,
        view(dispute(decision=AGREED, offers=(offer(return_needed=True, return_id="rtn_0"),))),
    ),
    "money before the goods": (
        audited.goods_come_back_first,
        view(
            dispute(decision=AGREED, offers=(offer(return_needed=True, return_id="rtn_1"),)),
            orders=[order("return_open", refunded_minor=4_000)],
            returns=[returned(outcome=None, refund_minor=0)],
        ),
    ),
    "an appeal that paid nothing": (audited.late_appeals_pay_once, view(dispute(appeal=appeal()))),
    "an appeal that paid twice": (
        audited.late_appeals_pay_once,
        view(dispute(appeal=appeal()), refunds=[refund(2_000), replace(refund(2_000), refund_id="ref_2")]),
    ),
    "a seller made good for nothing": (
        audited.late_appeals_pay_once,
        view(ledger=[made_good(order(), 500, NOW)]),
    ),
}


@pytest.mark.parametrize("what", PLANTED)
def test_the_predicate_finds(what):
    predicate, planted = PLANTED[what]

    assert list(predicate(planted)) != []


@pytest.mark.parametrize("predicate", audited.DISPUTES, ids=lambda each: each.__name__)
def test_a_sound_dispute_breaks_nothing(predicate):
    assert list(predicate(view())) == []
    assert list(predicate(view(dispute(appeal=appeal()), refunds=[refund(2_000)]))) == []


def test_every_predicate_has_its_planted_breach():
    assert {predicate for predicate, _ in PLANTED.values()} == set(audited.DISPUTES)


@pytest.mark.parametrize("what", PLANTED)
def test_what_is_told_repeats_nobody_s_words_and_names_nobody(what):
    predicate, planted = PLANTED[what]

    told = " ".join(f"{each.subject} {each.seen}" for each in predicate(planted))

    assert [word for word in ("acc_", "The photos", "Broken.", "Look again.") if word in told] == []
