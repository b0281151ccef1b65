"""Check out: one payment, one order per seller, stock reserved, all in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.catalog.model import Listing, ListingNotAvailable
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, IdempotencyKeyReused
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.cart import Cart, Share, Wanted, check_lines, price
from marketplace.orders.model import Order
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Orders, Quota, Selling, Stock
from marketplace.orders.process import LATEST, PROCESSES
from marketplace.orders.rules import deadline
from marketplace.orders.timers import Timers
from marketplace.payments.fees import schedule_at
from marketplace.payments.model import Payment, PaymentMissing, PaymentStatus, StripePayment
from marketplace.payments.ports import Payments
from marketplace.payments.service import PaymentService


@dataclass(frozen=True, slots=True)
class Placed:
    """A checkout as the buyer sees it; `stripe` carries the secret with which the browser pays."""

    payment: Payment
    orders: tuple[Order, ...]
    stripe: StripePayment | None


class Checkout:
    """Quotes and places carts."""

    def __init__(
        self,
        *,
        clock: Clock,
        timers: Timers,
        transactions: Transactions,
        orders: Orders,
        payments: Payments,
        stock: Stock,
        sellers: Selling,
        mover: Mover,
        service: PaymentService,
        quota: Quota,
    ) -> None:
        self._clock = clock
        self._timers = timers
        self._tx = transactions
        self._orders = orders
        self._payments = payments
        self._stock = stock
        self._sellers = sellers
        self._mover = mover
        self._service = service
        self._quota = quota

    def quote(self, buyer_id: str, lines: Sequence[Wanted]) -> Cart:
        """Price a cart as it stands now, and reserve nothing.

        Raises: CartInvalid, ListingNotAvailable, OutOfStock, OwnListing.
        """
        check_lines(lines)
        listings = self._stock.read_many([line.listing_id for line in lines])
        # A listing stays live when Stripe stops its seller: money must not be taken for whom it could not be paid to.
        active = self._sellers.active_sellers({listing.seller_id for listing in listings.values()})
        on_sale = {key: listing for key, listing in listings.items() if listing.seller_id in active}
        now = self._clock.now()
        return price(buyer_id, lines, on_sale, schedule_at(now), now)

    def place(self, buyer_id: str, lines: Sequence[Wanted], attempt: Idempotency) -> Placed:
        """Reserve the stock, place the orders, and open the payment at Stripe.

        The payment's id follows from the buyer and the idempotency key, so that the same attempt, however often
        and from wherever it died, finds what it began.

        Raises: IdempotencyKeyReused; TooManyAttempts when the buyer reserved too many carts; Unavailable; and what
        `quote` raises.
        """
        payment_id = derived_id("pay", buyer_id, attempt.key)
        known = self._payments.read(payment_id) or self._reserve_once(payment_id, buyer_id, lines, attempt)
        if known.fingerprint != attempt.fingerprint:
            raise IdempotencyKeyReused
        return self._placed(known)

    def read(self, buyer_id: str, payment_id: str) -> Placed:
        """Return one of the buyer's own checkouts.

        Raises: PaymentMissing; Unavailable.
        """
        return self._placed(self._own(buyer_id, payment_id))

    def complete(self, buyer_id: str, payment_id: str) -> Placed:
        """Follow Stripe now instead of waiting for its webhook: the same path, entered by the client.

        Raises: PaymentMissing; Unavailable.
        """
        self._own(buyer_id, payment_id)
        return self._placed(self._service.complete(payment_id))

    def _reserve_once(self, payment_id: str, buyer_id: str, lines: Sequence[Wanted], attempt: Idempotency) -> Payment:
        try:
            return self._reserve(payment_id, buyer_id, lines, attempt)
        except Conflict:
            known = self._payments.read(payment_id)
            if known is None:
                raise
            return known  # the same attempt, twice at once: what seems sold out is what the other one reserved

    def _reserve(self, payment_id: str, buyer_id: str, lines: Sequence[Wanted], attempt: Idempotency) -> Payment:
        cart = self.quote(buyer_id, lines)
        now = self._clock.now()
        orders = [_order(payment_id, buyer_id, share, cart, now, self._timers) for share in cart.shares]
        payment = Payment(
            payment_id,
            buyer_id,
            tuple(order.order_id for order in orders),
            cart.total_minor,
            cart.currency,
            PaymentStatus.AWAITING,
            attempt.fingerprint,
            now,
            now + self._timers.length("unpaid"),
        )
        writes: list[Write] = [self._payments.open(payment), *_reservations(cart.listings, lines, self._stock)]
        writes.append(self._quota.take(buyer_id, now))
        for order in orders:
            writes += self._mover.first(order)
        try:
            self._tx.commit(writes)
        except ListingNotAvailable as refused:
            self.quote(buyer_id, lines)  # says what happened to it meanwhile, if it still shows
            raise refused from None
        return payment

    def _placed(self, payment: Payment) -> Placed:
        stripe = self._service.ensure_intent(payment) if payment.status is PaymentStatus.AWAITING else None
        return Placed(payment, tuple(self._orders.read_many(payment.order_ids)), stripe)

    def _own(self, buyer_id: str, payment_id: str) -> Payment:
        payment = self._payments.read(payment_id)
        if payment is None or payment.buyer_id != buyer_id:
            raise PaymentMissing
        return payment


def _reservations(listings: Mapping[str, Listing], lines: Sequence[Wanted], stock: Stock) -> list[Write]:
    return [stock.reserve(listings[line.listing_id], line.quantity) for line in lines]


def _order(payment_id: str, buyer_id: str, share: Share, cart: Cart, now: datetime, timers: Timers) -> Order:
    process = PROCESSES[LATEST]
    return Order(
        order_id=derived_id("ord", payment_id, share.seller_id),
        payment_id=payment_id,
        buyer_id=buyer_id,
        seller_id=share.seller_id,
        seller_kind=share.seller_kind,
        currency=cart.currency,
        lines=share.lines,
        total_minor=share.total_minor,
        commission_minor=share.commission_minor,
        fee_version=cart.fee_version,
        process_version=process.version,
        placed_at=now,
        state=process.first,
        step=0,
        entered_at=now,
        due_at=deadline(process, process.first, share.seller_kind, now, timers),
    )
