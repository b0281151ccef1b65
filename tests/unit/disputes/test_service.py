"""Disputes as use cases: each step moves the order with it, or changes nothing at all."""

from dataclasses import dataclass

import pytest

from marketplace.catalog.ports import UploadForm
from marketplace.disputes.errors import EvidenceTooLate
from marketplace.disputes.model import (
    EVIDENCE_MAX,
    SELLER_PART_MIN_MINOR,
    DisputeDecided,
    DisputeMissing,
    EvidenceFull,
    EvidenceRefused,
)
from marketplace.orders.model import AwardDoesNotSum, OrderMissing, TransitionRefused

FILE = {"content_type": "image/png", "size_bytes": 10, "sha256": "a" * 64, "description": "x"}


@dataclass
class Uploads:
    """Forms that lead nowhere, and what they were for."""

    keys: list[str]

    def form(self, key, *, content_type, size_bytes, sha256):
        self.keys.append(key)
        return UploadForm("https://uploads.example", {"key": key}, 600)


@pytest.fixture
def uploads(world):
    found = Uploads([])
    world.given["uploads"] = found
    world.restart()
    return found


@pytest.fixture
def opened(world, trade, uploads):
    order = trade.shipped()
    return world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Broken.", None)


def test_an_order_has_one_dispute_whose_id_follows_from_it(world, trade, opened):
    order = trade.order(opened.order.order_id)

    assert (order.state, order.dispute_id) == ("disputed", opened.dispute.dispute_id)
    with pytest.raises(TransitionRefused):
        world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "Again.", None)


@pytest.mark.parametrize("who", ["seller_id", None])
def test_only_the_buyer_opens_one(world, trade, who):
    order = trade.shipped()
    account_id = getattr(order, who) if who else trade.person("Stranger")

    with pytest.raises(OrderMissing):
        world.services.disputes.open(order.order_id, account_id, "damaged", "Mine.", None)

    assert trade.order(order.order_id) == order


@pytest.mark.parametrize("wanted", [-1, 0, 10_001])
def test_what_is_asked_back_lies_within_what_was_paid(world, trade, wanted):
    order = trade.shipped()

    with pytest.raises(AwardDoesNotSum):
        world.services.disputes.open(order.order_id, order.buyer_id, "damaged", "x", wanted)

    assert trade.order(order.order_id).state == "shipped"


def test_each_step_is_told_once(world, trade, opened):
    services = world.services
    services.disputes.answer(opened.dispute.dispute_id, opened.dispute.seller_id, "Whole.")
    services.disputes.escalate(opened.dispute.dispute_id, opened.dispute.buyer_id)
    services.disputes.decide(opened.dispute.dispute_id, "acc_operator", 0, "5.2", "As sold.")
    kinds = [row["kind"] for row in world.dynamo.rows("aval-local-outbox") if row["kind"].startswith("dispute.")]

    assert sorted(kinds) == ["dispute.answered", "dispute.decided", "dispute.opened"]
    world.drain()


def test_nothing_that_people_said_leaves_in_an_event(world, opened):
    told = [row for row in world.dynamo.rows("aval-local-outbox") if row["kind"] == "dispute.opened"]

    assert "Broken." not in str(told)


def test_evidence_lies_under_its_dispute(world, uploads, opened):
    evidence, form = world.services.disputes.announce_evidence(
        opened.dispute.dispute_id, opened.dispute.buyer_id, **FILE
    )

    assert uploads.keys == [f"evidence/{opened.dispute.dispute_id}/{evidence.evidence_id}"] == [form.fields["key"]]


@pytest.mark.parametrize("wrong", [{"content_type": "image/gif"}, {"size_bytes": 0}, {"size_bytes": 10**9}])
def test_a_file_that_is_not_taken_gets_no_form(world, uploads, opened, wrong):
    with pytest.raises(EvidenceRefused):
        world.services.disputes.announce_evidence(
            opened.dispute.dispute_id, opened.dispute.buyer_id, **{**FILE, **wrong}
        )

    assert uploads.keys == []


def test_each_side_has_its_own_room_for_evidence(world, opened):
    announce, dispute = world.services.disputes.announce_evidence, opened.dispute
    for _ in range(EVIDENCE_MAX):
        announce(dispute.dispute_id, dispute.buyer_id, **FILE)

    with pytest.raises(EvidenceFull):
        announce(dispute.dispute_id, dispute.buyer_id, **FILE)

    assert announce(dispute.dispute_id, dispute.seller_id, **FILE)[0].by == "seller"


def reviewed(world, opened) -> str:
    world.services.disputes.answer(opened.dispute.dispute_id, opened.dispute.seller_id, "Whole.")
    world.services.disputes.escalate(opened.dispute.dispute_id, opened.dispute.buyer_id)
    return opened.dispute.dispute_id


@pytest.mark.parametrize(
    ("refund", "good"),
    [
        (-1, False),
        (0, True),
        (10_000 - SELLER_PART_MIN_MINOR, True),
        (10_000 - SELLER_PART_MIN_MINOR + 1, False),
        (9_999, False),
        (10_000, True),
        (10_001, False),
    ],
)
def test_an_award_sums_and_leaves_the_seller_nothing_or_enough(world, trade, opened, refund, good):
    dispute_id = reviewed(world, opened)
    if good:
        order = world.services.disputes.decide(dispute_id, "acc_operator", refund, "5.2", "x").order
        assert (order.proposed.refund_minor, order.proposed.seller_minor) == (refund, 10_000 - refund)
        award = trade.stands(order.order_id).award
        assert (award.refund_minor, award.seller_minor) == (refund, 10_000 - refund)
    else:
        with pytest.raises(AwardDoesNotSum):
            world.services.disputes.decide(dispute_id, "acc_operator", refund, "5.2", "x")
        assert world.services.dispute_store.read(dispute_id).decision is None
    world.drain()


def test_a_decision_stands(world, opened):
    dispute_id = reviewed(world, opened)
    world.services.disputes.decide(dispute_id, "acc_operator", 0, "5.2", "x")

    with pytest.raises(DisputeDecided):
        world.services.disputes.decide(dispute_id, "acc_other", 10_000, "5.2", "y")
    with pytest.raises(EvidenceTooLate):  # of the winner: who lost may show more, and appeal
        world.services.disputes.announce_evidence(dispute_id, opened.dispute.seller_id, **FILE)

    world.drain()


def test_strangers_see_nothing_and_operators_see_all(world, trade, opened):
    stranger = trade.person("Stranger")

    with pytest.raises(DisputeMissing):
        world.services.disputes.view(opened.dispute.dispute_id, stranger)
    assert world.services.disputes.view(opened.dispute.dispute_id, stranger, operator=True).dispute == opened.dispute
    with pytest.raises(DisputeMissing):
        world.services.disputes.view("dsp_never", stranger, operator=True)
