"""One history of an order from every area's record: in order, in pages, and to each reader what concerns them."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.casework.history.entries import ENTRIES_MAX, PARTY_FACTS, SEEN_BY, SOURCES, STAFF
from marketplace.casework.history.service import History
from marketplace.kit.principal import ADMIN, FINANCE, MODERATOR, SUPPORT, Idempotency
from marketplace.orders.model import BUYER, SELLER, OrderMissing, OwnCase
from marketplace.returns.model import Wanted
from marketplace.shipping.model import CarrierEvent, Outcome
from tests.crash.payout_deeds import next_date, pay_out, with_factor
from tests.unit.disputes.making import WHY, Case
from tests.unit.payments.test_bank_cases import Bank

SECRET = "The seller called: their telephone is broken."
STAFF_ROLES = (SUPPORT, MODERATOR, FINANCE, ADMIN)


@pytest.fixture
def eventful(trade: Any) -> Case:
    """An order to which everything happened that leaves an entry."""
    case = Case(trade)
    services, world, order = case.services, case.world, case.order
    with_factor(trade, order.seller_id)
    seen = CarrierEvent("evt_1", "PK1", Outcome.DELIVERED, world.clock.now())
    services.transactions.commit(
        [services.shipping_store.keep(order.order_id, "correos", seen, world.clock.now(), moved=False)]
    )
    [line] = order.lines
    services.returns.ask(order.order_id, order.buyer_id, (Wanted(line.listing_id, 1),), "", Idempotency("r", "r"))
    case.negotiating()
    case.show("buyer")
    case.offer("seller", 3_000)
    for who, audience in (("buyer", "both"), ("buyer", "buyer"), ("seller", "seller")):
        services.conversations.write(case.dispute_id, case.people[who], "Look at it.", audience)
    services.conversations.write(case.dispute_id, "acc_staff", "Between us.", "staff", operator=True)
    world.clock.set(case.order.due_at - timedelta(hours=1))
    services.reminders.run(limit=10)
    services.disputes.escalate(case.dispute_id, order.buyer_id)
    services.casework.note(f"dispute.{case.dispute_id}", "acc_staff", SECRET)
    services.disputes.decide(case.dispute_id, "acc_first", 4_000, "5.2", WHY)
    world.drain()
    case.time_is_up()
    ask_refund(case)
    next_date(trade, case.order)
    pay_out(trade, case.order)
    Bank(world).take_back(inquiry=True)
    return case


def ask_refund(case: Case) -> None:
    services, order = case.services, case.order
    writes = services.refunds.request(
        order, 500, reason="A scratch.", actor="seller", refund_id="ref_1", requested_by=order.seller_id
    )
    services.transactions.commit(writes)
    case.world.drain()


def told(case: Case, viewer: str) -> list[Any]:
    """Read the whole history as one of the parties, or as somebody of the staff."""
    history, order = case.services.history, case.order
    if viewer in {BUYER, SELLER}:
        return list(history.for_party(order.order_id, case.people[viewer]).items)
    return list(history.for_staff(order.order_id, case.trade.staff(viewer)).items)


@pytest.mark.parametrize("viewer", [BUYER, SELLER, *STAFF_ROLES])
def test_each_role_reads_exactly_the_kinds_of_entries_that_are_for_it(eventful, viewer):
    role = viewer if viewer in {BUYER, SELLER} else STAFF

    found = told(eventful, viewer)

    assert {each.source for each in found} == {source for source in SOURCES if role in SEEN_BY[source]}
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert all(each.at and each.what and each.by and each.subject for each in found)


def test_the_buyer_reads_nothing_of_payouts_checks_books_banks_and_notes():
    assert {source for source in SOURCES if BUYER not in SEEN_BY[source]} == {
        "payout", "screening", "bank", "ledger", "note",
    }  # fmt: skip
    assert {source for source in SOURCES if SELLER not in SEEN_BY[source]} == {"screening", "bank", "ledger", "note"}
    assert set(SEEN_BY) == set(SOURCES)


@pytest.mark.parametrize(("viewer", "other"), [(BUYER, SELLER), (SELLER, BUYER)])
def test_a_party_reads_no_words_of_others_no_names_and_no_notes(eventful, viewer, other):
    found = told(eventful, viewer)

    whole = repr([(each.what, each.by, each.subject, dict(each.facts)) for each in found])
    for private in (SECRET, "acc_", "Look at it.", WHY, "A scratch.", "signed receipt"):
        assert private not in whole, private
    assert all(set(each.facts) <= PARTY_FACTS for each in found)
    audiences = {each.facts["audience"] for each in found if each.source == "message"}
    assert audiences == {"both", viewer}
    assert {each.by for each in found} <= {
        *("buyer", "seller", "operator", "system", "stripe", "carrier", "parties", "clock", "bank"),
        *("moderator", "house", "finance", "admin"),
    }
    assert other not in {each.facts.get("audience") for each in found}


def test_staff_reads_what_each_side_wrote_to_staff_and_the_notes(eventful):
    found = told(eventful, MODERATOR)

    audiences = {each.facts["audience"] for each in found if each.source == "message"}
    assert audiences == {"both", "buyer", "seller", "staff"}
    assert [each.facts["text"] for each in found if each.source == "note"] == [SECRET]
    assert not any("operator_id" in each.facts for each in found)


def test_each_party_reads_its_own_reminders_and_decisions(eventful):
    services, order = eventful.services, eventful.order
    services.transactions.commit(
        services.decisions.record(
            kind="payout.held", subject="hld_1", about=order.order_id, concerns=[order.seller_id], by="finance"
        )
    )

    buyers, sellers, whole = told(eventful, BUYER), told(eventful, SELLER), told(eventful, FINANCE)

    def of(found: list[Any], source: str) -> list[Any]:
        return [each for each in found if each.source == source]

    assert len(of(buyers, "reminder")) + len(of(sellers, "reminder")) == len(of(whole, "reminder"))
    assert "payout.held" in {each.what for each in of(sellers, "decision")}
    assert "payout.held" not in {each.what for each in of(buyers, "decision")}


def test_a_seller_follows_their_money_to_the_bank(eventful):
    steps = [each.what for each in told(eventful, SELLER) if each.source == "payout"]

    assert steps[0] == "earned"
    assert "payout_begun" in steps


def test_a_history_comes_in_pages_that_follow_each_other(eventful):
    order, whole = eventful.order, told(eventful, BUYER)
    history = History(eventful.services.order_records, is_member=eventful.services.teams.is_member, page_size=5)

    assert len(whole) < ENTRIES_MAX
    found, after = [], 0
    while True:
        page = history.for_party(order.order_id, order.buyer_id, after)
        assert len(page.items) <= 5
        found += page.items
        if page.cursor is None:
            break
        after = int(page.cursor)

    assert found == whole


def test_nobody_else_reads_it_and_staff_reads_no_order_of_their_own(eventful):
    history, order = eventful.services.history, eventful.order

    for account_id in ("acc_other", eventful.trade.staff(MODERATOR)):
        with pytest.raises(OrderMissing):
            history.for_party(order.order_id, account_id)
    for own in (order.buyer_id, order.seller_id):
        with pytest.raises(OwnCase):
            history.for_staff(order.order_id, own)
    with pytest.raises(OrderMissing):
        history.for_party(order.order_id, order.buyer_id, by="acc_member")
    with pytest.raises(OrderMissing):
        history.for_staff("ord_none", "acc_staff")
