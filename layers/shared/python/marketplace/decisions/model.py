"""One decision, as everybody whom it concerns can read it (Regulation (EU) 2022/2065, article 17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.kit.errors import Missing

DECISION = "dec"
# Who decided: a role, never a name.
CLOCK, HOUSE = "clock", "house"
MODERATOR, FINANCE, ADMIN, SELLER = "moderator", "finance", "admin", "seller"
DECIDERS = frozenset({CLOCK, HOUSE, MODERATOR, FINANCE, ADMIN, SELLER})
CONCERNED_MAX = 8  # accounts whom one decision concerns, so that it joins any transaction


class DecisionMissing(Missing):
    """No such decision, or it does not concern the caller."""

    code = "decision_not_found"
    title_en = "There is no such decision."
    title_es = "No existe esa decisión."


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a decision about money gives to whom, in the currency's minor unit."""

    currency: str
    buyer_minor: int = 0
    seller_minor: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, as it reads to one account; never changed afterwards."""

    decision_id: str  # the same for everybody whom it concerns
    account_id: str  # whose copy this is
    kind: str  # of kinds.py
    subject: str  # the id of what it is about: an order, a dispute, an account, a listing
    about: str  # the order, where there is one; else the subject
    concerns: tuple[str, ...]
    clause: str  # of clauses.py
    ground: str  # the ground in the decider's own words or number, "" where the clause says it all
    facts: Mapping[str, str | int]  # short codes and numbers that the kind's wording names
    reasons: str  # in the decider's words; "" for what a rule decided
    automated: bool  # decided by a rule, without a person
    detected: bool  # found by a rule, whoever decided
    decided_by: str  # one of DECIDERS
    decided_at: datetime
    redress: str  # of redress.py
    redress_until: datetime | None
    amounts: Amounts | None = None
    lasts_until: datetime | None = None
