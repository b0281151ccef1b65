"""Each promise about payouts finds the breach that is planted for it, and nothing in a sound view."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.audit import payouts as audited
from marketplace.audit.payouts import PAYOUTS
from marketplace.audit.view import SellerPayout, View
from marketplace.payouts.model import Cause, Clearing, Entry, EntryKind, Hold, Payout, PayoutState, Purse, ReservePart
from tests.stores.trading import NOW

SELLER, ACCOUNT = "acc_" + "1" * 26, "acct_1"
WHOSE = (SELLER, "eur")
EARNED = Entry(*WHOSE, "earned#tr_1", EntryKind.EARNED, 10_000, 1, NOW, "ord_1", "tr_1")
RESERVED = Entry(*WHOSE, "reserved#tr_1", EntryKind.RESERVED, -1_000, 1, NOW, "ord_1", "tr_1")
PART = ReservePart(*WHOSE, "ord_1", "tr_1", 1_000, "reserve-new-1", NOW, NOW + timedelta(days=30))
PAYOUT = Payout(*WHOSE, 1, 8_000, 0, 1_000, NOW, PayoutState.PAID, ACCOUNT, "po_1")
PURSE = Purse(
    *WHOSE,
    available_minor=1_000,
    reserved_minor=1_000,
    paid_minor=8_000,
    earned_minor=10_000,
    brought_minor=1_000,
    number=2,
    version=3,
)
THEIRS = SellerPayout(ACCOUNT, PAYOUT.key, 8_000, "eur", "paid")
EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)


def sound(**said) -> View:
    facts = {
        "purses": [PURSE],
        "entries": [EARNED, RESERVED],
        "reserves": [PART],
        "payouts": [PAYOUT],
        "stripe_payouts": [THEIRS],
        "seller_accounts": {SELLER: ACCOUNT},
        "stripe_connected_minor": {(ACCOUNT, "eur"): 2_000},
    }
    return View(NOW + timedelta(days=20), [], [], [], [], [], **(facts | said))


HELD = Hold(Cause.MANUAL, "hold_1", EARLIER, None)
PLANTED = {
    "a cent that is nowhere": (audited.balances_are_sound, {"purses": [replace(PURSE, available_minor=999)]}),
    "an entry that was not booked": (audited.balances_are_their_entries, {"entries": [EARNED]}),
    "a reserve without its part": (audited.balances_are_their_entries, {"reserves": []}),
    "entries without a balance": (audited.balances_are_their_entries, {"purses": []}),
    "a refused payout left in transit": (
        audited.balances_are_their_entries,
        {"payouts": [replace(PAYOUT, state=PayoutState.FAILED)]},
    ),
    "Stripe has less": (audited.stripe_holds_the_rest, {"stripe_connected_minor": {(ACCOUNT, "eur"): 1_999}}),
    "a payout that came back unseen and unpaid": (
        audited.stripe_holds_the_rest,
        {"stripe_payouts": [replace(THEIRS, status="failed")]},
    ),
    "a payout by hand": (
        audited.stripe_holds_the_rest,
        {"stripe_payouts": [THEIRS, SellerPayout(ACCOUNT, None, 500, "eur", "paid")]},
    ),
    "a payout that its entries do not explain": (
        audited.payouts_are_explained,
        {"payouts": [replace(PAYOUT, kept_minor=999)]},
    ),
    "a payout number left out": (audited.payouts_are_explained, {"payouts": [replace(PAYOUT, number=2)]}),
    "two objects at Stripe": (audited.nothing_is_paid_out_twice, {"stripe_payouts": [THEIRS, THEIRS]}),
    "another amount at Stripe": (
        audited.nothing_is_paid_out_twice,
        {"stripe_payouts": [replace(THEIRS, amount_minor=7_999)]},
    ),
    "a payout that nobody promised": (audited.nothing_is_paid_out_twice, {"payouts": []}),
    "paid out under a hold": (audited.holds_hold, {"payout_holds": [(SELLER, HELD, LATER)]}),
    "paid out without leave": (audited.nothing_leaves_while_stopped, {"payouts": [replace(PAYOUT, gated=True)]}),
    "leave given during a stop": (
        audited.nothing_leaves_while_stopped,
        {"payouts": [replace(PAYOUT, gated=True, allowed_at=NOW)], "stops": [("everything", EARLIER, LATER)]},
    ),
    "a reversal of what was paid out": (
        audited.nobody_has_both,
        {"purses": [replace(PURSE, available_minor=-1_001)]},
    ),
    "more to clear than was earned": (
        audited.what_clears_was_earned,
        {"clearing": [Clearing(*WHOSE, "ord_1", "tr_1", 10_001, NOW, NOW + timedelta(days=21))]},
    ),
    "a stopped order whose money is free": (
        audited.stopped_orders_are_held,
        {"stops": [("order:ord_1", EARLIER, None)]},
    ),
    "a stop's hold that outlived it": (
        audited.stopped_orders_are_held,
        {"payout_holds": [(SELLER, replace(HELD, cause=Cause.KILL_SWITCH, order_id="ord_9", amount_minor=5), None)]},
    ),
    "a hold of a collection that nobody began": (
        audited.collections_are_held,
        {"payout_holds": [(SELLER, replace(HELD, cause=Cause.DEBT, amount_minor=500), None)]},
    ),
    "paid out during a stop": (audited.holds_hold, {"stops": [("everything", EARLIER, None)]}),
}


@pytest.mark.parametrize("predicate", PAYOUTS, ids=lambda each: each.__name__)
def test_each_predicate_passes_the_sound_view(predicate):
    assert list(predicate(sound())) == []


@pytest.mark.parametrize("what", PLANTED)
def test_the_predicate_finds(what):
    predicate, said = PLANTED[what]

    assert list(predicate(sound(**said))) != []


def test_every_predicate_has_its_planted_breach():
    assert {predicate for predicate, _ in PLANTED.values()} == set(PAYOUTS)


@pytest.mark.parametrize(
    ("status", "rules"), [("paid", ["P12"]), ("in_transit", ["P12"]), ("failed", []), ("canceled", [])]
)
def test_a_payout_that_is_none_of_ours_is_found_unless_it_came_back(status, rules):
    by_hand = SellerPayout(ACCOUNT, None, 500, "eur", status)

    found = audited.nobody_pays_out_beside_us(sound(stripe_payouts=[THEIRS, by_hand]))

    assert [each.rule for each in found] == rules


@pytest.mark.parametrize(("since", "sound_still"), [(NOW + timedelta(seconds=1), True), (NOW, False), (None, False)])
def test_a_payout_from_before_what_stripe_was_asked_for_needs_not_be_among_it(since, sound_still):
    view = sound(stripe_payouts=[], stripe_payouts_since=since)

    assert (list(audited.stripe_holds_the_rest(view)) == []) is sound_still


def test_a_payout_that_was_let_go_later_than_it_began_left_then():
    late = replace(PAYOUT, gated=True, allowed_at=LATER)

    found = audited.stripe_holds_the_rest(sound(payouts=[late], stripe_payouts=[], stripe_payouts_since=LATER))

    assert [each.rule for each in found] == ["P3"]


@pytest.mark.parametrize(
    "hold",
    [
        (SELLER, HELD, EARLIER + timedelta(hours=1)),  # ended before
        (SELLER, replace(HELD, until=EARLIER + timedelta(hours=1)), None),
        (SELLER, replace(HELD, since=LATER), None),
        (SELLER, replace(HELD, amount_minor=500), None),  # of an amount: kept back, and the rest may leave
        ("acc_other", HELD, None),
    ],
)
def test_a_hold_that_did_not_cover_a_payout_is_no_breach(hold):
    assert list(audited.holds_hold(sound(payout_holds=[hold]))) == []


def test_what_is_found_is_told_in_one_order():
    orders = [f"ord_{nth}" for nth in range(9)]
    stops = [(f"order:{each}", EARLIER, None) for each in reversed(orders)]
    earned = [replace(EARNED, order_id=each, fact=f"earned#{each}") for each in reversed(orders)]
    ended = [(SELLER, replace(HELD, cause=Cause.KILL_SWITCH, order_id=each), None) for each in reversed(orders)]
    owed = [(SELLER, replace(HELD, cause=Cause.DEBT, key=each, amount_minor=1), None) for each in reversed(orders)]
    alone = [replace(EARNED, seller_id=each) for each in reversed(orders)]

    told = [
        [each.subject for each in promise(sound(**said))]
        for promise, said in (
            (audited.stopped_orders_are_held, {"stops": stops, "entries": earned}),
            (audited.stopped_orders_are_held, {"payout_holds": ended}),
            (audited.collections_are_held, {"payout_holds": owed}),
            (audited.balances_are_their_entries, {"entries": [EARNED, RESERVED, *alone]}),
        )
    ]

    assert told == [orders, orders, orders, [str((each, "eur")) for each in orders]]
