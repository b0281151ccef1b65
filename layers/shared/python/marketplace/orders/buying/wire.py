"""Carts, quotes and checkouts as JSON."""

from typing import Annotated

import msgspec

from marketplace.fees.vat import REASONS
from marketplace.kit.clock import to_text
from marketplace.orders import model
from marketplace.orders.cart import Cart, Share, Wanted
from marketplace.orders.checkout import Placed
from marketplace.orders.outlook import outlook_of
from marketplace.orders.outlook_words import Outlook, outlook_to_wire
from marketplace.orders.process import PROCESSES, Guard
from marketplace.orders.rules import deadline, if_nobody_acts
from marketplace.orders.timers import Timers
from marketplace.orders.wire import (
    Identifier,
    IfNobodyActs,
    Moment,
    OrderLine,
    OrderSummary,
    line_to_wire,
    silence_to_wire,
    summary_to_wire,
)

Quantity = Annotated[int, msgspec.Meta(ge=1, le=model.QUANTITY_MAX)]


class CartLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One listing, and how many of it."""

    listing_id: Identifier
    quantity: Quantity = 1


class NewCart(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What somebody wants to buy, of one currency; the sellers may differ."""

    lines: Annotated[list[CartLine], msgspec.Meta(min_length=1, max_length=model.LINES_MAX)]

    def wanted(self) -> list[Wanted]:
        return [Wanted(line.listing_id, line.quantity) for line in self.lines]


class QuotedFee(msgspec.Struct):
    """The commission on one line, without VAT, and the rule it follows from (see GET /fees)."""

    listing_id: str
    rule_id: str
    commission_minor: int


class QuotedShare(msgspec.Struct):
    """One seller's part. The commission is the seller's cost and part of the total, not on top of it."""

    seller_id: str
    seller_kind: str
    lines: list[OrderLine]
    total_minor: int
    commission_minor: int  # without VAT
    seller_receives_minor: int
    buyer_fee_minor: int
    commission_vat_minor: int
    vat_bps: int
    vat_explanation: str
    fees: list[QuotedFee]
    outlook: Outlook  # as if it were paid now


class Quote(msgspec.Struct):
    """What a cart costs now; nothing is reserved. Amounts are in the currency's minor unit."""

    currency: str
    total_minor: int
    buyer_fees_minor: int
    fee_version: str
    sellers: list[QuotedShare]
    if_nobody_acts: list[IfNobodyActs]


class Checkout(msgspec.Struct):
    """A cart that is being paid; `client_secret` lets the buyer's browser pay at Stripe, and nothing else."""

    checkout_id: str
    status: str
    currency: str
    amount_minor: int
    expires_at: Moment
    payment_intent_id: str | None
    payment_status: str | None
    client_secret: str | None
    orders: list[OrderSummary]


def quote_to_wire(cart: Cart, timers: Timers, locale: str, version: int, country: str = "") -> Quote:
    """Show a cart with its fees and what silence would lead to, as if it were placed now."""
    process, terms = PROCESSES[version], cart.shares[0].terms
    facts = frozenset({Guard.CLEAR, Guard(terms.fulfilment), Guard.UNPROVEN})
    due_at = deadline(process, process.first, terms, cart.priced_at, timers)
    unpaid = if_nobody_acts(process, process.first, terms, due_at, timers, facts)
    paid_due = deadline(process, "paid", terms, cart.priced_at, timers)
    paid = if_nobody_acts(process, "paid", terms, paid_due, timers, facts)
    shares = [
        QuotedShare(
            share.seller_id,
            share.seller_kind,
            [line_to_wire(line) for line in share.lines],
            share.total_minor,
            share.commission_minor,
            share.seller_receives_minor,
            share.buyer_fee_minor,
            share.commission_vat_minor,
            share.vat.bps,
            REASONS[share.vat.reason][locale == "es"],
            [
                QuotedFee(line.listing_id, fee.rule_id, fee.commission_minor)
                for line, fee in zip(share.lines, share.line_fees, strict=True)
            ],
            outlook_to_wire(outlook_of(_paid_now(share, cart, timers, version), timers, country), locale),
        )
        for share in cart.shares
    ]
    fees_minor = sum(share.buyer_fee_minor for share in cart.shares)
    silence = silence_to_wire([*unpaid, *paid], locale)
    return Quote(cart.currency, cart.total_minor, fees_minor, cart.fee_version, shares, silence)


def _paid_now(share: Share, cart: Cart, timers: Timers, version: int) -> model.Order:
    """Return the order that paying this share now would make."""
    return model.Order(
        order_id="",
        payment_id="",
        buyer_id="",
        seller_id=share.seller_id,
        seller_kind=share.seller_kind,
        currency=cart.currency,
        lines=share.lines,
        total_minor=share.total_minor,
        commission_minor=share.commission_minor,
        fee_version=cart.fee_version,
        process_version=version,
        placed_at=cart.priced_at,
        state="paid",
        step=1,
        entered_at=cart.priced_at,
        due_at=deadline(PROCESSES[version], "paid", share.terms, cart.priced_at, timers),
        commission_vat_minor=share.commission_vat_minor,
        fulfilment=share.terms.fulfilment,
        handling_days=share.terms.handling_days,
        delivery_days=share.terms.delivery_days,
    )


def checkout_to_wire(placed: Placed) -> Checkout:
    """Show a checkout to its buyer."""
    payment, stripe = placed.payment, placed.stripe
    return Checkout(
        payment.payment_id,
        payment.status.value,
        payment.currency,
        payment.amount_minor,
        to_text(payment.due_at),
        stripe.payment_intent_id if stripe else payment.payment_intent_id,
        stripe.status if stripe else None,
        stripe.client_secret if stripe else None,
        [summary_to_wire(order) for order in placed.orders],
    )
