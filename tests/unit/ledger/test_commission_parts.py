"""The rounding of a commission and its VAT: no cent is made, lost or kept, over any parts in any order."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from marketplace.fees.model import carried_by
from marketplace.kit.money import CURRENCIES, share_of, split
from marketplace.ledger import postings, refunds
from marketplace.ledger.model import COMMISSION, HELD, VAT_PAYABLE, balances, seller_account
from marketplace.orders.model import Award
from tests.unit.ledger.test_ledger import NOW, an_order


@st.composite
def orders(draw):
    """An order with any commission that it can carry, and the VAT on it."""
    total, bps = draw(st.integers(1, 99_999_999)), draw(st.integers(0, 2_700))
    commission = draw(st.integers(0, carried_by(total, bps)))
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    order = an_order(total, commission, Award(0, total))
    return replace(order, commission_vat_minor=share_of(commission, bps), currency=currency, state="released")


@given(orders(), st.data())
def test_the_parts_of_what_is_taken_sum_and_never_exceed_the_sellers_part(order, data):
    part = data.draw(st.integers(0, order.total_minor))

    commission, vat = postings.commission_parts(order, part)

    assert commission + vat == postings.commission_on(order, part) <= part
    assert 0 <= commission <= order.commission_minor
    assert 0 <= vat <= order.commission_vat_minor


@given(orders())
def test_of_everything_everything_is_taken_and_of_nothing_nothing(order):
    frozen = (order.commission_minor, order.commission_vat_minor)

    assert postings.commission_parts(order, order.total_minor) == frozen
    assert postings.commission_parts(order, 0) == (0, 0)


@given(orders(), st.data())
def test_a_larger_part_never_pays_less_of_either(order, data):
    part = data.draw(st.integers(0, order.total_minor))
    larger = data.draw(st.integers(part, order.total_minor))

    less, more = postings.commission_parts(order, part), postings.commission_parts(order, larger)

    assert all(one <= other for one, other in zip(less, more, strict=True))


@given(orders(), st.data())
def test_a_release_empties_what_it_releases(order, data):
    part = data.draw(st.integers(1, order.total_minor))

    booked = postings.release(order, part, NOW)

    totals = balances([booked])
    assert totals[HELD, order.currency] == part
    assert sum(totals.values()) == 0
    taken = -totals.get((COMMISSION, order.currency), 0) - totals.get((VAT_PAYABLE, order.currency), 0)
    assert -totals.get((seller_account(order.seller_id), order.currency), 0) == part - taken


@given(orders(), st.lists(st.integers(1, 10_000), min_size=1, max_size=8))
def test_any_refunds_after_a_release_give_back_exactly_the_whole(order, weights):
    amounts = [amount for amount in split(order.total_minor, weights) if amount]
    seller = commission = vat = 0

    for amount in amounts:
        parts = refunds.shares_of(order, amount)
        assert sum(parts) == amount
        assert min(parts) >= 0
        seller, commission, vat = seller + parts[0], commission + parts[1], vat + parts[2]
        order = replace(order, refunded_after_minor=order.refunded_after_minor + amount)

    assert (commission, vat) == (order.commission_minor, order.commission_vat_minor)
    assert seller == order.total_minor - commission - vat


@given(st.integers(0, 99_999_999), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_a_split_sums_exactly_and_each_part_is_within_one_of_its_share(amount, weights):
    parts = split(amount, weights)
    whole = sum(weights) or len(weights)
    shares = weights if sum(weights) else [1] * len(weights)

    assert sum(parts) == amount
    assert all(abs(part * whole - amount * share) < whole for part, share in zip(parts, shares, strict=True))
