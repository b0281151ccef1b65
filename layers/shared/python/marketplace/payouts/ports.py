"""What payouts need, and what they offer to the rest of the house."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Order
from marketplace.payouts.model import (
    BankAccounts,
    Cause,
    Clearing,
    Entry,
    Hold,
    PayeeFacts,
    Payout,
    PayoutState,
    Purse,
    ReservePart,
    Standing,
    StripePayout,
)


class Earnings(Protocol):
    """The sellers' balances, as whoever moves money to and from them sees it."""

    def earned(
        self, order: Order, net_minor: int, transfer_id: str, at: datetime, *, clears_at: datetime | None = None
    ) -> list[Write]:
        """Return the writes that note what a transfer brought; they belong to the transaction that records it.

        `net_minor` is what was transferred, after commission and debt; `clears_at` is from when Stripe lets it go on to
        a bank. Refused with PurseMoved when a payout began
        meanwhile, and with AlreadyNoted when this transfer is noted.
        """

    def reversed(self, order: Order, amount_minor: int, reversal_id: str, at: datetime) -> list[Write]:
        """Return the writes that note what came back from the seller's Stripe account.

        Never refused because of the amount, for it has happened. This order's reserve lets go what so much of the
        earning had set aside, and more only where the rest of the balance does not cover it.
        """

    def withheld(self, order: Order, amount_minor: int, dispute_id: str, at: datetime) -> list[Write]:
        """Return the writes that count a chargeback and hold back what a bank took of money which the seller has.

        `amount_minor` is 0 where the seller has none of it yet: then it is only counted, for the reserve's rules.
        """

    def let_go(self, order: Order, dispute_id: str, at: datetime) -> list[Write]:
        """Return the writes that end that hold; none when there is none."""


class Gate(Protocol):
    """What lets money go to a seller, as whoever sends it sees it; see leave.py."""

    def checks(self, seller_id: str, currency: str, order_id: str | None = None) -> list[Write]:
        """Return the conditions of the transaction right before the call that sends money.

        Refused with PaymentsStopped while the kill switch stands for everything, the currency, the seller or the
        order, and with CurrencyWaits while no bank account of the seller takes the currency.
        """

    def checks_of_payout(self, currency: str, standing: Standing) -> list[Write]:
        """Return the same for a payout that was divided by the holds of a standing.

        Refused with PaymentsStopped, else with HoldMoved or PayeeMoved when a hold came or went since.
        """

    def tell_waiting(self, order: Order, amount_minor: int, until: datetime) -> None:
        """Tell the seller, once a term, that money of an order waits for a bank account in its currency."""


