"""Entries of bookings that whole trades seldom make: netting, debts, corrections."""

from marketplace.ledger import postings, refunds, unclaimed
from marketplace.ledger.model import LATE_PAYMENT
from marketplace.orders.model import Award, Move
from marketplace.statements.explain import BESIDE, of_buyer, of_seller, owed_to_seller
from marketplace.statements.monthly import buyer_entries, seller_entries
from marketplace.statements.sheets import OrderBook
from tests.unit.ledger.test_ledger import NOW, an_order

ORDER = an_order(10_000, 800, Award(0, 10_000))
SELLER = ORDER.seller_id


def entries(*booked):
    return [(each.fact, each.amount_minor) for each in seller_entries(SELLER, booked)]


def test_what_is_kept_against_a_debt_settles_it_by_as_much():
    found = entries(postings.netted(ORDER, 2_000, "netted", NOW))

    assert found == [("netted", -2_000), ("debt_settled", 2_000)]


def test_a_refund_after_the_release_gives_the_commission_back():
    taken = refunds.taken_back(ORDER, "ref_1", 2_500, to_reverse_minor=1_000, at=NOW)

    assert entries(taken) == [("refund_taken_back", -2_500), ("commission", 200)]
    assert owed_to_seller(SELLER, taken) == -2_300


def test_what_only_changes_pockets_is_no_entry():
    assert entries(refunds.not_reversed(ORDER, "ref_1", 1_000, NOW)) == []


def test_an_earning_with_netting_and_a_refund_leaves_what_the_books_leave():
    booked = (
        postings.release(ORDER, 10_000, NOW),
        postings.netted(ORDER, 1_200, "netted", NOW),
        postings.transfer(ORDER, 8_000, "tr_1", NOW),
        refunds.taken_back(ORDER, "ref_1", 2_500, to_reverse_minor=1_000, at=NOW),
        refunds.reversal(ORDER, "ref_1", 1_000, "trr_1", NOW),
    )

    account = of_seller(OrderBook(ORDER, booked, ()))

    assert account.total_minor == 9_200 - 2_300
    assert account.settled_minor == 1_200 + 8_000 - 1_000
    assert account.open_minor == sum(owed_to_seller(SELLER, each) for each in booked) - 1_200 == -1_300


def test_a_refund_given_beside_the_end_is_not_explained_by_the_buyers_confirmation():
    confirmed = Move(ORDER.order_id, 5, "confirm", "delivered", "settling", "buyer", NOW)
    booked = (
        postings.refund(ORDER, 900, "re_1", f"refund#{ORDER.order_id}#ref_1", NOW),
        postings.refund(ORDER, 100, "re_2", f"refund#{ORDER.order_id}#award", NOW),
    )

    account = of_buyer(OrderBook(ORDER, booked, (confirmed,)))

    assert sorted((each.amount_minor, each.clause) for each in account.entries) == [(-900, BESIDE), (-100, "confirm")]


def test_what_a_bank_gave_back_too_late_is_the_buyer_s_once_it_was_found_to_be():
    lost = postings.chargeback_lost(ORDER, 10_000, 10_000, "dp_1", NOW)
    back = postings.chargeback_reinstated(ORDER, 10_000, [lost], "dp_1", NOW)
    facts = (ORDER.order_id, unclaimed.REGAINED_TO_BUYER, "eur", 10_000, "again#1", NOW)
    found = unclaimed.claimed_by_buyer(*facts, out_of=LATE_PAYMENT)

    told = [(each.fact, each.amount_minor) for each in buyer_entries([lost, back, found])]

    assert told == [("chargeback_lost", -10_000), ("regained_to_buyer", 10_000)]
