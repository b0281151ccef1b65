"""Evidence counts once it is uploaded as announced, before the decision, and is read by those it concerns."""

import pytest

from marketplace.disputes.errors import (
    AppealEvidenceFull,
    EvidenceMissing,
    EvidenceNotUploaded,
    EvidenceTooLate,
)
from marketplace.disputes.evidence import File
from marketplace.disputes.model import (
    EVIDENCE_BYTES_MAX,
    EVIDENCE_FOR_APPEAL_MAX,
    DisputeDecided,
    DisputeExists,
    DisputeMissing,
    EvidenceRefused,
)
from marketplace.disputes.reasons import checklist
from marketplace.orders.model import OrderMissing
from tests.unit.disputes.making import CONTENT, FILE, Case
from tests.unit.disputes.test_process_v2 import unchanged


@pytest.fixture
def case(trade):
    return Case(trade)


def announce(case: Case, by: str = "buyer", **wrong: object) -> object:
    return case.services.disputes.announce_evidence(case.dispute_id, case.people[by], **{**FILE, **wrong})


def test_a_file_counts_once_its_upload_was_seen(case):
    case.opened()
    made, form = announce(case, kind="photo")
    assert (made.uploaded_at, checklist(case.dispute)["buyer"]) == (None, ["photo"])
    case.bucket.put(form.fields["key"], CONTENT)

    seen = case.services.disputes.confirm_evidence(case.dispute_id, case.order.buyer_id, made.evidence_id)

    assert seen.uploaded_at == case.world.clock.now()
    assert case.dispute.evidence[0].sha256 == FILE["sha256"]
    assert checklist(case.dispute)["buyer"] == []
    again = case.services.disputes.confirm_evidence(case.dispute_id, case.order.buyer_id, made.evidence_id)
    assert again == seen


@pytest.mark.parametrize("content", [None, b"another photo", b"b photo"])
def test_what_is_not_there_or_is_another_file_does_not_count(case, content):
    case.opened()
    made, form = announce(case)
    if content:
        case.bucket.put(form.fields["key"], content)

    with unchanged(case), pytest.raises(EvidenceNotUploaded):
        case.services.disputes.confirm_evidence(case.dispute_id, case.order.buyer_id, made.evidence_id)


@pytest.mark.parametrize("wrong", [{"content_type": "text/html"}, {"size_bytes": EVIDENCE_BYTES_MAX + 1}])
def test_a_file_of_a_wrong_type_or_a_byte_too_large_is_refused(case, wrong):
    case.opened()

    with unchanged(case), pytest.raises(EvidenceRefused):
        announce(case, **wrong)


def test_one_side_cannot_confirm_the_others_file(case):
    case.opened()
    made, form = announce(case)
    case.bucket.put(form.fields["key"], CONTENT)
    confirm = case.services.disputes.confirm_evidence

    with unchanged(case), pytest.raises(EvidenceMissing):
        confirm(case.dispute_id, case.order.seller_id, made.evidence_id)


def test_parties_and_moderators_read_it_and_nobody_else(case, trade):
    case.opened()
    evidence_id = case.show("seller")
    read = case.services.disputes.read_evidence

    for reader, operator in ((case.order.buyer_id, False), (case.order.seller_id, False), ("acc_m", True)):
        assert read(case.dispute_id, reader, evidence_id, operator=operator)[1].url
    with pytest.raises(DisputeMissing):
        read(case.dispute_id, trade.person("Stranger"), evidence_id)
    made, _ = announce(case)
    with pytest.raises(EvidenceMissing):  # announced, never uploaded
        read(case.dispute_id, case.order.seller_id, made.evidence_id)


def test_after_the_decision_only_a_loser_shows_more(case):
    case.decided(0)

    with unchanged(case), pytest.raises(EvidenceTooLate):
        announce(case, "seller")
    case.show("buyer")


def test_an_announced_file_is_not_confirmed_after_the_deadline(case):
    case.reviewed()
    made, form = announce(case, "seller")
    case.bucket.put(form.fields["key"], CONTENT)
    case.services.disputes.decide(case.dispute_id, "acc_m", 0, "5.7", "The photos show it.")
    confirm = case.services.disputes.confirm_evidence

    with unchanged(case), pytest.raises(EvidenceTooLate):
        confirm(case.dispute_id, case.order.seller_id, made.evidence_id)
    case.world.drain()


def test_both_sides_answer_an_appeal_with_evidence_until_it_is_decided(case):
    case.appealed(0, "buyer")
    case.show("seller")
    case.services.appeals.decide(case.dispute_id, "acc_second", 0, "5.7", "The photos show it.")
    case.world.drain()

    for by in ("buyer", "seller"):
        with unchanged(case), pytest.raises(DisputeDecided):
            announce(case, by)


def test_an_appeal_has_room_for_some_files(case):
    case.decided(0)
    for _ in range(EVIDENCE_FOR_APPEAL_MAX):
        announce(case)

    with unchanged(case), pytest.raises(AppealEvidenceFull):
        announce(case)


@pytest.mark.parametrize("end", ["agree", "drop", "silence"])
def test_nothing_is_shown_in_a_dispute_that_ended(case, end):
    case.reviewed()
    if end == "agree":
        offer_id = case.offer("seller", 1_000)
        case.services.disputes.accept_offer(case.dispute_id, offer_id, case.order.buyer_id)
    elif end == "drop":
        case.services.disputes.drop(case.dispute_id, case.order.buyer_id)
    else:
        case.time_is_up()
    case.world.drain()

    with pytest.raises((DisputeDecided, EvidenceTooLate)):
        announce(case)


def test_evidence_from_before_the_opening_goes_along(case):
    before = case.services.disputes
    made, form = before.announce_before(case.order_id, case.order.buyer_id, File(**FILE))
    with pytest.raises(EvidenceNotUploaded):
        before.confirm_before(case.order_id, case.order.buyer_id, made.evidence_id)
    case.bucket.put(form.fields["key"], CONTENT)
    before.confirm_before(case.order_id, case.order.buyer_id, made.evidence_id)

    case.opened()

    assert [each.uploaded_at is not None for each in case.dispute.evidence] == [True]
    with pytest.raises(DisputeExists):
        before.announce_before(case.order_id, case.order.buyer_id, File(**FILE))
    with pytest.raises(OrderMissing):
        before.announce_before(case.order_id, case.order.seller_id, File(**FILE))