class Purses(Protocol):
    """Where balances, entries and reserves live. Reads are consistent, unless they say otherwise."""

    def purse(self, seller_id: str, currency: str) -> tuple[Purse, Standing]:
        """Return a balance, empty before the first earning, and the seller's standing; one round trip."""

    def purses(self, seller_id: str) -> list[Purse]: ...

    def standing(self, seller_id: str) -> Standing: ...

    def add(self, purse: Purse, entries: Sequence[Entry], *, reserved_minor: int = 0, due_at: datetime | None) -> Write:
        """Change a balance by these entries, whatever else has changed, unless a payout began meanwhile.

        `reserved_minor` is what goes into (or, negative, out of) the reserve. `due_at` is kept when there is one.
        Refused with PurseMoved.
        """

    def note(self, entry: Entry) -> Write:
        """Store an entry; refused with AlreadyNoted when its fact stands."""

    def count_earning(self, seller_id: str, at: datetime, *, held: bool = False) -> Write:
        """Count an earning; `held`: the holds change in the same transaction, and so does their version."""

    def purse_as_read(self, purse: Purse) -> Write:
        """Return the condition that nothing of a balance changed since it was read; refused with PurseMoved."""

    def set_aside(self, part: ReservePart) -> Write: ...

    def take_from(self, part: ReservePart, amount_minor: int) -> Write:
        """Take some or all of a reserved part, as read; refused with PurseMoved."""

    def reserves(
        self, seller_id: str, currency: str, *, until: datetime | None = None, limit: int
    ) -> list[ReservePart]:
        """Return reserved parts by their dates, those due first; `until` leaves out what is due later."""

    def note_clearing(self, part: Clearing) -> Write: ...

    def lessen(self, part: Clearing, amount_minor: int) -> Write:
        """Take some or all of what clears, as read; refused with PurseMoved."""

    def clearing(self, seller_id: str, currency: str, now: datetime, limit: int) -> list[Clearing]:
        """Return what has not cleared yet, by its dates."""

    def takes(self, seller_id: str, currency: str) -> Write:
        """Return the condition that the bank accounts take a currency, or are not known; refused with CurrencyWaits."""

    def reschedule(self, purse: Purse, due_at: datetime | None) -> Write:
        """Set or clear the next payout date of a balance as read; refused with PurseMoved."""

    def choose(self, seller_id: str, interval: str) -> Write: ...

    def note_banks(self, standing: Standing, banks: BankAccounts) -> Write:
        """Note the currencies and the mark of a connected account, as read; refused with HoldMoved.

        It changes the version of the seller's holds and forgets the bank's refusals: they were of another account.
        """

    def entries_of(self, seller_id: str, currency: str, number: int, cursor: str | None, limit: int) -> Rows[Entry]:
        """Return a page of what one payout contains (an index: for people)."""

    def due_purses(self, before: datetime, limit: int) -> list[tuple[str, str]]:
        """Name (seller, currency) whose date has come, over all shards (an index: a hint)."""


class Payouts(Protocol):
    """Where payouts live. Reads are consistent, unless they say otherwise."""

    def payout(self, seller_id: str, currency: str, number: int) -> Payout | None: ...

    def begin(self, purse: Purse, payout: Payout, due_at: datetime | None) -> list[Write]:
        """Store a payout and move its amount to in transit, of a balance as read; refused with PurseMoved."""

    def let_go(self, payout: Payout, at: datetime) -> Write:
        """Note that its one call may be made now, and by which holds.

        Refused with PayoutMoved when somebody moved it.
        """

    def sent(self, payout: Payout, found: StripePayout) -> Write:
        """Move from open or parked to in transit; refused with PayoutMoved."""

    def arrived(self, payout: Payout, at: datetime) -> list[Write]:
        """Move to paid; refused with PayoutMoved."""

    def came_back(
        self, payout: Payout, entry: Entry, reason: str, at: datetime, due_at: datetime, *, leaves: int | None = None
    ) -> list[Write]:
        """Move to failed and the amount back into the balance; refused with PayoutMoved or PurseMoved.

        `leaves`: only one that was let go so often, by what stands stored, is moved; 0: one that nobody let go.
        """

    def park(self, payout: Payout, reason: str) -> Write:
        """Move from open to parked, into the human queue; refused with PayoutMoved."""

    def wait(self, payout: Payout, until: datetime) -> Write:
        """Look at a payout again later; refused with PayoutMoved."""

    def history(self, seller_id: str, cursor: str | None, limit: int) -> Rows[Payout]:
        """Return a page, the newest first (an index: for people)."""

    def work(self, state: PayoutState, before: datetime, limit: int) -> list[tuple[str, str, int]]:
        """Name payouts in a state whose time has come (an index: a hint)."""

    def listed(self, state: PayoutState, cursor: str | None, limit: int) -> Rows[Payout]:
        """Return a page of open, in-transit, failed or parked payouts, the oldest first (an index: for people)."""


