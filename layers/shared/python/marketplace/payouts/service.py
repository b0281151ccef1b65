"""What sellers see of their money and what they choose; the same lists for finance."""

from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions
from marketplace.payouts.dividing import Division, divide
from marketplace.payouts.errors import PayoutMissing
from marketplace.payouts.model import (
    Cause,
    Entry,
    Hold,
    Payout,
    PayoutState,
    Purse,
    ReservePart,
    Standing,
    minimum_at,
    parse_payout_id,
)
from marketplace.payouts.paying import Paying
from marketplace.payouts.ports import Holds, Payouts, Purses
from marketplace.payouts.reserve import ReserveRule, rule_for
from marketplace.payouts.schedule import INTERVALS, PUBLISHED, Calendar, UnknownInterval, interval_of
from marketplace.payouts.waiting import Waiting

RESERVES_SHOWN_MAX = 100  # of one currency, those free first


@dataclass(frozen=True, slots=True)
class CurrencyBalance:
    """One currency's money, and why it waits."""

    purse: Purse
    waiting: Waiting
    reserves: tuple[ReservePart, ...]
    least_minor: int  # of the next payout

    @property
    def division(self) -> Division:
        """The balance, divided to the cent: what each hold keeps, and what the next payout may contain."""
        ends = self.reserves[0].until if self.reserves else None
        return divide(self.purse, self.waiting.holds, self.least_minor, ends)

    @property
    def on_hold_minor(self) -> int:
        """What holds keep back of what would be available."""
        return self.purse.available_minor - self.payable_minor

    @property
    def payable_minor(self) -> int:
        """What the next payout may contain, below zero when more came back than was left."""
        return self.division.payable_minor


@dataclass(frozen=True, slots=True)
class Overview:
    """A seller's money in every currency, and the rules that apply to it now."""

    seller_id: str
    balances: tuple[CurrencyBalance, ...]
    interval: str
    chosen: bool
    rule: ReserveRule
    next_at: datetime


class PayoutService:
    """Sellers' money, from their side of the counter and from finance's."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        purses: Purses,
        payouts: Payouts,
        holds: Holds,
        paying: Paying,
        calendar: Calendar = PUBLISHED,
    ) -> None:
        self._calendar = calendar
        self._clock = clock
        self._tx = transactions
        self._purses = purses
        self._payouts = payouts
        self._holds = holds
        self._paying = paying

    def overview(self, seller_id: str) -> Overview:
        """Return what a seller has, what waits and why, and what comes next."""
        now, standing = self._clock.now(), self._purses.standing(seller_id)
        interval = interval_of(standing, now)
        balances = tuple(self._balance(purse, standing) for purse in self._purses.purses(seller_id))
        chosen, rule = standing.interval is not None, rule_for(standing, now)
        return Overview(seller_id, balances, interval, chosen, rule, self._calendar.next_date(interval, now))

    def _balance(self, purse: Purse, standing: Standing) -> CurrencyBalance:
        parts = self._purses.reserves(purse.seller_id, purse.currency, limit=RESERVES_SHOWN_MAX)
        waiting = self._paying.waiting(purse.seller_id, purse.currency, standing)
        if self._paying.has_unsent(purse):
            holds = (*waiting.holds, Hold(Cause.PAYOUT_UNKNOWN, str(purse.number - 1), currency=purse.currency))
            waiting = replace(waiting, holds=holds, blocked=True)
        least_minor = minimum_at(purse.currency, purse.due_at or self._clock.now())
        return CurrencyBalance(purse, waiting, tuple(parts), least_minor)

    def history(self, seller_id: str, cursor: str | None, limit: int) -> Rows[Payout]:
        """Return a page of a seller's payouts, the newest first.

        Raises: BadCursor.
        """
        return self._payouts.history(seller_id, cursor, limit)

    def explain(
        self, payout_id: str, seller_id: str | None, cursor: str | None, limit: int
    ) -> tuple[Payout, Rows[Entry]]:
        """Return a payout with a page of what it contains; `seller_id` None reads for the staff.

        Raises: PayoutMissing, also for somebody else's; BadCursor.
        """
        payout = self.read(payout_id)
        if seller_id not in (None, payout.seller_id):
            raise PayoutMissing
        return payout, self._purses.entries_of(payout.seller_id, payout.currency, payout.number, cursor, limit)

    def read(self, payout_id: str) -> Payout:
        """Return a payout by its public id.

        Raises: PayoutMissing.
        """
        place = parse_payout_id(payout_id)
        found = self._payouts.payout(*place) if place else None
        if found is None:
            raise PayoutMissing
        return found

    def choose(self, seller_id: str, interval: str) -> Overview:
        """Set when a seller is paid; what is due already keeps its date.

        Raises: UnknownInterval.
        """
        if interval not in INTERVALS:
            raise UnknownInterval(fields={"interval": "unknown"})
        self._tx.commit([self._purses.choose(seller_id, interval)])
        now = self._clock.now()
        for purse in self._purses.purses(seller_id):
            if purse.due_at is not None and purse.due_at > now:
                self._reschedule(purse, self._calendar.next_date(interval, now))
        return self.overview(seller_id)

    def _reschedule(self, purse: Purse, due_at: datetime) -> None:
        try:
            self._tx.commit([self._purses.reschedule(purse, due_at)])
        except Conflict:
            return  # the balance moved meanwhile; its next date follows the choice

    def can_settle(self, seller_id: str, currency: str) -> bool:
        """Say whether a seller's bank accounts take this currency, by what Stripe last told us.

        An account that Stripe told nothing of yet may list; it is asked when its onboarding ends, and nothing is paid
        out that it cannot hold.
        """
        settles = self._purses.standing(seller_id).settles
        return settles is None or currency in settles

    def listed(self, state: PayoutState, cursor: str | None, limit: int) -> Rows[Payout]:
        """Return a page of payouts in a state, the oldest first.

        Raises: BadCursor.
        """
        return self._payouts.listed(state, cursor, limit)

    def held(self, cursor: str | None, limit: int) -> Rows[tuple[str, Hold]]:
        """Return a page of holds that people placed or must lift, the oldest first.

        Raises: BadCursor.
        """
        return self._holds.listed_holds(cursor, limit)
