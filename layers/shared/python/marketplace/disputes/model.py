"""A dispute about one order. Its stage is the order's own state; the record holds what was said and decided."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Conflict, Invalid, Missing

STATEMENT_LENGTH_MAX = 4_000  # characters
EVIDENCE_MAX = 10  # files a side
EVIDENCE_BYTES_MAX = 10 * 1024 * 1024
EVIDENCE_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
REASONS = ("not_received", "not_as_described", "damaged", "counterfeit", "charged_back", "other")
SELLER_PART_MIN_MINOR = 50  # less than this could not carry its own commission


class DisputeMissing(Missing):
    """No such dispute, or the caller is no party to it."""

    code = "dispute_not_found"
    title_en = "There is no such dispute."
    title_es = "No existe esa disputa."


class DisputeExists(Conflict):
    """The order has its dispute."""

    code = "dispute_exists"
    title_en = "This order already has a dispute."
    title_es = "Este pedido ya tiene una disputa."


class DisputeDecided(Conflict):
    """The decision stands; nothing more is taken."""

    code = "dispute_decided"
    title_en = "This dispute is decided."
    title_es = "Esta disputa ya está resuelta."


class EvidenceFull(Conflict):
    """One side has shown as much as it may."""

    code = "evidence_full"
    title_en = f"At most {EVIDENCE_MAX} files a side."
    title_es = f"Como máximo {EVIDENCE_MAX} archivos por parte."


class EvidenceRefused(Invalid):
    """The file is of a type or size that is not taken; `fields` says which."""

    code = "evidence_refused"
    title_en = "This file cannot be taken as evidence."
    title_es = "Este archivo no se admite como prueba."


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that one side announced; the upload itself is checked against size, type and hash by the storage."""

    evidence_id: str
    by: str  # BUYER or SELLER
    content_type: str
    size_bytes: int
    sha256: str
    description: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What an operator (or the clock) decided, with reasons."""

    refund_minor: int
    seller_minor: int
    clause: str
    reasons: str
    decided_by: str  # an operator's account id, or "clock"
    at: datetime


@dataclass(frozen=True, slots=True)
class Dispute:
    """One dispute."""

    dispute_id: str
    order_id: str
    buyer_id: str
    seller_id: str
    reason: str
    statement: str
    wanted_minor: int
    opened_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    decision: Decision | None = None
    revision: int = 0
