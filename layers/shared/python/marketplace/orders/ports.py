"""What the orders area needs from outside."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from marketplace.accounts.model import Shop
from marketplace.catalog.model import Listing
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Write
from marketplace.orders.model import Move, Order
from marketplace.shipping.model import Tracking


class Orders(Protocol):
    """Where orders live. Reads are consistent."""

    def read(self, order_id: str) -> Order | None:
        """Return the order as it stands."""

    def read_many(self, order_ids: Sequence[str]) -> list[Order]:
        """Return several orders in one round trip, in the order asked."""

    def moves(self, order_id: str) -> list[Move]:
        """Return the order's log, oldest first."""

    def place(self, order: Order, move: Move) -> list[Write]:
        """Store a new order and the first entry of its log."""

    def move(self, before: Order, after: Order, move: Move) -> list[Write]:
        """Replace `before` by `after` while nobody else moved it; refused with TransitionRefused."""

    def hold(self, order: Order, receipt_id: str) -> Write:
        """Mark the order risky while it has not begun to settle; refused with TransitionRefused."""

    def unhold(self, order: Order) -> Write:
        """Lift the mark while the order stands as read; refused with TransitionRefused."""

    def ask(self, before: Order, after: Order) -> Write:
        """Note, or take off, that a bank asks, and the deadline with it, of an order as read; TransitionRefused."""

    def note_delivery(self, before: Order, after: Order) -> Write:
        """Store when and on whose word an order as read arrived, once; refused with TransitionRefused."""

    def rest(self, order: Order) -> Write:
        """Take the order off the list of what is due: a person has it now; refused with TransitionRefused."""

    def wake(self, order: Order, at: datetime) -> Write:
        """Put the order back on the list of what is due, while it is in this state; refused with TransitionRefused."""

    def give_back(self, before: Order, after: Order) -> Write:
        """Store what more is given back, while nobody moved or refunded meanwhile; refused with TransitionRefused."""

    def unmoved(self, order: Order) -> Write:
        """Check that an order stands, and was given back of, as read; refused with TransitionRefused."""


class Stock(Protocol):
    """The catalog, as orders see it."""

    def read_many(self, listing_ids: Sequence[str]) -> Mapping[str, Listing]:
        """Return the listings there are, in one round trip."""

    def reserve(self, listing: Listing, quantity: int) -> Write:
        """Take from the stock while the listing is as shown; refused when it changed or ran out."""

    def restock(self, listing_id: str, quantity: int) -> Write:
        """Give back what was reserved."""


class Selling(Protocol):
    """Sellers, as a checkout sees them."""

    def shops_for(self, buyer_id: str, seller_ids: set[str]) -> Mapping[str, Shop]:
        """Return those who may sell now, as this buyer meets them, in one round trip."""


class PaidOut(Protocol):
    """The count of a seller's orders that ended with money to them: their fee tier follows from it."""

    def count_paid_out(self, seller_id: str) -> Write:
        """Count one more; never refused."""


class TrackingNumbers(Protocol):
    """Which order a parcel is."""

    def claim(self, tracking: Tracking, order_id: str, at: datetime) -> Write:
        """Give a tracking number to an order for good; refused with TrackingNumberUsed when another has it."""


class PromisesKept(Protocol):
    """Counts of kept and broken promises, by seller."""

    def count_kept(self, seller_id: str, counts: Mapping[str, int]) -> Write:
        """Add to a seller's counts; never refused."""


class Exposure(Protocol):
    """What buyers and sellers have under way, and how much their tiers allow."""

    def rows(self, buyer_id: str, tier: int, orders: Iterable[Order], seller_tiers: Mapping[str, int]) -> list[Any]:
        """Return what these new orders add to."""

    def writes(self, rows: Iterable[Any]) -> list[Write]:
        """Return the writes that add; refused with TierLimit or SellerAtLimit, which it also raises itself."""

    def let_go(self, rows: Iterable[Any]) -> bool:
        """Take out what has ended; False when there is nothing to take out."""


class Quota(Protocol):
    """How many carts one buyer may reserve."""

    def take(self, buyer_id: str, now: datetime) -> Write:
        """Count one more; refused with a Limited error when the buyer reserved too many lately."""


class Screenings(Protocol):
    """The fraud rules, as orders see them."""

    def is_screened(self, order_id: str) -> bool:
        """Say whether the rules have judged this order, consistently."""


class OrderPages(Protocol):
    """Lists of orders, from indexes: for reading, never for deciding."""

    def page_of_buyer(self, buyer_id: str, cursor: str | None, limit: int) -> Rows[Order]: ...

    def page_of_seller(self, seller_id: str, cursor: str | None, limit: int) -> Rows[Order]: ...


class DueOrders(Protocol):
    """Orders whose deadline has passed, from an index: a hint, the order itself decides."""

    def due(self, now: datetime, limit: int) -> list[str]: ...
