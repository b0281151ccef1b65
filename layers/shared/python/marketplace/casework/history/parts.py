"""Each area's record of an order as entries of its history."""

from collections.abc import Iterable, Iterator, Mapping

from marketplace.casework.history.entries import (
    BANK,
    CARRIER,
    DECISION,
    DISPUTE,
    LEDGER,
    MESSAGE,
    NOTE,
    ORDER,
    PAYOUT,
    REFUND,
    REMINDER,
    RETURN,
    SCREENING,
    STAFF,
    Happening,
)
from marketplace.casework.model import Note
from marketplace.decisions.model import Decision
from marketplace.disputes import history
from marketplace.disputes.messages import Message
from marketplace.disputes.model import Dispute
from marketplace.ledger.model import LedgerTransaction
from marketplace.orders.model import BUYER, OPERATOR, SELLER, SYSTEM, Move, Order
from marketplace.orders.model import CARRIER as BY_CARRIER
from marketplace.orders.reminders import Reminded
from marketplace.payments.bank_case import BankCase
from marketplace.payments.refund_model import Refund
from marketplace.payouts.model import Entry, Payout
from marketplace.returns.model import Return
from marketplace.shipping.model import KnownEvent
from marketplace.trust.model import DecisionReceipt

_NAMES_STAFF = frozenset({"operator_id"})


def moves(found: Iterable[Move]) -> Iterator[Happening]:
    """Tell how the order moved."""
    for each in found:
        facts = {name: fact for name, fact in each.facts.items() if name not in _NAMES_STAFF}
        yield Happening(each.at, ORDER, each.name, each.actor, each.order_id, {**facts, "state": each.went_to})


def scans(found: Iterable[KnownEvent]) -> Iterator[Happening]:
    """Tell what carriers said of the parcel, when it happened there."""
    for each in found:
        facts: dict[str, str | int] = {"carrier": each.carrier}
        yield Happening(each.at, CARRIER, each.outcome, BY_CARRIER, each.event_id, facts)


def reminders(found: Iterable[Reminded]) -> Iterator[Happening]:
    """Tell who was reminded; each party reads its own."""
    for each in found:
        only_for = frozenset({each.party, STAFF})
        yield Happening(each.at, REMINDER, "reminded", SYSTEM, each.order_id, {"state": each.state}, only_for)


def dispute(found: Dispute | None) -> Iterator[Happening]:
    """Tell what was said, shown, offered and decided in the order's dispute."""
    for each in history.steps(found) if found else ():
        subject = each.subject or (found.dispute_id if found else "")
        yield Happening(each.at, DISPUTE, each.what, each.by, subject, each.facts)


def messages(found: Iterable[Message]) -> Iterator[Happening]:
    """Tell that somebody wrote to an audience; what they wrote is read in the conversation."""
    for each in found:
        readers = {role for role in (BUYER, SELLER) if each.is_for(role)}
        facts: dict[str, str | int] = {"number": each.number, "audience": each.audience}
        only_for = frozenset({STAFF, *readers})
        yield Happening(each.at, MESSAGE, "written", each.by, each.dispute_id, facts, only_for)


def returns(found: Iterable[Return]) -> Iterator[Happening]:
    """Tell each step of each return."""
    for each in found:
        for step in each.log:
            facts: dict[str, str | int] = {"kind": each.kind, "state": step.state, "currency": each.currency}
            if step is each.log[-1] and each.is_over:
                facts["refund_minor"] = each.refund_minor
            yield Happening(step.at, RETURN, step.name, step.actor, each.return_id, facts)


def screened(found: Iterable[DecisionReceipt]) -> Iterator[Happening]:
    """Tell what the automatic checks found."""
    for each in found:
        if each.automated:
            yield Happening(each.decided_at, SCREENING, each.decision, "rules", each.receipt_id, {"score": each.score})


def asked_by_banks(found: Iterable[BankCase]) -> Iterator[Happening]:
    """Tell what banks asked and what they were answered."""
    for each in found:
        kind = "inquiry" if each.inquiry else "chargeback"
        facts: dict[str, str | int] = {"reason": each.reason, "amount_minor": each.amount_minor}
        yield Happening(each.opened_at, BANK, f"{kind}_opened", "bank", each.dispute_id, facts)
        if each.answered_at:
            yield Happening(each.answered_at, BANK, f"{kind}_answered", OPERATOR, each.dispute_id)
        if each.is_closed:
            yield Happening(each.changed_at, BANK, f"{kind}_closed", "bank", each.dispute_id, {"state": each.status})


def decided(found: Iterable[Decision], order: Order) -> Iterator[Happening]:
    """Tell what was decided, to those whom it concerns and to staff."""
    sides = {order.buyer_id: BUYER, order.seller_id: SELLER}
    for each in found:
        only_for = frozenset({STAFF, *(sides[name] for name in each.concerns if name in sides)})
        facts: dict[str, str | int] = {"clause": each.clause}
        yield Happening(each.decided_at, DECISION, each.kind, each.decided_by, each.decision_id, facts, only_for)


def refunds(found: Iterable[Refund]) -> Iterator[Happening]:
    """Tell what was asked to go back."""
    for each in found:
        facts: dict[str, str | int] = {
            "amount_minor": each.amount_minor, "currency": each.currency, "cause": str(each.cause),
        }  # fmt: skip
        yield Happening(each.requested_at, REFUND, "requested", each.actor, each.refund_id, facts)


def booked(found: Iterable[LedgerTransaction]) -> Iterator[Happening]:
    """Tell what was booked."""
    for each in found:
        moved = max(posting.amount_minor for posting in each.postings)
        facts: dict[str, str | int] = {"amount_minor": moved, "currency": each.currency}
        yield Happening(each.booked_at, LEDGER, each.kind, SYSTEM, each.stripe_object or each.key, facts)


def paid_out(entries: Iterable[Entry], payouts: Mapping[int, Payout]) -> Iterator[Happening]:
    """Tell what of the order reached the seller's balance, and the payouts that contain it."""
    contained = set()
    for each in entries:
        facts: dict[str, str | int] = {"amount_minor": each.amount_minor, "currency": each.currency}
        yield Happening(each.at, PAYOUT, each.kind.value, SYSTEM, each.stripe_object or each.fact, facts)
        contained.add(each.number)
    for payout in (payouts[number] for number in sorted(contained) if number in payouts):
        yield Happening(payout.created_at, PAYOUT, "payout_begun", SYSTEM, payout.payout_id)
        if payout.ended_at:
            yield Happening(payout.ended_at, PAYOUT, f"payout_{payout.state.value}", "bank", payout.payout_id)


def noted(found: Iterable[Note], subject: str) -> Iterator[Happening]:
    """Tell what staff wrote about a case of the order, to staff."""
    for each in found:
        yield Happening(each.at, NOTE, "noted", STAFF, subject, {"text": each.text})
