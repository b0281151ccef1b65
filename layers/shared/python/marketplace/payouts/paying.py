"""One balance, one payout date: free what the reserve gave free, see what waits and why, begin a payout of the rest."""

from datetime import datetime, timedelta

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.kit.writes import Transactions, Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.payouts.model import (
    Cause,
    Entry,
    EntryKind,
    Payout,
    PayoutState,
    Purse,
    Standing,
    minimum_at,
)
from marketplace.payouts.ports import Debts, Holds, Payees, Payouts, Purses, StripePayouts
from marketplace.payouts.schedule import PUBLISHED, Calendar, interval_of
from marketplace.payouts.switch import KillSwitch
from marketplace.payouts.waiting import HeldBack, Waiting

PARTS_AT_ONCE = 30  # reserved parts freed in one transaction: two writes each
BLOCKED_LOOK_EVERY = timedelta(days=1)  # at a payout that waits for its seller, or for us
UNSENT = {PayoutState.OPEN, PayoutState.PARKED}


class Paying:
    """Turns balances into payouts."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        purses: Purses,
        payouts: Payouts,
        holds: Holds,
        payees: Payees,
        debts: Debts,
        held_back: HeldBack,
        switch: KillSwitch,
        stripe: StripePayouts,
        outbox: Outbox,
        calendar: Calendar = PUBLISHED,
    ) -> None:
        self._calendar = calendar
        self._clock = clock
        self._tx = transactions
        self._purses = purses
        self._payouts = payouts
        self._holds = holds
        self._payees = payees
        self._debts = debts
        self._held_back = held_back
        self._switch = switch
        self._stripe = stripe
        self._outbox = outbox

    def waiting(self, seller_id: str, currency: str, standing: Standing | None = None) -> Waiting:
        """Return every hold that covers this balance now, the account's own among them; reserves are not listed."""
        return self._held_back.waiting(seller_id, currency, standing)

    def begin(self, seller_id: str, currency: str) -> Payout | None:
        """Begin the payout of a balance whose date has come; None when nothing leaves now.

        Raises: PurseMoved, HoldMoved, PayeeMoved, DebtMoved or PaymentsStopped when something came between;
            Unavailable.
        """
        now = self._clock.now()
        purse, standing = self._purses.purse(seller_id, currency)
        if not purse.is_sound:
            self._switch.stop(f"seller:{seller_id}", "invariant:P1", f"{currency}: the balance does not add up")
            return None
        purse = self._free(purse, standing, now)
        if purse.due_at is None or now < purse.due_at:
            return None
        owes_no_more = self.owes_no_more(seller_id, currency)  # read before what is held back for it
        payout = None if self.has_unsent(purse) else self._wanted(purse, standing, now)
        if payout is None:
            self._postpone(purse, standing, now)
            return None
        if isinstance(payout, Waiting):
            self._look_again(purse, standing, payout, now)
            return None
        rest = purse.at_stripe_minor - payout.amount_minor
        due_at = self._calendar.next_date(interval_of(standing, now), now) if rest > 0 else None
        self._tx.commit(
            [
                *self._payouts.begin(purse, payout, due_at),
                self._holds.unchanged(standing),
                *self._switch.checks(seller_id, currency),
                *self._payees.may_be_paid(seller_id, now),
                owes_no_more,
            ]
        )
        return payout

    def owes_no_more(self, seller_id: str, currency: str) -> Write:
        """Return the condition that the seller's debt has not grown from now on; refused with DebtMoved."""
        return self._debts.at_most(seller_id, currency, max(0, self._debts.owed_minor(seller_id, currency)))

    def _wanted(self, purse: Purse, standing: Standing, now: datetime) -> Payout | Waiting | None:
        waiting = self.waiting(purse.seller_id, purse.currency, standing)
        if waiting.blocked:
            self._tell_held(purse, waiting, now)
            return waiting
        facts = self._payees.facts(purse.seller_id)
        account_id = facts.stripe_account_id if facts else None
        payable = min(purse.available_minor - waiting.held_minor, AMOUNT_MAX_MINOR)
        if account_id is None or payable < minimum_at(purse.currency, now):
            return None
        amount_minor = min(payable, self._stripe.cleared_minor(account_id, purse.currency))
        if amount_minor < minimum_at(purse.currency, now):
            return None
        left_minor = purse.available_minor - amount_minor
        place = (purse.seller_id, purse.currency, purse.number)
        amounts = (amount_minor, purse.brought_minor, left_minor)
        version = standing.holds_version
        return Payout(*place, *amounts, now, stripe_account_id=account_id, gated=True, holds_version=version)

    def _free(self, purse: Purse, standing: Standing, now: datetime) -> Purse:
        """Free the reserved parts whose date has come, a transaction's worth at a time."""
        parts = self._purses.reserves(purse.seller_id, purse.currency, until=now, limit=PARTS_AT_ONCE)
        if not parts:
            return purse
        entries = [
            Entry(
                part.seller_id,
                part.currency,
                f"freed#{part.stripe_object}",
                EntryKind.RESERVE_RELEASED,
                part.amount_minor,
                purse.number,
                now,
                part.order_id,
                part.stripe_object,
                part.rule,
            )
            for part in parts
        ]
        total_minor = sum(part.amount_minor for part in parts)
        due_at = self._calendar.next_date(interval_of(standing, now), now)
        writes: list[Write] = [self._purses.add(purse, entries, reserved_minor=-total_minor, due_at=due_at)]
        writes += [self._purses.note(each) for each in entries]
        writes += [self._purses.take_from(part, part.amount_minor) for part in parts]
        self._tx.commit(writes)
        return self._purses.purse(purse.seller_id, purse.currency)[0]

    def has_unsent(self, purse: Purse) -> bool:
        """Say whether the last payout may still be on our side of Stripe: what has cleared there would count twice."""
        if purse.in_transit_minor == 0:
            return False
        last = self._payouts.payout(purse.seller_id, purse.currency, purse.number - 1)
        return last is not None and last.state in UNSENT

    def _postpone(self, purse: Purse, standing: Standing, now: datetime) -> None:
        due_at = self._calendar.next_date(interval_of(standing, now), now) if purse.at_stripe_minor > 0 else None
        self._tx.commit([self._purses.reschedule(purse, due_at)])

    def _look_again(self, purse: Purse, standing: Standing, waiting: Waiting, now: datetime) -> None:
        """Come back when what blocks may have ended, whatever the schedule: nobody waits a month for a day's hold."""
        blocking = [each for each in waiting.holds if each.amount_minor is None]
        if all(each.cause is Cause.KILL_SWITCH for each in blocking):
            return  # it stays due: the next run after the resumption pays it
        ends = [each.until for each in blocking if each.until is not None]
        look_at = max(ends) if len(ends) == len(blocking) else now + BLOCKED_LOOK_EVERY
        due_at = min(look_at, self._calendar.next_date(interval_of(standing, now), now))
        self._tx.commit([self._purses.reschedule(purse, due_at if purse.at_stripe_minor > 0 else None)])

    def _tell_held(self, purse: Purse, waiting: Waiting, now: datetime) -> None:
        """Tell the seller once a month and cause that a payout waits; the balance says it always."""
        if purse.available_minor < minimum_at(purse.currency, now):
            return
        first = next(each for each in waiting.holds if each.amount_minor is None)
        until = first.until.date().isoformat() if first.until else ""
        told = event(
            "payout.held",
            purse.seller_id,
            now,
            once=f"{purse.currency}#{first.cause.value}#{now:%Y-%m}",
            seller_id=purse.seller_id,
            cause=first.cause.value,
            amount_minor=purse.available_minor,
            currency=purse.currency,
            until=until,
        )
        try:
            self._tx.commit([self._outbox.publish(told)])
        except Conflict:
            return  # told this month
