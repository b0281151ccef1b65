"""From an order's book to amounts that a person understands. Pure, and complete: what is explained sums to what moved.

Nothing is computed again from prices or rates: each amount is a posting, or the difference of postings of one booking.
A kind of booking that this module has no words for still counts; it is shown as a correction, never left out.
"""

from collections.abc import Iterable, Iterator

from marketplace.ledger.model import (
    COMMISSION,
    HELD,
    OWNER_CAPITAL,
    STRIPE,
    VAT_PAYABLE,
    LedgerTransaction,
    balances,
    seller_account,
    seller_debt_account,
)
from marketplace.orders.model import BUYER, Move, Order
from marketplace.orders.process import PROCESSES, Kind
from marketplace.statements.model import Account, Entry
from marketplace.statements.sheets import OrderBook
from marketplace.statements.waiting import on, owed_to_buyer, waits_for_buyer, waits_for_seller

REFERENCE_LENGTH = 8  # characters of a Stripe id that are shown
# Bookings that move money between the buyer (or their bank) and the platform; at Stripe, all others concern the seller.
WITH_BUYER = frozenset(
    {
        "capture",
        "refund",
        "refund_failed",
        "chargeback_withdrawn",
        "chargeback_reinstated",
        "late_payment",
        "late_refund",
        "paid_outside",
    }
)
LATE_AT_BANK = frozenset(
    {"refund_overtaken", "late_payment_regained"}
)  # what a bank kept or gave back of a late payment
# Bookings by which a seller's earnings are settled: sent, called back, or kept against what they owed.
SETTLING = frozenset({"transfer", "transfer_reversal", "netted", "debt_collected"})
CORRECTION = "correction"
AWARDED = "#award"  # in the key of the refund that an order's end brings; every other one was given beside it
BESIDE = "refund_beside"
# Moves that settle an order, in any version of its process: the last of them is why money leaves the hold.
_DECIDING = frozenset(
    each.name
    for process in PROCESSES.values()
    for each in process.transitions
    if process.states[each.target].kind is Kind.WORKING
)


def of_buyer(found: OrderBook) -> Account:
    """Explain what the buyer paid for an order and got back of it."""
    came_late = any(each.kind == "late_payment" for each in found.transactions)
    entries = [
        Entry(each.booked_at, each.book, each.kind, moved, _why(found.moves, each), _reference(each))
        for each in ordered(found.transactions)
        if (moved := _moved(each, came_late=came_late))
    ]
    return Account(tuple(entries))


def _moved(booked: LedgerTransaction, *, came_late: bool) -> int:
    """Return what moved between the buyer and the platform.

    A late payment is told as a whole on each of its orders, and so is what a bank did with it: as its own book has it.
    """
    if came_late and booked.kind in LATE_AT_BANK:
        return owed_to_buyer(booked) + waits_for_buyer(booked)
    if booked.kind not in WITH_BUYER or (came_late and booked.kind.startswith("chargeback_")):
        return 0
    return on(booked, STRIPE) or on(booked, OWNER_CAPITAL)


def of_seller(found: OrderBook) -> Account:
    """Explain what the seller earned with an order, what was taken off it, and how it was settled."""
    entries: list[Entry] = []
    settled: list[Entry] = []
    for each in ordered(found.transactions):
        if each.kind in SETTLING:
            settled += _settled(found.order, each)
        else:
            entries += _earned(found, each)
    return Account(tuple(entries), tuple(settled))


def held_of(found: OrderBook) -> int:
    """Return what is still held of an order."""
    return -balances(found.transactions).get((HELD, found.order.currency), 0)


def promised_of(found: OrderBook) -> int:
    """Return what was promised to the buyer and is on its way; of a late payment, for the whole checkout."""
    return sum(map(owed_to_buyer, found.transactions)) - held_of(found)


def waiting_of(found: OrderBook, role: str) -> int:
    """Return what could not be sent to the reader, and waits to be paid to them."""
    return sum(map(waits_for_buyer if role == BUYER else waits_for_seller, found.transactions))


def owed_to_seller(seller_id: str, transaction: LedgerTransaction) -> int:
    """Return by how much a booking raises what is owed to a seller, debts counted against it."""
    return -on(transaction, seller_account(seller_id)) - on(transaction, seller_debt_account(seller_id))


def _earned(found: OrderBook, each: LedgerTransaction) -> Iterator[Entry]:
    commission, vat = -on(each, COMMISSION), -on(each, VAT_PAYABLE)
    net = owed_to_seller(found.order.seller_id, each)
    if gross := net + commission + vat:
        fact = each.kind if each.kind in KNOWN else CORRECTION
        yield Entry(each.booked_at, each.book, fact, gross, _why(found.moves, each), _reference(each))
    if commission:
        yield Entry(each.booked_at, each.book, "commission", -commission, _rules(found.order))
    if vat:
        rate_bps = found.order.vat_bps
        yield Entry(each.booked_at, each.book, "commission_vat", -vat, found.order.vat_reason, rate_bps=rate_bps)


def _settled(order: Order, each: LedgerTransaction) -> Iterator[Entry]:
    paid = on(each, seller_account(order.seller_id))  # a debit: that much less is owed
    if paid:
        yield Entry(each.booked_at, each.book, each.kind, paid, "", _reference(each))


def ordered(transactions: Iterable[LedgerTransaction]) -> list[LedgerTransaction]:
    """Return bookings as they are told: by time, and those of one moment as they follow from each other."""
    return sorted(transactions, key=lambda each: (each.booked_at, _RANK.get(each.kind, len(_RANK)), each.key))


def _why(moves: Iterable[Move], each: LedgerTransaction) -> str:
    """Name the move that made money leave the hold, for bookings that follow from one."""
    if each.kind not in {"release", "refund"}:
        return ""
    if each.kind == "refund" and AWARDED not in each.key:
        return BESIDE
    names = [move.name for move in moves if move.name in _DECIDING and move.at <= each.booked_at]
    return names[-1] if names else ""


def _rules(order: Order) -> str:
    return " ".join(dict.fromkeys(fee.rule_id for fee in order.line_fees)) or order.fee_version


def _reference(each: LedgerTransaction) -> str:
    return each.stripe_object[-REFERENCE_LENGTH:] if each.stripe_object else ""


# What there are words for in texts.py, in the order in which bookings of one moment are told.
_TOLD = (
    "capture",
    "late_payment",
    "release",
    "unclaimed_to_refund",
    "refund_taken_back",
    "sellers_to_buyer",
    "refund_cost",
    "made_good",
    "netted",
    "transfer",
    "transfer_reversal",
    "refund",
    "late_refund",
    "refund_failed",
    "chargeback_withdrawn",
    "chargeback_reinstated",
    "chargeback_lost",
    "intent_closed",
    "late_payment_regained",
    "unclaimed_to_payer",
    "paid_outside",
    "unclaimed_to_seller",
    "buyers_to_seller",
    "regained_to_seller",
    "debt_written_off",
    "debt_collected",
)
KNOWN = frozenset(_TOLD)
_RANK = {kind: place for place, kind in enumerate(_TOLD)}
