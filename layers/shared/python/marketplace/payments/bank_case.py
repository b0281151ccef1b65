"""A bank's case about a payment: an inquiry or a chargeback, by when it must be answered, and with what it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.kit.errors import Conflict, Missing
from marketplace.payments.model import SAME_KEY_FOR, StripeDispute

REMINDED_BEFORE = timedelta(days=3)  # the sellers, before the bank's deadline
ANSWERED_BEFORE = timedelta(days=1)  # with what there is, when nobody has answered by then
UNANSWERED_TOO_LONG = timedelta(minutes=30)  # an answer that is to be sent and is not: somebody is woken
ASKS_MAX = timedelta(days=45)  # from the bank's question: how long a release waits for it at most; published
CLOSED = frozenset({"won", "lost", "warning_closed", "prevented"})  # Stripe's words
# The queues in which staff sees cases.
TO_ANSWER, AT_BANK, CLOSED_CASES = "chargebacks_to_answer", "chargebacks_at_bank", "chargebacks_closed"
_END = {"won": "won", "lost": "lost", "warning_closed": "inquiry_closed"}  # what parties are told of an end
_AT_REVIEW = frozenset({"under_review", "warning_under_review"})


class Answer(StrEnum):
    """How far the answer to the bank has come."""

    NONE = "none"
    WANTED = "wanted"  # decided, perhaps sent, not recorded yet
    SENT = "sent"  # final: a bank takes one answer
    REFUSED = "refused"  # by Stripe; a person looks, and may try again
    MISSED = "missed"  # the case was closed before, or the deadline passed
    LEFT = "left"  # the order's own record is the buyer's: it goes only when a person sends it


_FOR_PEOPLE = frozenset({Answer.REFUSED, Answer.LEFT})
_OPEN = frozenset({Answer.NONE, *_FOR_PEOPLE})


class BankCaseMissing(Missing):
    """No such case of a bank."""

    code = "chargeback_not_found"
    title_en = "There is no such chargeback."
    title_es = "No existe ese contracargo."


class BankCaseMoved(Conflict):
    """The case is no longer as it was read; read again."""

    code = "chargeback_moved"


class AnswerGiven(Conflict):
    """The bank has its answer, or is done: evidence is sent once, whole."""

    code = "evidence_already_sent"
    title_en = "The evidence was sent, or the bank has decided. A bank takes one answer."
    title_es = "Las pruebas ya se enviaron, o el banco ya decidió. Un banco acepta una sola respuesta."


@dataclass(frozen=True, slots=True)
class BankCase:
    """One case. An inquiry that becomes a chargeback is the same case, answered anew."""

    dispute_id: str  # Stripe's
    payment_id: str
    order_ids: tuple[str, ...]
    status: str  # Stripe's
    reason: str  # Stripe's: fraudulent, product_not_received, ...
    amount_minor: int
    currency: str
    opened_at: datetime
    answer_by: datetime | None  # the bank's deadline; None when Stripe names none
    changed_at: datetime
    inquiry: bool
    answer: Answer = Answer.NONE
    asked_by: str | None = None  # an account of the staff, or "system"
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)  # as it is sent, under Stripe's names
    answers_before: int = 0  # submissions that Stripe counted when this answer was wanted
    attempt: int = 0
    why_refused: str | None = None
    reminded: bool = False
    revision: int = 0

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    @property
    def can_be_answered(self) -> bool:
        return not self.is_closed and self.status not in _AT_REVIEW and self.answer in _OPEN

    @property
    def is_left_to_people(self) -> bool:
        return self.answer in _FOR_PEOPLE

    @property
    def stripe_key(self) -> str:
        """The idempotency key of this answer: one for the inquiry, one for the chargeback, one for each attempt."""
        kind = "inquiry" if self.inquiry else "chargeback"
        return f"evidence#{self.dispute_id}#{kind}#{self.attempt}"

    def key_is_good(self, now: datetime) -> bool:
        """Say whether Stripe still remembers this attempt's key for certain."""
        return self.asked_at is not None and now - self.asked_at < SAME_KEY_FOR

    @property
    def acts_at(self) -> datetime | None:
        """When the sweep has something to do with the case."""
        if self.answer is Answer.WANTED:
            return self.asked_at
        if not self.can_be_answered or self.answer_by is None:
            return None
        if self.is_left_to_people:  # once nobody can send it, it gives up its place among what is to be done
            return self.answer_by
        return self.answer_by - (ANSWERED_BEFORE if self.reminded else REMINDED_BEFORE)

    def is_overdue(self, now: datetime) -> bool:
        """Say whether the bank stays without an answer unless a person sees to it."""
        if self.answer is Answer.WANTED:  # another attempt was made because the one before did not do
            return self.attempt > 0 or self.asked_at is None or now - self.asked_at >= UNANSWERED_TOO_LONG
        if not self.can_be_answered or self.answer is Answer.LEFT or self.answer_by is None:
            return False
        by_itself = self.answer_by - ANSWERED_BEFORE + UNANSWERED_TOO_LONG
        return now >= (self.answer_by - REMINDED_BEFORE if self.answer is Answer.REFUSED else by_itself)


def seen(
    known: BankCase | None, payment_id: str, orders: tuple[str, ...], found: StripeDispute, at: datetime
) -> BankCase:
    """Return the case as Stripe shows it now; equal to the known one when nothing changed."""
    if known is None:
        return BankCase(
            dispute_id=found.dispute_id,
            payment_id=payment_id,
            order_ids=orders,
            status=found.status,
            reason=found.reason,
            amount_minor=found.amount_minor,
            currency=found.currency,
            opened_at=at,
            answer_by=found.answer_by,
            changed_at=at,
            inquiry=found.inquiry,
        )
    same = (known.status, known.amount_minor, known.answer_by, known.inquiry)
    if same == (found.status, found.amount_minor, found.answer_by, found.inquiry):
        return known
    after = replace(
        known,
        status=found.status,
        amount_minor=found.amount_minor,
        answer_by=found.answer_by,
        inquiry=found.inquiry,
        changed_at=at,
        revision=known.revision + 1,
    )
    anew = {"answer": Answer.NONE, "reminded": False, "evidence": {}, "why_refused": None}
    if known.inquiry and not found.inquiry:  # escalated: a new question, with a deadline of its own
        return replace(after, attempt=0, **anew)  # type: ignore[arg-type]
    if known.answer is Answer.MISSED and not after.is_closed and found.answer_by and found.answer_by > at:
        return replace(after, attempt=known.attempt + 1, **anew)  # type: ignore[arg-type]  # its deadline was put off
    open_answer = after.answer in {*_OPEN, Answer.WANTED}
    return replace(after, answer=Answer.MISSED) if after.is_closed and open_answer else after


def told_of(before: BankCase | None, after: BankCase) -> str | None:
    """Name what the parties are told of a change; None when it is nothing to them."""
    if before is None or before.inquiry != after.inquiry:
        opened = "inquiry_opened" if after.inquiry else "opened"
        return opened if not after.is_closed else _END.get(after.status)
    return _END.get(after.status) if after.is_closed and not before.is_closed else None
