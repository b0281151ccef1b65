"""Each promise's predicate finds the breach that is planted for it, and finds nothing in a sound marketplace."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from marketplace.audit import invariants
from marketplace.audit import money as audited
from marketplace.audit.banks import BANKS
from marketplace.audit.disputes import DISPUTES
from marketplace.audit.doors import DOORS  # planted in test_door_invariants.py
from marketplace.audit.invariants import OVERDUE_MAX, PREDICATES, check, ledger_only_grew
from marketplace.audit.payouts import PAYOUTS  # planted in test_payout_invariants.py
from marketplace.audit.personal import nothing_personal_is_plain
from marketplace.audit.placements import FROZEN, placements_agree, placements_stand
from marketplace.audit.returns import RETURNS
from marketplace.audit.staff import STAFF  # planted in test_staff_invariants.py
from marketplace.audit.view import StripeMoney, View
from marketplace.ledger import postings
from marketplace.ledger.model import HELD, REFUND_OWED, STRIPE, STRIPE_FEES, WITH_BANK, LedgerTransaction, Posting
from marketplace.orders.model import Award, Line, LineFee, Move, Order
from marketplace.payments.model import Intent, IntentKind, IntentState, Payment, PaymentStatus
from marketplace.reviews.model import Rating, Review
from tests.fakes.booked import released
from tests.stores.trading import NOW

LATER = NOW + timedelta(days=20)
WAY = (
    ("place", "", "awaiting_payment"),
    ("pay", "awaiting_payment", "paid"),
    ("ship", "paid", "shipped"),
    ("confirm", "shipped", "settling"),
    ("settle", "settling", "released"),
)

ACTORS = {"pay": "stripe", "ship": "seller", "confirm": "buyer"}


def an_order(state: str = "released", step: int = 4, **said) -> Order:
    plain = Order(
        "ord_1",
        "pay_1",
        "acc_buyer",
        "acc_seller",
        "trader",
        "eur",
        (Line("lst_1", "Bike", 1, 10_000),),
        10_000,
        800,
        "2026-11",
        1,
        NOW,
        state,
        step,
        NOW,
        None,
        award=Award(0, 10_000),
        delivered_at=NOW,
        delivered_by="buyer",
        ended_at=NOW,
    )
    return replace(plain, **said)


def log(*way: tuple[str, str, str]) -> list[Move]:
    return [Move("ord_1", step, *each, ACTORS.get(each[0], "system"), NOW) for step, each in enumerate(way)]


def books() -> list[LedgerTransaction]:
    return [postings.capture(an_order(), "ch_1", NOW), *released(an_order(), 10_000, "tr_1", NOW)]


def money(kind: str, amount_minor: int, object_id: str, **said) -> StripeMoney:
    named = {"payment_id": "pay_1", "order_id": None, "intent_id": None} | said
    return StripeMoney(object_id, kind, amount_minor, "eur", **named)


CHARGE = money("charge", 10_000, "ch_1")
TRANSFER = money("transfer", 9_200, "tr_1", order_id="ord_1", intent_id="transfer#ord_1")
INTENT = Intent("transfer#ord_1", IntentKind.TRANSFER, "pay_1", "ord_1", 9_200, "eur", NOW, IntentState.DONE)


def sound(**said) -> View:
    """One order, placed, paid, shipped, confirmed and released."""
    plain = View(
        now=LATER,
        orders=[an_order()],
        moves=log(*WAY),
        payments=[a_payment()],
        intents=[INTENT],
        ledger=books(),
        stripe=[CHARGE, TRANSFER],
        stripe_platform_minor={"eur": 800},
    )
    return replace(plain, **said)


def a_payment(**said) -> Payment:
    facts = ("pay_1", "acc_buyer", ("ord_1",), 10_000, "eur", PaymentStatus.PAID, "fingerprint", NOW, NOW)
    return replace(Payment(*facts), **said)


def held_order(state: str, step: int, due_at) -> Order:
    return an_order(state, step, award=None, ended_at=None, due_at=due_at)


OWED = LedgerTransaction(
    "ord_1", "owed", "refund_cost", "eur", (Posting("seller_debt:acc_seller", 50), Posting(STRIPE_FEES, -50)), NOW
)
PROMISED = LedgerTransaction(
    "ord_1", "promised", "refund_promised", "eur", (Posting(HELD, 5), Posting(REFUND_OWED, -5)), NOW
)


def unbalanced() -> LedgerTransaction:
    """A transaction that no code of ours can make."""
    made = object.__new__(LedgerTransaction)
    facts = ("ord_1", "odd", "odd", "eur", (Posting(STRIPE, 5), Posting(HELD, -4)), NOW, None)
    names = ("book", "key", "kind", "currency", "postings", "booked_at", "stripe_object")
    for name, value in zip(names, facts, strict=True):
        object.__setattr__(made, name, value)
    return made


GIVEN_BACK = LedgerTransaction(
    "ord_1", "back", "back", "eur", (Posting(STRIPE, 5), Posting(WITH_BANK, -5)), NOW, "du_1"
)
REFUND = money("refund", 10_001, "re_1")
PLANTED: dict[str, tuple[Callable[[View], object], View]] = {
    "a transaction that does not sum to zero": (
        audited.each_transaction_balances,
        sound(ledger=[*books(), unbalanced()]),
    ),
    "accounts that do not sum to zero": (audited.all_accounts_balance, sound(ledger=[*books(), unbalanced()])),
    "an ended order with money still held": (audited.captured_money_is_somewhere, sound(ledger=books()[:1])),
    "less captured than was sold": (
        audited.captured_money_is_somewhere,
        sound(ledger=[postings.capture(an_order(total_minor=9_999), "ch_1", NOW)]),
    ),
    "more released than was captured": (
        audited.captured_money_is_somewhere,
        sound(ledger=[*books(), replace(books()[1], key="again")]),
    ),
    "more transferred than was due": (
        audited.transfers_are_covered,
        sound(stripe=[CHARGE, replace(TRANSFER, amount_minor=9_201)]),
    ),
    "two objects of one intent": (
        audited.nothing_is_paid_twice,
        sound(stripe=[CHARGE, TRANSFER, replace(TRANSFER, object_id="tr_2", order_id=None)]),
    ),
    "two transfers of one order": (
        audited.nothing_is_paid_twice,
        sound(stripe=[CHARGE, TRANSFER, replace(TRANSFER, object_id="tr_2", intent_id="other")]),
    ),
    "two charges of one payment": (
        audited.nothing_is_paid_twice,
        sound(stripe=[CHARGE, replace(CHARGE, object_id="ch_2")]),
    ),
    "one fact booked twice": (audited.nothing_is_paid_twice, sound(ledger=[*books(), books()[0]])),
    "more refunded than was taken": (audited.refunds_are_bounded, sound(stripe=[CHARGE, REFUND])),
    "an award that does not sum": (
        audited.refunds_are_bounded,
        sound(orders=[an_order(award=Award(1, 10_000))]),
    ),
    "a negative award": (audited.refunds_are_bounded, sound(orders=[an_order(award=Award(-1, 10_001))])),
    "another balance at Stripe": (audited.stripe_agrees, sound(stripe_platform_minor={"eur": 799})),
    "a currency only Stripe knows": (audited.stripe_agrees, sound(stripe_platform_minor={"eur": 800, "usd": 1})),
    "a release that nobody accepted": (
        invariants.release_needs_delivery,
        sound(moves=log(*WAY[:3], ("proof_overdue", "shipped", "settling"))),
    ),
    "a release without evidence of delivery": (
        invariants.release_needs_delivery,
        sound(orders=[an_order(delivered_at=None)]),
    ),
    "a held order whose seller is paid by agreement": (
        invariants.holds_are_looked_at,
        sound(orders=[an_order(risk_receipt="rcp_1")]),
    ),
    "money on its way in a dispute": (
        invariants.disputes_freeze,
        sound(orders=[held_order("disputed", 3, LATER)]),
    ),
    "a move after the end": (
        invariants.ends_are_absorbing,
        sound(moves=log(*WAY, ("revive", "released", "paid"))),
    ),
    "a wait without a clock": (
        invariants.nothing_waits_without_a_clock,
        sound(orders=[held_order("paid", 1, None)]),
    ),
    "a deadline long passed": (
        invariants.nothing_waits_without_a_clock,
        sound(orders=[held_order("paid", 1, LATER - OVERDUE_MAX - timedelta(seconds=1))]),
    ),
    "a log with a hole": (invariants.the_log_replays, sound(moves=[*log(*WAY)[:2], *log(*WAY)[3:]])),
    "a log that does not begin": (invariants.the_log_replays, sound(moves=[])),
    "a move that the process does not know": (
        invariants.the_log_replays,
        sound(moves=log(*WAY[:3], ("teleport", "shipped", "settling"), WAY[4])),
    ),
    "a move by somebody who may not": (
        invariants.the_log_replays,
        sound(moves=[replace(each, actor="seller") if each.name == "confirm" else each for each in log(*WAY)]),
    ),
    "a bank that gives back what it never took": (
        audited.banks_hold_what_they_took,
        sound(ledger=[*books(), GIVEN_BACK]),
    ),
    "a debt that no row shows": (audited.debts_are_cached, sound(ledger=[*books(), OWED])),
    "a row of a debt that no book shows": (audited.debts_are_cached, sound(debts={("acc_seller", "eur"): 1})),
    "a debt below nothing": (
        audited.debts_are_cached,
        sound(
            ledger=[
                *books(),
                replace(OWED, postings=(Posting("seller_debt:acc_seller", -50), Posting(STRIPE_FEES, 50))),
            ],
            debts={("acc_seller", "eur"): -50},
        ),
    ),
    "a book that holds less than nothing": (
        audited.nothing_owed_is_negative,
        sound(ledger=[*books(), replace(PROMISED, postings=(Posting(REFUND_OWED, 5), Posting(STRIPE, -5)))]),
    ),
    "a promise without an intent": (audited.clearing_is_explained, sound(ledger=[*books(), PROMISED])),
    "a transfer to somebody else": (
        audited.transfers_are_covered,
        sound(
            stripe=[CHARGE, replace(TRANSFER, destination="acct_other")],
            seller_accounts={an_order().seller_id: "acct_own"},
        ),
    ),
    "a log that ends elsewhere": (invariants.the_log_replays, sound(orders=[an_order("refunded")])),
    "a listing sold too often": (invariants.stock_is_sold_once, sound(stock_sold_over=["lst_1"])),
    "a price that is not the lines'": (placements_agree, sound(orders=[an_order(total_minor=9_999)])),
    "a commission that is not the fees'": (
        placements_agree,
        sound(orders=[an_order(line_fees=(LineFee("rule_1", 799),))]),
    ),
    "a payment of another amount": (placements_agree, sound(payments=[a_payment(amount_minor=10_001)])),
    "a payment in another currency": (placements_agree, sound(payments=[a_payment(currency="usd")])),
    "a payment by somebody else": (placements_agree, sound(payments=[a_payment(buyer_id="acc_other")])),
    "a payment of an order that is gone": (
        placements_agree,
        sound(payments=[a_payment(order_ids=("ord_1", "ord_2"))]),
    ),
    "a name as it was typed": (nothing_personal_is_plain, sound(unsealed=["acc_1/account/display_name"])),
}


def test_a_sound_marketplace_breaks_nothing():
    assert check(sound()) == []


def test_an_empty_marketplace_breaks_nothing():
    assert check(View(LATER, [], [], [], [], [])) == []


@pytest.mark.parametrize("what", PLANTED)
def test_the_predicate_finds(what):
    predicate, view = PLANTED[what]

    assert list(predicate(view)) != []
    assert check(view) != []


@pytest.mark.parametrize("predicate", PREDICATES, ids=lambda each: each.__name__)
def test_each_predicate_passes_the_sound_view(predicate):
    assert list(predicate(sound())) == []


def test_every_predicate_about_money_and_orders_has_its_planted_breach():
    about_reviews = {invariants.reviews_are_earned, invariants.ratings_are_folds}  # below

    about_promises = {invariants.kept_promises_are_folds}  # tests/unit/shipping/test_punctuality.py
    elsewhere = about_reviews | about_promises | set(STAFF) | set(PAYOUTS) | set(DOORS)
    elsewhere |= set(RETURNS)  # tests/unit/returns/test_promises.py
    elsewhere |= set(BANKS)  # tests/unit/payments/test_clawback.py
    elsewhere |= set(DISPUTES)  # tests/unit/audit/test_dispute_invariants.py
    assert {predicate for predicate, _ in PLANTED.values()} | elsewhere == set(PREDICATES)


@pytest.mark.parametrize(("seconds", "count"), [(OVERDUE_MAX.total_seconds(), 0), (OVERDUE_MAX.total_seconds() + 1, 1)])
def test_a_deadline_may_be_passed_by_so_much(seconds, count):
    view = sound(orders=[held_order("paid", 1, LATER - timedelta(seconds=seconds))])

    assert len(list(invariants.nothing_waits_without_a_clock(view))) == count


def test_a_parked_order_may_wait_for_its_person():
    parked = replace(INTENT, state=IntentState.PARKED)
    waiting = an_order("settling", 3, due_at=None, ended_at=None)

    assert list(invariants.nothing_waits_without_a_clock(sound(orders=[waiting], intents=[parked]))) == []


def test_a_refund_that_was_paid_and_came_back_is_nothing_to_wait_for():
    came_back = replace(INTENT, state=IntentState.PARKED, result_id="re_1")
    waiting = an_order("settling", 3, due_at=None, ended_at=None)

    assert len(list(invariants.nothing_waits_without_a_clock(sound(orders=[waiting], intents=[came_back])))) == 1


OPENED = replace(INTENT, state=IntentState.OPEN)


def unrecorded(**said) -> View:
    """The transfer is done at Stripe, and nobody has booked it yet."""
    booked = [each for each in books() if each.stripe_object != TRANSFER.object_id]
    return sound(**({"ledger": booked, "intents": [OPENED]} | said))


@pytest.mark.parametrize("reversed_minor", [0, 1_000])
def test_an_open_intent_explains_a_difference_with_stripe(reversed_minor):
    back = replace(OPENED, intent_id="reversal#ref_1", kind=IntentKind.REVERSAL, amount_minor=1_000)
    reversal = money("reversal", reversed_minor, "trr_1", order_id="ord_1", intent_id=back.intent_id)
    moved = [CHARGE, TRANSFER, *([reversal] if reversed_minor else [])]
    view = unrecorded(intents=[OPENED, back], stripe=moved, stripe_platform_minor={"eur": 800 + reversed_minor})

    assert list(audited.stripe_agrees(view)) == []


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(unrecorded(intents=[INTENT]), id="an intent that is done"),
        pytest.param(unrecorded(intents=[replace(OPENED, state=IntentState.PARKED)]), id="an intent that is parked"),
        pytest.param(unrecorded(stripe=[CHARGE]), id="nothing at Stripe"),
        pytest.param(unrecorded(stripe=[CHARGE, replace(TRANSFER, intent_id="other")]), id="another intent's object"),
        pytest.param(unrecorded(stripe=[CHARGE, replace(TRANSFER, amount_minor=9_199)]), id="another amount"),
        pytest.param(sound(intents=[OPENED], stripe_platform_minor={"eur": 10_000}), id="an object that is booked"),
    ],
)
def test_an_open_intent_explains_nothing_but_its_own_unrecorded_object(view):
    assert [each.rule for each in audited.stripe_agrees(view)] == ["M8"]


def test_the_books_may_grow_and_nothing_else():
    before = books()

    assert list(ledger_only_grew(before[:2], before)) == []
    assert [each.rule for each in ledger_only_grew(before, before[:2])] == ["M7"]
    changed = [replace(before[0], stripe_object="ch_9"), *before[1:]]
    assert [each.rule for each in ledger_only_grew(before, changed)] == ["M7"]


@pytest.mark.parametrize(
    "said",
    [
        {"seller_id": "acc_other"},
        {"buyer_id": "acc_other"},
        {"currency": "usd"},
        {"total_minor": 9_999},
        {"commission_minor": 801},
        {"commission_vat_minor": 1},
        {"fee_version": "2026-12"},
        {"lines": (Line("lst_1", "Bike", 2, 5_000),)},
    ],
    ids=lambda said: next(iter(said)),
)
def test_what_an_order_was_placed_with_never_changes(said):
    found = list(placements_stand([an_order()], [an_order(**said)]))

    assert [(each.rule, each.subject) for each in found] == [("E9", "ord_1")]


def test_an_order_moves_on_and_others_are_placed_beside_it():
    before = [an_order("paid", 1, award=None, ended_at=None)]

    assert list(placements_stand(before, [an_order(), an_order(order_id="ord_2")])) == []
    assert [each.seen for each in placements_stand(before, [])] == ["gone"]


def test_everything_that_is_no_order_s_history_is_frozen():
    moving = {"state", "step", "entered_at", "due_at", "award", "proposed", "risk_receipt", "asked_until", "hold_until"}
    moving |= {"dispute_id", "carrier", "tracking_number", "returning", "ended_at"}
    moving |= {"shipped_at", "delivered_at", "delivered_by", "promised_ship_by", "promised_delivery_by"}
    moving |= {"withdrawn_minor", "lost_minor", "lost_after_minor", "refunded_minor", "refunded_after_minor"}

    assert {each.name for each in fields(Order)} == {"order_id"} | set(FROZEN) | moving


def test_a_reversal_gives_room_for_another_transfer():
    reversal = money("reversal", 9_200, "trr_1", order_id="ord_1")
    again = replace(TRANSFER, object_id="tr_2", intent_id="other")

    assert list(audited.transfers_are_covered(sound(stripe=[CHARGE, TRANSFER, reversal, again]))) == []


def a_review(**said) -> Review:
    plain = Review("ord_1", "buyer", "acc_buyer", "acc_seller", 5, "Fine.", LATER, LATER, LATER)
    return replace(plain, **said)


@pytest.mark.parametrize(
    ("reviews", "count"),
    [
        ([a_review()], 0),
        ([a_review(), a_review()], 1),
        ([a_review(author_id="acc_stranger")], 1),
        ([a_review(order_id="ord_never")], 1),
        ([a_review(subject_id="acc_buyer")], 1),
        ([a_review(written_at=NOW - timedelta(seconds=1))], 1),
        ([a_review(written_at=NOW)], 0),
        ([a_review(), a_review(written_by="seller", author_id="acc_seller", subject_id="acc_buyer")], 0),
    ],
)
def test_a_review_is_one_a_direction_by_a_party_after_the_end(reviews, count):
    assert len(list(invariants.reviews_are_earned(sound(reviews=reviews)))) == count


def test_a_review_of_an_order_that_goes_on_is_found():
    going_on = held_order("paid", 1, LATER)

    assert list(invariants.reviews_are_earned(sound(orders=[going_on], reviews=[a_review()]))) != []


def test_a_rating_that_is_not_the_fold_of_its_reviews_is_found():
    right = Rating("acc_seller", "seller", 1, 5, (0, 0, 0, 0, 1))
    reviews = [a_review()]

    assert list(invariants.ratings_are_folds(sound(reviews=reviews, ratings=[right]))) == []
    assert list(invariants.ratings_are_folds(sound(reviews=reviews, ratings=[replace(right, sum=4)]))) != []
    assert list(invariants.ratings_are_folds(sound(reviews=[], ratings=[right]))) != []
