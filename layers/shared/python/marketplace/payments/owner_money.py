"""Book what the owner puts in and takes out, as Stripe shows it: told by its events, and found again every night."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from marketplace.kit.clock import Clock
from marketplace.kit.writes import Transactions
from marketplace.ledger.model import AlreadyBooked
from marketplace.ledger.owner import is_owners, moved
from marketplace.ledger.ports import Ledger
from marketplace.payments.model import StripeRefused
from marketplace.payments.movements import Movement, StripeBooks


class OwnerMoney:
    """Follows top-ups, and payouts of the platform's own account; nothing told is believed before it is looked up."""

    def __init__(self, *, clock: Clock, transactions: Transactions, ledger: Ledger, stripe: StripeBooks) -> None:
        self._clock = clock
        self._tx = transactions
        self._ledger = ledger
        self._stripe = stripe

    def follow(self, stripe_object: str) -> int:
        """Book what a top-up or a payout has moved by now; return how much of it was new.

        Raises: Unavailable.
        """
        with suppress(StripeRefused):  # Stripe knows no such object: nothing moved
            return self._book(self._stripe.of_object(stripe_object))
        return 0

    def catch_up(self, since: datetime, until: datetime) -> int:
        """Book what the owner moved in [since, until) and nobody told of; return how much that was.

        Raises: Unavailable.
        """
        return self._book(self._stripe.between(since, until))

    def _book(self, movements: Iterable[Movement]) -> int:
        new = 0
        for movement in filter(is_owners, movements):
            booked = moved(movement, self._clock.now())
            with suppress(AlreadyBooked):
                self._tx.commit([self._ledger.book(each) for each in booked])
                new += 1
        return new
