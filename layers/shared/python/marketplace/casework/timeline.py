"""Everything that happened to one order, from every area's own record, in the order of time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.decisions.model import Decision
from marketplace.disputes.model import Dispute
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import Move, Order, OrderMissing, OwnCase
from marketplace.payments.refund_model import Refund
from marketplace.trust.model import DecisionReceipt

# Where an entry comes from. Things of one moment are told in this order.
ORDER, LEDGER, REFUND, DISPUTE, SCREENING, DECISION = "order", "ledger", "refund", "dispute", "screening", "decision"
_RANK = {name: place for place, name in enumerate((ORDER, DISPUTE, SCREENING, DECISION, REFUND, LEDGER))}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened."""

    at: datetime
    source: str
    what: str
    by: str  # a side or a role; never a name
    subject: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Records:
    """Where each area's record of an order is read, consistently where it can be."""

    order: Callable[[str], Order | None]
    moves: Callable[[str], Sequence[Move]]
    ledger: Callable[[str], Sequence[LedgerTransaction]]
    refunds: Callable[[str], Sequence[Refund]]
    dispute: Callable[[str], Dispute | None]
    receipts: Callable[[str], Sequence[DecisionReceipt]]
    decisions: Callable[[str, str], Sequence[Decision]]  # by order and reader


def timeline(order_id: str, reader: str, records: Records) -> list[Happening]:
    """Return an order's whole history to somebody of the staff who is no party to it.

    Raises: OrderMissing; OwnCase.
    """
    order = records.order(order_id)
    if order is None:
        raise OrderMissing
    if order.party(reader):
        raise OwnCase
    dispute = records.dispute(order.dispute_id) if order.dispute_id else None
    found = [
        *_moves(records.moves(order_id)),
        *_booked(records.ledger(order_id)),
        *_refunds(records.refunds(order_id)),
        *_dispute(dispute),
        *_screened(records.receipts(order_id)),
        *_decided(records.decisions(order_id, reader)),
    ]
    return sorted(found, key=lambda each: (each.at, _RANK[each.source]))


def _moves(moves: Iterable[Move]) -> list[Happening]:
    return [
        Happening(
            each.at,
            ORDER,
            each.name,
            each.actor,
            each.order_id,
            {**{name: fact for name, fact in each.facts.items() if name != "operator_id"}, "state": each.went_to},
        )
        for each in moves
    ]


def _booked(booked: Iterable[LedgerTransaction]) -> list[Happening]:
    return [
        Happening(each.booked_at, LEDGER, each.kind, "system", each.stripe_object or each.key, _amount(each))
        for each in booked
    ]


def _amount(booked: LedgerTransaction) -> dict[str, str | int]:
    moved = max(posting.amount_minor for posting in booked.postings)
    return {"amount_minor": moved, "currency": booked.currency}


def _refunds(refunds: Iterable[Refund]) -> list[Happening]:
    return [
        Happening(
            each.requested_at,
            REFUND,
            "requested",
            each.actor,
            each.refund_id,
            {"amount_minor": each.amount_minor, "currency": each.currency, "cause": each.cause},
        )
        for each in refunds
    ]


def _dispute(dispute: Dispute | None) -> list[Happening]:
    if dispute is None:
        return []
    found = [Happening(dispute.opened_at, DISPUTE, "opened", "buyer", dispute.dispute_id, {"reason": dispute.reason})]
    if dispute.answered_at:
        found.append(Happening(dispute.answered_at, DISPUTE, "answered", "seller", dispute.dispute_id))
    return found + [
        Happening(each.at, DISPUTE, "evidence", each.by, each.evidence_id, {"content_type": each.content_type})
        for each in dispute.evidence
    ]


def _screened(receipts: Iterable[DecisionReceipt]) -> list[Happening]:
    return [
        Happening(each.decided_at, SCREENING, each.decision, "rules", each.receipt_id, {"score": each.score})
        for each in receipts
        if each.automated
    ]


def _decided(decisions: Iterable[Decision]) -> list[Happening]:
    return [
        Happening(each.decided_at, DECISION, each.kind, each.decided_by, each.decision_id, {"clause": each.clause})
        for each in decisions
    ]
