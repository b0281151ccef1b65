"""Decisions as JSON: the fields of Regulation (EU) 2022/2065, article 17, in the reader's language."""

from typing import Annotated, Self

import msgspec

from marketplace.decisions import model
from marketplace.decisions.clauses import CLAUSES
from marketplace.decisions.kind import Words
from marketplace.decisions.kinds import KINDS
from marketplace.decisions.redress import REDRESS
from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.web.wire import Page

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]

_WHO = {
    model.CLOCK: Words("the order's deadline", "el plazo del pedido"),
    model.HOUSE: Words("a rule of the marketplace, without a person", "una regla del mercado, sin persona"),
    model.MODERATOR: Words("a moderator of the marketplace", "una persona de moderación del mercado"),
    model.FINANCE: Words("a person of finance", "una persona de finanzas"),
    model.ADMIN: Words("a person of administration", "una persona de administración"),
    model.SELLER: Words("the seller", "el vendedor"),
}


class AboutQuery(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Whose or what decisions."""

    about: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]  # an order, an account, a listing


class DecidedAmounts(msgspec.Struct, frozen=True):
    """What a decision about money gives to whom, in the currency's minor unit."""

    currency: str
    buyer_minor: int
    seller_minor: int


class Decision(msgspec.Struct, frozen=True):
    """One decision with its ground, its facts and what can be done about it."""

    decision_id: str
    kind: str
    subject: str
    about: str
    decision: str  # what was decided
    scope: str  # what it touches
    lasts_until: Moment | None  # None: see `scope`
    facts: str
    reasons: str  # in the decider's own words; "" for what a rule decided
    automated_decision: bool
    automated_detection: bool
    clause: str
    clause_text: str
    ground: str  # what the decider added to the clause
    decided_by: str  # a role in words, never a name
    decided_at: Moment
    redress: str
    redress_route: str
    redress_until: Moment | None
    amounts: DecidedAmounts | None

    @classmethod
    def of(cls, found: model.Decision, locale: str) -> Self:
        """Show a decision to somebody whom it concerns, or to staff."""
        kind, clause, way, es = KINDS[found.kind], CLAUSES[found.clause], REDRESS[found.redress], locale == "es"
        amounts = found.amounts
        return cls(
            found.decision_id,
            found.kind,
            found.subject,
            found.about,
            _in(kind.decision, locale),
            _in(kind.scope, locale),
            to_text(found.lasts_until) if found.lasts_until else None,
            _in(kind.facts, locale).format_map(found.facts),
            found.reasons,
            found.automated,
            found.detected,
            found.clause,
            f"{clause.title_es}: {clause.text_es}" if es else f"{clause.title_en}: {clause.text_en}",
            found.ground,
            _in(_WHO[found.decided_by], locale),
            to_text(found.decided_at),
            way.es if es else way.en,
            way.route.format_map({"subject": found.subject, "about": found.about}),
            to_text(found.redress_until) if found.redress_until else None,
            DecidedAmounts(amounts.currency, amounts.buyer_minor, amounts.seller_minor) if amounts else None,
        )


class DecisionsAbout(msgspec.Struct, frozen=True):
    """What was decided about one subject, the oldest first."""

    items: list[Decision]


def page_to_wire(rows: Rows[model.Decision], locale: str) -> Page[Decision]:
    """Show a page of somebody's decisions."""
    return Page([Decision.of(each, locale) for each in rows.items], rows.cursor)


def _in(words: Words, locale: str) -> str:
    return words.es if locale == "es" else words.en
