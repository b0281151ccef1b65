"""A seller's month at Stripe: from the books to the bank, to the cent, whatever happens in it."""

import random
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest

from marketplace.kit.errors import DomainError, Unavailable
from marketplace.orders.model import SELLER
from marketplace.payouts.model import Payout
from marketplace.statements.at_stripe import PAYOUT, PAYOUT_RETURNED, SellersAtStripe
from marketplace.statements.monthly import month_at
from tests.crash.payout_deeds import account_of, arrive, due, next_date, pay_out, second
from tests.crash.refund_deeds import ask

STEPS = 14


def months(trade, seller_id, currency="eur"):
    """Read every month up to now, the oldest first."""
    statements, now = trade.services.statements, trade.world.clock.now()
    names = [month_at(trade.world.clock.now() - timedelta(days=31 * back)).name for back in range(13)]
    return [
        statements.statement(seller_id, SELLER, name, currency) for name in sorted(set(names)) if "2026-11" <= name
    ], now


def test_a_payout_is_in_the_statement_with_what_it_left_behind(trade):
    order = due(trade)
    pay_out(trade, order)

    found, _ = months(trade, order.seller_id)

    facts = [each.fact for each in found[-1].at_stripe.entries]
    purse, _ = trade.services.payout_table.purse(order.seller_id, "eur")
    assert facts == ["transfer", PAYOUT]
    assert found[-1].at_stripe.closing_minor == purse.reserved_minor > 0


def test_a_payout_that_the_bank_sends_back_is_two_lines_also_in_two_months(trade):
    order = due(trade)
    pay_out(trade, order)
    [payout] = trade.services.payouts.history(order.seller_id, None, 1).items
    trade.world.clock.advance(days=31)
    trade.world.stripe.fail_payout(payout.stripe_payout_id)
    trade.world.drain()

    first, then = months(trade, order.seller_id)[0]

    assert [each.fact for each in first.at_stripe.entries] == ["transfer", PAYOUT]
    assert [(each.fact, each.amount_minor) for each in then.at_stripe.entries] == [
        (PAYOUT_RETURNED, payout.amount_minor)
    ]
    assert then.at_stripe.opening_minor == first.at_stripe.closing_minor


@pytest.mark.parametrize("seed", range(6))
def test_random_months_open_with_what_the_ones_before_closed_with(trade, seed):
    dice = random.Random(seed)  # noqa: S311 - choices of a test, not secrets
    first = due(trade)
    account = account_of(trade, first)
    deeds = {
        "sell": lambda: second(trade, first),
        "pay out": lambda: (next_date(trade, first), pay_out(trade, first)),
        "refund": lambda: ask(trade.services, first, dice.choice([500, 900]), f"refund-{trade.world.clock.now()}"),
        "refuse": lambda: trade.world.stripe.bank_refuses(account, code=dice.choice(["account_closed", None])),
        "wait": lambda: trade.world.clock.advance(days=dice.choice([5, 20])),
        "read": lambda: months(trade, first.seller_id),
    }
    for _ in range(STEPS):
        with suppress(DomainError):
            deeds[dice.choice(list(deeds))]()
        trade.world.drain()
        arrive(trade)

    found, _ = months(trade, first.seller_id)

    purse, _ = trade.services.payout_table.purse(first.seller_id, "eur")
    for before, after in pairwise(found):
        assert after.opening_minor == before.closing_minor
        assert after.at_stripe.opening_minor == before.at_stripe.closing_minor
    for each in found:
        moved = sum(entry.amount_minor for entry in each.at_stripe.entries)
        assert each.at_stripe.opening_minor + moved == each.at_stripe.closing_minor
    assert (found[0].opening_minor, found[0].at_stripe.opening_minor) == (0, 0)
    assert found[-1].at_stripe.closing_minor == purse.at_stripe_minor


def test_a_running_month_that_does_not_agree_with_the_balance_is_not_shown(trade):
    order = due(trade)
    pay_out(trade, order)

    class Lagging:
        def begun_between(self, *_given: object) -> list[Payout]:
            return []

    statements = trade.services.statements
    statements._at_stripe = SellersAtStripe(payouts=Lagging(), purses=trade.services.payout_table)

    with pytest.raises(Unavailable):
        months(trade, order.seller_id)
