"""Banks' cases as JSON: whole for staff, in plain words for the order's parties."""

from typing import Annotated, Any, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.orders.model import SELLER
from marketplace.payments.bank_case import AT_BANK, CLOSED_CASES, TO_ANSWER, Answer, BankCase
from marketplace.web.wire import PageQuery

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
_QUEUES = {"to_answer": TO_ANSWER, "at_bank": AT_BANK, "closed": CLOSED_CASES}
_WORDS: dict[str, tuple[str, str]] = {
    "inquiry": (
        "The buyer's bank asks about this payment. No money has moved.",
        "El banco del comprador pregunta por este pago. No se ha movido dinero.",
    ),
    "inquiry_answered": (
        "The buyer's bank asked about this payment and has our answer. No money has moved.",
        "El banco del comprador preguntó por este pago y ya tiene nuestra respuesta. No se ha movido dinero.",
    ),
    "inquiry_closed": (
        "The buyer's bank asked about this payment; the question is closed.",
        "El banco del comprador preguntó por este pago; la consulta está cerrada.",
    ),
    "taken": (
        "The buyer's bank took the payment back while it looks at the case.",
        "El banco del comprador retiró el pago mientras estudia el caso.",
    ),
    "answered": (
        "The bank has the order's record and decides now; that may take up to three months.",
        "El banco tiene los datos del pedido y está decidiendo; puede tardar hasta tres meses.",
    ),
    "won": ("The bank gave the payment back.", "El banco devolvió el pago."),
    "lost": ("The bank left the payment with the buyer.", "El banco dejó el pago con el comprador."),
}


class ChargebackQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which cases."""

    state: Literal["to_answer", "at_bank", "closed"] = "to_answer"

    @property
    def queue(self) -> str:
        return _QUEUES[self.state]


class SendEvidence(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Whether the evidence goes to the bank now, for good, or is only shown as it would go."""

    submit: bool


class Chargeback(msgspec.Struct, frozen=True, kw_only=True):
    """One case of a bank. `answer` says how far our answer has come; a bank takes one."""

    dispute_id: str
    payment_id: str
    order_ids: list[str]
    kind: str
    status: str
    reason: str
    amount_minor: int
    currency: str
    opened_at: Moment
    answer_by: Moment | None
    answer: str
    answered_at: Moment | None
    asked_by: str | None
    why_refused: str | None


class ChargebackCase(Chargeback, frozen=True, kw_only=True):
    """A case with its evidence, under Stripe's names: what was sent, or what would be."""

    evidence: dict[str, str]


class BankQuestion(msgspec.Struct, frozen=True):
    """What a bank does about the order's payment, in plain words; the seller also reads by when it is answered."""

    kind: str
    state: str
    text: str
    opened_at: Moment
    answer_by: Moment | None


class BankQuestions(msgspec.Struct):
    """All of them, the oldest first."""

    items: list[BankQuestion]


def chargeback_to_wire(case: BankCase) -> Chargeback:
    """Show a case in a list."""
    return Chargeback(**_facts(case))


def case_to_wire(case: BankCase) -> ChargebackCase:
    """Show a case whole."""
    return ChargebackCase(**_facts(case), evidence=dict(case.evidence))


def questions_to_wire(cases: list[BankCase], role: str | None, locale: str) -> BankQuestions:
    """Show an order's cases to one of its parties, or to staff."""
    ordered = sorted(cases, key=lambda case: case.opened_at)
    return BankQuestions([_question(case, role, locale) for case in ordered])


def _question(case: BankCase, role: str | None, locale: str) -> BankQuestion:
    state = state_of(case)
    deadline = case.answer_by if role in {SELLER, None} else None
    text = _WORDS[state][locale == "es"]
    return BankQuestion(_kind(case), state, text, to_text(case.opened_at), to_text(deadline) if deadline else None)


def state_of(case: BankCase) -> str:
    """Name where a case is, as people would."""
    if case.status in {"won", "prevented"}:
        return "won"
    if case.status == "lost":
        return "lost"
    if case.status == "warning_closed":
        return "inquiry_closed"
    answered = case.answer is Answer.SENT or case.status.endswith("under_review")
    if case.inquiry:
        return "inquiry_answered" if answered else "inquiry"
    return "answered" if answered else "taken"


def _kind(case: BankCase) -> str:
    return "inquiry" if case.inquiry else "chargeback"


def _facts(case: BankCase) -> dict[str, Any]:
    return {
        "dispute_id": case.dispute_id,
        "payment_id": case.payment_id,
        "order_ids": list(case.order_ids),
        "kind": _kind(case),
        "status": case.status,
        "reason": case.reason,
        "amount_minor": case.amount_minor,
        "currency": case.currency,
        "opened_at": to_text(case.opened_at),
        "answer_by": to_text(case.answer_by) if case.answer_by else None,
        "answer": case.answer.value,
        "answered_at": to_text(case.answered_at) if case.answered_at else None,
        "asked_by": case.asked_by,
        "why_refused": case.why_refused,
    }
