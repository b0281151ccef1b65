"""The disputes' store, on the in-memory DynamoDB and on moto: both must give the same answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.disputes.aftermath import Defect
from marketplace.disputes.case_store import DynamoCaseRecords
from marketplace.disputes.claims import Claim, ClaimStanding
from marketplace.disputes.errors import DisputeMoved
from marketplace.disputes.messages import Message
from marketplace.disputes.model import (
    EVIDENCE_MAX,
    WITHDRAWN,
    Appeal,
    Decision,
    Dispute,
    DisputeDecided,
    DisputeExists,
    Evidence,
    Offer,
)
from marketplace.disputes.precedents import Precedent
from marketplace.disputes.store import DynamoDisputes
from marketplace.storage.cursor import BadCursor
from tests.stores.trading import NOW

STORE = DynamoDisputes  # see conftest.py

PLAIN = Dispute("dsp_1", "ord_1", "acc_buyer", "acc_seller", "damaged", "Llegó rota.", 10_000, NOW)
DECIDED = Decision(4_000, 6_000, "5.2", "Half.", "acc_operator", NOW)


def evidence(number: int, by: str) -> Evidence:
    return Evidence(f"evd_{by}_{number}", by, "image/png", 10 + number, "a" * 64, "x" * 500, NOW)


FULL = replace(
    PLAIN,
    answer="Salió entera.",
    answered_at=NOW,
    evidence=tuple(evidence(number, by) for by in ("buyer", "seller") for number in range(EVIDENCE_MAX)),
    decision=DECIDED,
    revision=22,
)


@pytest.mark.parametrize("found", [PLAIN, FULL, replace(PLAIN, statement="", reason="charged_back")])
def test_a_dispute_comes_back_as_it_was_stored(store, commit, found):
    commit(store.open(found))

    assert store.read("dsp_1") == found
    assert store.read("dsp_never") is None


def test_an_order_has_one_dispute(store, commit):
    commit(store.open(PLAIN))

    with pytest.raises(DisputeExists):
        commit(store.open(replace(PLAIN, statement="Again.")))

    assert store.read("dsp_1") == PLAIN


def test_of_two_changes_of_one_reading_the_second_is_refused(store, commit):
    commit(store.open(PLAIN))
    first, second = replace(PLAIN, answer="a", revision=1), replace(PLAIN, answer="b", revision=1)
    commit(store.change(PLAIN, first))

    with pytest.raises(DisputeDecided):
        commit(store.change(PLAIN, second))

    assert store.read("dsp_1") == first


def test_undecided_disputes_are_listed_the_oldest_first_page_by_page(store, commit):
    for number in (3, 1, 2):
        opened_at = NOW + timedelta(hours=number)
        commit(store.open(replace(PLAIN, dispute_id=f"dsp_{number}", opened_at=opened_at)))

    first = store.page_open(None, 2)
    second = store.page_open(first.cursor, 2)

    assert [each.dispute_id for each in (*first.items, *second.items)] == ["dsp_1", "dsp_2", "dsp_3"]
    assert second.cursor is None
    with pytest.raises(BadCursor):
        store.page_open("nonsense", 2)


def test_a_decided_dispute_leaves_the_list(store, commit):
    commit(store.open(PLAIN))
    commit(store.change(PLAIN, replace(PLAIN, decision=DECIDED, revision=1)))

    assert store.page_open(None, 5).items == ()


NEW = replace(
    FULL,
    decision=replace(DECIDED, refund_minor=0, lines=((0, 0),), approved_by="acc_second"),
    evidence=(replace(evidence(1, "buyer"), kind="photo", uploaded_at=NOW, member_id="acc_helper"),),
    offers=(
        Offer("off_1", "seller", 0, False, NOW, NOW + timedelta(hours=24)),
        Offer("off_2", "buyer", 5, True, NOW, NOW, state=WITHDRAWN, ended_at=NOW, ended_by="acc_buyer"),
    ),
    appeal=Appeal("buyer", "Look.", NOW, NOW, after_end=True, decision=DECIDED),
    past=(replace(DECIDED, seller_minor=0),),
    proposal_id="prp_1",
    accepted=("seller",),
)


@pytest.mark.parametrize("found", [NEW, replace(NEW, appeal=replace(NEW.appeal, decision=None, lapsed=True))])
def test_offers_appeals_and_past_decisions_come_back_as_they_were_stored(store, commit, found):
    commit(store.open(found))

    assert store.read("dsp_1") == found


def test_an_open_appeal_puts_a_decided_dispute_back_on_the_list(store, commit):
    commit(store.open(replace(FULL, appeal=Appeal("buyer", "Look.", NOW, NOW))))

    assert [each.dispute_id for each in store.page_open(None, 5).items] == ["dsp_1"]


def test_what_was_uploaded_before_opening_is_changed_by_one_at_a_time(store, commit):
    assert store.before("dsp_1") == (0, ())
    first = evidence(1, "buyer")
    commit(store.keep_before("dsp_1", "acc_buyer", 0, (first,)))

    with pytest.raises(DisputeExists):
        commit(store.keep_before("dsp_1", "acc_buyer", 0, ()))

    assert store.before("dsp_1") == (1, (first,))


def test_claims_marks_precedents_and_messages_come_back(store, commit):
    records = DynamoCaseRecords()
    claim, defect = Claim("acc_b", "dsp_1", NOW), Defect("acc_s", "dsp_1", NOW, erased=True)
    precedent = Precedent("prc_1", "damaged", "", "goods", "eur", 10_000, True, 40, "5.2", NOW)
    message = Message("dsp_1", 1, "buyer", "acc_b", "both", "Hello.", NOW)
    standing = ClaimStanding("acc_b", level="warned", since=NOW, claims=3, purchases=4, revision=1)
    commit(records.claim(replace(claim, upheld=True)), records.defect(defect), records.precedent(precedent))
    commit(records.claim(claim), records.add_message(message), records.read_up_to("dsp_1", "seller", 1))
    commit(records.change_standing(ClaimStanding("acc_b"), standing, DisputeMoved()))

    assert records.claims_since("acc_b", NOW - timedelta(days=90)) == [claim]
    assert records.claims_since("acc_b", NOW + timedelta(seconds=1)) == []
    assert records.defects("acc_s", NOW) == [defect]
    assert records.precedents("damaged", "eur", 5) == [precedent]
    assert (records.messages("dsp_1"), records.reads("dsp_1")) == ([message], {"seller": 1})
    assert records.claim_standing("acc_b") == standing
    for stale in (
        records.add_message(message),
        records.change_standing(ClaimStanding("acc_b"), standing, DisputeMoved()),
    ):
        with pytest.raises(DisputeMoved):
            commit(stale)


def test_late_appeals_are_listed_when_due_until_they_are_over(store, commit):
    records = DynamoCaseRecords()
    commit(records.late_appeal("dsp_1", NOW))

    assert records.late_appeals_due(NOW - timedelta(seconds=1), 5) == []
    assert records.late_appeals_due(NOW, 5) == ["dsp_1"]
    commit(records.no_late_appeal("dsp_1"))
    assert records.late_appeals_due(NOW, 5) == []
    with pytest.raises(DisputeMoved):
        commit(records.no_late_appeal("dsp_1"))
