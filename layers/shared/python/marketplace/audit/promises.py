"""Which promises can be judged of one order, or of one seller, alone: what is checked of the running marketplace.

The others need everything at once, which no role of the product may read, or Stripe's objects of all orders. M2, M5
and M8 are what reconciliation and the proof of solvency compare; M4 and the sums of M6 need every transfer of an order,
M9's debts all books of a seller, B4 all orders of a payment; E6, E7, R and S need other areas' tables. P6 and P7 look
back at stops and holds that are over; P8 follows from P3. Tests run all of them, see invariants.py.

What a violation says that it saw goes to the log, and to the seller as the reasons of the stop: amounts, states and
names of rows, never anybody's words and nobody of the staff.
"""

from collections.abc import Sequence

from marketplace.audit import banks, disputes, invariants, money, payouts
from marketplace.audit.money import Predicate
from marketplace.audit.returns import RETURNS

ORDER_PROMISES: Sequence[Predicate] = (
    money.each_transaction_balances,
    money.captured_money_is_somewhere,
    money.refunds_are_bounded,
    money.banks_hold_what_they_took,
    money.nothing_owed_is_negative,
    money.clearing_is_explained,
    invariants.release_needs_delivery,
    invariants.disputes_freeze,
    invariants.ends_are_absorbing,
    invariants.nothing_waits_without_a_clock,
    invariants.the_log_replays,
    invariants.holds_are_looked_at,
    *RETURNS,
    *disputes.DISPUTES,
    banks.taken_money_is_held,
    banks.won_money_goes_back,
    banks.asked_orders_wait,
    banks.refused_refunds_do_not_wait,
    banks.banks_pay_awards_first,
    banks.what_banks_kept_is_counted,
    banks.sellers_bear_before_the_platform,
)

SELLER_PROMISES: Sequence[Predicate] = (
    payouts.balances_are_sound,
    payouts.balances_are_their_entries,
    payouts.stripe_holds_the_rest,
    payouts.payouts_are_explained,
    payouts.nothing_is_paid_out_twice,
    payouts.what_clears_was_earned,
    payouts.stopped_orders_are_held,
    payouts.collections_are_held,
    payouts.nobody_pays_out_beside_us,
)

# Of a seller's own rows alone: for those of whom Stripe tells nothing.
BOOK_PROMISES: Sequence[Predicate] = (
    payouts.balances_are_sound,
    payouts.balances_are_their_entries,
    payouts.payouts_are_explained,
    payouts.what_clears_was_earned,
    payouts.stopped_orders_are_held,
    payouts.collections_are_held,
)

# Told, and rung for, but nothing stops: an overdue order lost its clock and not a cent, and time heals it.
ONLY_TOLD = frozenset({"E4"})