class Holds(Protocol):
    """Where holds live that are more than a fact of the account. Reads are consistent, unless they say otherwise."""

    def holds(self, seller_id: str) -> list[Hold]:
        """Return those that were not ended, whatever their dates."""

    def hold(self, seller_id: str, cause: Cause, key: str) -> Hold | None: ...

    def place(
        self, seller_id: str, hold: Hold, *, chargebacks: int = 0, after: int | None = None, alone: bool = True
    ) -> list[Write]:
        """Store a hold, change the version of the seller's holds, and count; refused with HoldMoved when it stands.

        `alone` False leaves the version, and the counts, to another write of the same transaction.
        """

    def grow(self, seller_id: str, hold: Hold, amount_minor: int) -> Write:
        """Let a hold keep more, or (negative) less; refused with HoldMoved when it ended.

        The version of the seller's holds is left to another write: what keeps less may wait for the next payout.
        """

    def absent(self, seller_id: str, cause: Cause, key: str) -> Write:
        """Return the condition that no such hold stands; refused with HoldMoved."""

    def end(self, seller_id: str, hold: Hold, at: datetime, by: str, *, alone: bool = True) -> list[Write]:
        """End a hold as read; refused with HoldMoved when it ended before. With a bank's its refusals are forgotten.

        `alone` False leaves the version of the seller's holds to another write of the same transaction.
        """

    def count_chargeback(self, seller_id: str) -> Write:
        """Count one of money that the seller does not have yet."""

    def bank_refused(self, seller_id: str, after: int) -> Write:
        """Count one refusal in a row, `after` so many; refused with HoldMoved when there were more or fewer."""

    def bank_took(self, seller_id: str) -> Write:
        """Forget the refusals in a row."""

    def unchanged(self, standing: Standing) -> Write:
        """Return the condition that no hold came or went since the standing was read; refused with HoldMoved."""

    def listed_holds(self, cursor: str | None, limit: int) -> Rows[tuple[str, Hold]]:
        """Return a page of holds that people placed or must lift, the oldest first (an index: for people)."""


class Payees(Protocol):
    """Sellers' accounts, as payouts see them."""

    def facts(self, seller_id: str) -> PayeeFacts | None:
        """Return what the rules ask, consistently; None for somebody who never applied to sell."""

    def may_be_paid(self, seller_id: str, now: datetime) -> list[Write]:
        """Return the conditions that the account is neither suspended, locked nor cooling; refused with PayeeMoved."""

    def seller_of_stripe(self, stripe_account_id: str) -> str | None: ...


class Debts(Protocol):
    """What sellers owe, as payouts see it."""

    def owed_minor(self, seller_id: str, currency: str) -> int: ...

    def at_most(self, seller_id: str, currency: str, owed_minor: int) -> Write:
        """Return the condition that no more is owed; refused with DebtMoved."""


class OpenDebts(Protocol):
    """What sellers owe, where some of it is given up."""

    def owed_minor(self, seller_id: str, currency: str) -> int: ...

    def forgiven_minor(self, seller_id: str, currency: str) -> int:
        """Return how much of it was given up, and not given back by a bank since."""

    def forgive(self, seller_id: str, currency: str, amount_minor: int) -> Write:
        """Take off the debt while there is so much of it, and keep how much.

        Refused with DebtMoved, also when another part is given up meanwhile.
        """


class StripePayouts(Protocol):
    """Stripe, for connected accounts: what they hold, and their payouts.

    Raises, from every method: Unavailable when the outcome is unknown or a repeat may succeed; PayoutRefused when
    Stripe said no for good.
    """

    def cleared_minor(self, stripe_account_id: str, currency: str) -> int:
        """Return what the account could send to a bank now."""

    def held(self, stripe_account_id: str) -> Mapping[str, int]:
        """Return what the account holds by currency, available and pending together."""

    def create(self, payout: Payout) -> StripePayout: ...

    def find(self, payout: Payout) -> StripePayout | None:
        """Look for a payout that carries our key, when Stripe may have forgotten it."""

    def read(self, stripe_account_id: str, stripe_payout_id: str) -> StripePayout: ...

    def banks(self, stripe_account_id: str) -> BankAccounts | None:
        """Return what the account's bank accounts take; None when the platform has no such account."""
