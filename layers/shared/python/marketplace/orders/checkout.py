"""Check out: one payment, one order per seller, stock reserved, all in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from marketplace.accounts.model import Shop
from marketplace.catalog.model import Listing, ListingNotAvailable
from marketplace.fees.service import Fees
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Conflict, IdempotencyKeyReused
from marketplace.kit.ids import derived_id
from marketplace.kit.principal import Idempotency
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.cart import Cart, OwnListing, Share, Wanted, check_lines, check_sellers, price
from marketplace.orders.model import GOODS, Order
from marketplace.orders.moves import Mover
from marketplace.orders.ports import Exposure, Orders, Quota, Selling, Stock
from marketplace.orders.process import PROCESSES, Process
from marketplace.orders.rules import deadline
from marketplace.orders.timers import Timers
from marketplace.payments.model import Payment, PaymentMissing, PaymentStatus, StripePayment
from marketplace.payments.ports import Payments
from marketplace.payments.service import PaymentService
from marketplace.verification.tiers import ORDER_TOTAL, SellerAtLimit, Tier, TierLimit, check


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
        fees: Fees,
        exposure: Exposure,
        refund_cost_bearer: str,
        process_version: int,
    ) -> None:
        self._clock = clock
        self._refund_cost_bearer = refund_cost_bearer
        self._process = PROCESSES[process_version]
        self._timers = timers
        self._tx = transactions
        self._orders = orders
        self._payments = payments
        self._stock = stock
        self._sellers = sellers
        self._mover = mover
        self._service = service
        self._quota = quota
        self._fees = fees
        self._exposure = exposure

    def quote(self, buyer_id: str, lines: Sequence[Wanted]) -> Cart:
        """Price a cart as it stands now, and reserve nothing.

        Raises: CartInvalid, ListingNotAvailable, OutOfStock, OwnListing, SellerNotSelling, CurrencyNotPayable.
        """
        return self._look(buyer_id, lines)[0]

    def place(self, buyer_id: str, lines: Sequence[Wanted], attempt: Idempotency, *, tier: int = Tier.EMAIL) -> Placed:
        """Reserve the stock, place the orders, and open the payment at Stripe; `tier` is the buyer's.

        The payment's id follows from the buyer and the idempotency key, so that the same attempt, however often
        and from wherever it died, finds what it began.

        Raises: IdempotencyKeyReused; TooManyAttempts when the buyer reserved too many carts; TierLimit; SellerAtLimit;
        Unavailable; and what `quote` raises.
        """
        payment_id = derived_id("pay", buyer_id, attempt.key)
        known = self._payments.read(payment_id) or self._reserve_once(payment_id, buyer_id, lines, attempt, tier)
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

    def _look(self, buyer_id: str, lines: Sequence[Wanted]) -> tuple[Cart, Mapping[str, Shop]]:
        check_lines(lines)
        listings = self._stock.read_many([line.listing_id for line in lines])
        # A listing stays live when Stripe stops its seller: money must not be taken for whom it could not be paid to.
        shops = self._sellers.shops_for(buyer_id, {listing.seller_id for listing in listings.values()})
        if any(shop.is_buyers_team for shop in shops.values()):
            raise OwnListing  # whoever acts for the seller would deal with themselves
        check_sellers(lines, listings, shops)
        pricing = self._fees.pricing({seller_id: (shop.kind, shop.country) for seller_id, shop in shops.items()})
        return price(buyer_id, lines, listings, pricing, self._clock.now()), shops

    def _reserve_once(
        self, payment_id: str, buyer_id: str, lines: Sequence[Wanted], attempt: Idempotency, tier: int
    ) -> Payment:
        try:
            return self._reserve(payment_id, buyer_id, lines, attempt, tier)
        except (Conflict, TierLimit):
            known = self._payments.read(payment_id)
            if known is None:
                raise
            return known  # the same attempt, twice at once: what seems sold out is what the other one reserved

    def _reserve(
        self, payment_id: str, buyer_id: str, lines: Sequence[Wanted], attempt: Idempotency, tier: int
    ) -> Payment:
        cart, shops = self._look(buyer_id, lines)
        check(ORDER_TOTAL, tier, cart.total_minor, cart.currency)
        now = self._clock.now()
        orders = [
            replace(
                _order(payment_id, buyer_id, share, cart, now, self._timers, self._process),
                refund_cost_bearer=self._refund_cost_bearer,
            )
            for share in cart.shares
        ]
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
        seller_tiers = {seller_id: shop.tier for seller_id, shop in shops.items()}
        exposed = self._exposure.rows(buyer_id, tier, orders, seller_tiers)
        try:
            self._commit(writes, exposed)
        except ListingNotAvailable as refused:
            self.quote(buyer_id, lines)  # says what happened to it meanwhile, if it still shows
            raise refused from None
        return payment

    def _commit(self, writes: Sequence[Write], exposed: Sequence[Any]) -> None:
        counted = [*writes, *self._exposure.writes(exposed)]
        try:
            self._tx.commit(counted)
        except (TierLimit, SellerAtLimit):
            if not self._exposure.let_go(exposed):
                raise
            self._tx.commit(counted)

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


def _order(
    payment_id: str, buyer_id: str, share: Share, cart: Cart, now: datetime, timers: Timers, process: Process
) -> Order:
    return Order(
        order_id=derived_id("ord", payment_id, *_names(share)),
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
        due_at=deadline(process, process.first, share.terms, now, timers),
        commission_vat_minor=share.commission_vat_minor,
        vat_bps=share.vat.bps,
        vat_reason=share.vat.reason,
        line_fees=share.line_fees,
        fulfilment=share.terms.fulfilment,
        handling_days=share.terms.handling_days,
        delivery_days=share.terms.delivery_days,
        milestone=share.milestone,
    )


def _names(share: Share) -> list[str]:
    """Return what tells the orders of one checkout apart: the seller, what is supplied, and which part of it."""
    kind = [] if share.terms.fulfilment == GOODS else [share.terms.fulfilment]
    part = [share.lines[0].listing_id, str(share.milestone[0])] if share.milestone else []
    return [share.seller_id, *kind, *part]
