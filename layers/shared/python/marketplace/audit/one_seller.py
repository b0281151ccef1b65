"""One seller's part of the View: every row of their balances, and their account at Stripe."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from marketplace.audit import sources
from marketplace.audit.view import SellerPayout, View
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, Missing, Unavailable
from marketplace.payments.model import Intent, IntentKind
from marketplace.payments.ports import Payments
from marketplace.payouts.model import Cause, PayoutState
from marketplace.payouts.seller_books import Books, SellerBooks

ROWS_MAX = 50_000  # of one kind of a seller's rows: a dozen reads, and half a minute
PAYOUTS_SINCE = timedelta(days=60)  # which payouts Stripe is asked for: a bank sends back within days
OPEN_MAX = 1_000  # open intents; with more, nobody can say which transfer explains a difference
READ_MAX = 100  # keys in one round trip
_AHEAD = timedelta(days=365)  # of now: the sweep may have put off an open intent


class TooMuchOpen(Conflict):
    """More is on its way than can be looked at."""

    code = "too_much_open"


class NoProfile(Missing):
    """Somebody's balances are stored, and whose account at Stripe they are is not."""

    code = "no_profile"


class SellerViews:
    """Gathers them: six queries, a few reads by key, and two questions to Stripe."""

    def __init__(
        self,
        *,
        clock: Clock,
        books: SellerBooks,
        sellers: sources.Sellers,
        accounts: sources.ConnectedAccounts,
        switches: sources.Switches,
        debts: sources.Debts,
        orders: sources.Orders,
        payments: Payments,
    ) -> None:
        self._clock = clock
        self._books = books
        self._sellers = sellers
        self._accounts = accounts
        self._switches = switches
        self._debts = debts
        self._orders = orders
        self._payments = payments

    def of(self, seller_id: str, orders: Collection[str] = ()) -> View | None:
        """Return a seller's part; None for somebody who never applied to sell.

        `orders` are those whose stops are looked at, beside those that a hold names.

        Raises: NoProfile; TooManyRows; Unavailable; PayoutRefused.
        """
        seller, view = self._sellers.seller(seller_id), self.of_books(seller_id, orders)
        if seller is None:
            if _is_booked(view):
                raise NoProfile
            return None
        return self._with_stripe(view, seller_id, seller.stripe_account_id) if seller.stripe_account_id else view

    def of_books(self, seller_id: str, orders: Collection[str] = ()) -> View:
        """Return the part of it that is ours, as `of` does.

        Raises: TooManyRows; Unavailable.
        """
        found, now = self._books.of(seller_id, ROWS_MAX), self._clock.now()
        return View(
            now=now,
            orders=[],
            moves=[],
            payments=[],
            intents=self._collecting(found, seller_id),
            ledger=[],
            purses=found.purses,
            entries=found.entries,
            reserves=found.reserves,
            clearing=found.clearing,
            payouts=found.payouts,
            payout_holds=[(seller_id, each, None) for each in found.holds],
            stops=self._stopped(found, orders),
        )

    def is_known(self, seller_id: str) -> bool:
        """Say whether any row is about a seller; also yes where one makes no sense.

        Raises: Unavailable.
        """
        try:
            return self._sellers.seller(seller_id) is not None or _is_booked(self._books.of(seller_id, ROWS_MAX))
        except Unavailable:
            raise
        except Exception:  # noqa: BLE001 - there is something, whatever it is
            return True

    def with_moving(self, seller_id: str, orders: Collection[str] = ()) -> View | None:
        """Return the same with what is open between us and the seller, which explains what Stripe has and we have not.

        Raises: TooMuchOpen; and as `of`.
        """
        moving = self._moving(seller_id)  # first: what is recorded since then, the balance has
        view = self.of(seller_id, orders)
        if view is None:
            return None
        known = {each.intent_id for each in view.intents}
        return replace(view, intents=[*view.intents, *(each for each in moving if each.intent_id not in known)])

    def _moving(self, seller_id: str) -> list[Intent]:
        """Return the transfers to a seller, and from them, that are open (an index names them)."""
        names = self._payments.due("open", self._clock.now() + _AHEAD, OPEN_MAX + 1)
        if len(names) > OPEN_MAX:
            raise TooMuchOpen
        kinds = {IntentKind.TRANSFER, IntentKind.REVERSAL}
        parts = (self._payments.intents(some).values() for some in _portions(names))
        found = [each for part in parts for each in part if each.kind in kinds and not each.is_over]
        wanted = sorted({str(each.order_id) for each in found})
        read = (self._orders.read_many(some) for some in _portions(wanted))
        theirs = {order.order_id for some in read for order in some if order.seller_id == seller_id}
        return sorted((each for each in found if each.order_id in theirs), key=lambda each: each.intent_id)

    def _with_stripe(self, view: View, seller_id: str, account_id: str) -> View:
        since = self._since(view)
        payouts = self._accounts.since(account_id, since)
        held = self._accounts.held(account_id)
        at_stripe = [
            SellerPayout(account_id, each.key, each.amount_minor, each.currency, each.status) for each in payouts
        ]
        return replace(
            view,
            seller_accounts={seller_id: account_id},
            stripe_payouts=at_stripe,
            stripe_payouts_since=since,
            stripe_connected_minor={(account_id, currency): minor for currency, minor in held.items()},
        )

    def _since(self, view: View) -> datetime:
        """Return from when Stripe is asked: long ago enough for all that has not ended."""
        last = {PayoutState.PAID, PayoutState.FAILED}
        return min([view.now - PAYOUTS_SINCE, *(each.created_at for each in view.payouts if each.state not in last)])

    def _collecting(self, found: Books, seller_id: str) -> list[Intent]:
        """Return the collections that hold something, or that a debt names."""
        names = {each.key for each in found.holds if each.cause is Cause.DEBT}
        owed = (self._debts.owed_by(seller_id, each.currency) for each in found.purses)
        names |= {each.collecting for each in owed if each is not None and each.collecting}
        parts = (self._payments.intents(some).values() for some in _portions(sorted(names)))
        return [each for part in parts for each in part]

    def _stopped(self, found: Books, orders: Iterable[str]) -> list[tuple[str, datetime, datetime | None]]:
        of_holds = {str(each.order_id) for each in found.holds if each.cause is Cause.KILL_SWITCH and each.order_id}
        scopes = [f"order:{each}" for each in sorted(of_holds | set(orders))]
        parts = (self._switches.read_many(some) for some in _portions(scopes))
        standing = sorted((each.scope, each.at) for part in parts for each in part if each.stopped)
        return [(scope, at, None) for scope, at in standing]


def _is_booked(found: Books | View) -> bool:
    return bool(found.purses or found.entries or found.payouts)


def _portions(names: Sequence[str]) -> Iterable[list[str]]:
    return (list(names[first : first + READ_MAX]) for first in range(0, len(names), READ_MAX))
