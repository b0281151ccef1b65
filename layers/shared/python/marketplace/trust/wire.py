"""Decisions as parties and operators see them: each party reads what concerns itself, and never the other's data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec

from marketplace.kit.clock import to_text
from marketplace.trust.model import (
    ABOUT_BUYER,
    ALLOW,
    CLEAR,
    HOLD,
    IN_FORCE,
    REASONS_LENGTH_MAX,
    REFUSE,
    TOO_LATE,
    Case,
    DecisionReceipt,
    Finding,
)

OPERATOR = "operator"  # a reader who sees everything
_BUYER = "buyer"

# What a decision means: (English, Spanish).
_MEANING: Mapping[tuple[str, str], tuple[str, str]] = {
    (ALLOW, IN_FORCE): (
        "Automatic checks found nothing that needs a person.",
        "Las comprobaciones automáticas no encontraron nada que necesite a una persona.",
    ),
    (HOLD, IN_FORCE): (
        "Automatic checks asked for a person to review this order before money moves. The order goes on meanwhile.",
        (
            "Las comprobaciones automáticas pidieron que una persona revise este pedido antes de mover el dinero. "
            "Mientras tanto, el pedido sigue."
        ),
    ),
    (HOLD, TOO_LATE): (
        "Automatic checks asked for a person to review this order, but its money had already moved: nothing was held.",
        (
            "Las comprobaciones automáticas pidieron que una persona revise este pedido, pero su dinero ya estaba "
            "liquidado: no se retuvo nada."
        ),
    ),
    (CLEAR, IN_FORCE): (
        "A person reviewed the order and lifted the hold.",
        "Una persona revisó el pedido y levantó la retención.",
    ),
    (CLEAR, TOO_LATE): (
        "A person approved the order after its money was already settled: nothing changed.",
        "Una persona aprobó el pedido cuando su dinero ya estaba liquidado: nada cambió.",
    ),
    (REFUSE, IN_FORCE): (
        "A person reviewed the order and refused it: the buyer is refunded.",
        "Una persona revisó el pedido y lo rechazó: se reembolsa al comprador.",
    ),
    (REFUSE, TOO_LATE): (
        "A person refused the order after its money was already settled: nothing changed.",
        "Una persona rechazó el pedido cuando su dinero ya estaba liquidado: nada cambió.",
    ),
}

_NOTHING_TO_APPEAL = (
    "Nothing is restricted, so there is nothing to appeal.",
    "No hay ninguna restricción que recurrir.",
)
_APPEAL: Mapping[tuple[str, str], tuple[str, str]] = {
    (HOLD, IN_FORCE): (
        "A person reviews every hold; you need not ask. To be heard, reply to the notice about it and quote {receipt}.",
        (
            "Una persona revisa cada retención; no hace falta pedirlo. Para que te escuchen, responde a su aviso "
            "y cita {receipt}."
        ),
    ),
    (REFUSE, IN_FORCE): (
        "Reply to the notice about this decision, quote {receipt} and say what it got wrong; a person reads it.",
        "Responde al aviso sobre esta decisión, cita {receipt} y di en qué se equivoca; una persona lo lee.",
    ),
}


class HoldDecision(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Why an operator decides so. Both parties read it: name no third person."""

    reasons: Annotated[str, msgspec.Meta(min_length=1, max_length=REASONS_LENGTH_MAX)]


class FindingView(msgspec.Struct):
    """What one rule said: `fired`, `passed`, or `no_data`, which never counts against anybody."""

    rule_id: str
    version: int
    outcome: str
    weight: int
    reason: str
    remedy: str
    facts: dict[str, str | int]


class ReceiptView(msgspec.Struct):
    """One decision about an order.

    `withheld` counts findings about the other party, which are not shown; with any, `score` is null.
    """

    receipt_id: str
    order_id: str
    decision: str
    effect: str
    automated: bool
    decided_at: str
    decided_by: str
    meaning: str
    score: int | None
    threshold: int
    findings: list[FindingView]
    withheld: int
    reasons: str | None
    answers: str | None
    appeal: str


class CaseView(msgspec.Struct):
    """A held order in the operators' queue."""

    order_id: str
    receipt_id: str
    buyer_id: str
    seller_id: str
    total_minor: int
    currency: str
    score: int
    state: str
    opened_at: str
    decided_at: str | None
    decided_by: str | None
    decision_receipt_id: str | None


class HoldView(msgspec.Struct):
    """A case with every decision about its order, oldest first."""

    case: CaseView
    receipts: list[ReceiptView]


def shown_receipt(receipt: DecisionReceipt, reader: str, locale: str) -> ReceiptView:
    """Show a receipt to "buyer", "seller" or OPERATOR."""
    spanish = locale == "es"
    visible = [finding for finding in receipt.findings if _may_see(finding, reader)]
    withheld = len(receipt.findings) - len(visible)
    made = (receipt.decision, receipt.effect)
    return ReceiptView(
        receipt_id=receipt.receipt_id,
        order_id=receipt.order_id,
        decision=receipt.decision,
        effect=receipt.effect,
        automated=receipt.automated,
        decided_at=to_text(receipt.decided_at),
        decided_by=_decider(receipt, reader),
        meaning=_MEANING[made][spanish],
        score=None if withheld else receipt.score,
        threshold=receipt.threshold,
        findings=[_shown_finding(finding, reader, locale) for finding in visible],
        withheld=withheld,
        reasons=receipt.reasons,
        answers=receipt.answers,
        appeal=_APPEAL.get(made, _NOTHING_TO_APPEAL)[spanish].format(receipt=receipt.receipt_id),
    )


def shown_case(case: Case) -> CaseView:
    """Show a case to an operator."""
    return CaseView(
        order_id=case.order_id,
        receipt_id=case.receipt_id,
        buyer_id=case.buyer_id,
        seller_id=case.seller_id,
        total_minor=case.total_minor,
        currency=case.currency,
        score=case.score,
        state=case.state,
        opened_at=to_text(case.opened_at),
        decided_at=_text(case.decided_at),
        decided_by=case.decided_by,
        decision_receipt_id=case.decision_receipt_id,
    )


def shown_hold(case: Case, receipts: tuple[DecisionReceipt, ...], locale: str) -> HoldView:
    """Show a case and its receipts to an operator."""
    return HoldView(shown_case(case), [shown_receipt(receipt, OPERATOR, locale) for receipt in receipts])


def _may_see(finding: Finding, reader: str) -> bool:
    return reader in {OPERATOR, _BUYER} or finding.about != ABOUT_BUYER


def _shown_finding(finding: Finding, reader: str, locale: str) -> FindingView:
    spanish = locale == "es"
    # Facts about both are also facts about the other side.
    own = reader == OPERATOR or finding.about == ABOUT_BUYER
    return FindingView(
        rule_id=finding.rule_id,
        version=finding.version,
        outcome=finding.outcome,
        weight=finding.weight,
        reason=finding.reason_es if spanish else finding.reason_en,
        remedy=finding.remedy_es if spanish else finding.remedy_en,
        facts=dict(finding.facts) if own else {},
    )


def _decider(receipt: DecisionReceipt, reader: str) -> str:
    if receipt.automated:
        return "rules"
    return receipt.decided_by or OPERATOR if reader == OPERATOR else OPERATOR


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
