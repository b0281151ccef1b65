"""What operators see of disputes, and the published policy, as JSON."""

from typing import Annotated, Literal

import msgspec

from marketplace.disputes import clauses, reasons
from marketplace.disputes.asking.wire import Statement
from marketplace.disputes.claims import CLAIM_RULES, ClaimStanding
from marketplace.disputes.desk import DisputeView
from marketplace.disputes.precedents import Match
from marketplace.disputes.steps.wire import Moment
from marketplace.disputes.wire import DisputeSummary, summary_of
from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.web.wire import Page, PageQuery


class DisputesQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which undecided disputes to list: a page is filtered after it is read, and may hold fewer than asked."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None
    state: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None
    due_before: Annotated[str, msgspec.Meta(max_length=40, extra_json_schema={"format": "date-time"})] | None = None
    appeals: bool | None = None


class QueuedDispute(DisputeSummary):
    """A dispute in the operators' list, with how its order stands and until when."""

    order_state: str
    due_at: Moment | None
    total_minor: int
    currency: str
    appealed: bool
    proposal_id: str | None


class PrecedentMatch(msgspec.Struct):
    """How a similar case was decided, how near it is (0 to 100), and in what."""

    score: int
    because: list[str]
    reason: str
    category: str
    currency: str
    total_minor: int
    refund_percent: int
    clause: str
    decided_at: Moment
    overturned: bool


class ReasonView(msgspec.Struct):
    """A reason to open a dispute, and the evidence that shows it."""

    code: str
    en: str
    es: str
    buyer_shows: list[str]
    seller_shows: list[str]
    states: list[str]
    fulfilments: list[str]


class ClauseView(msgspec.Struct):
    """A clause of the policy."""

    clause_id: str
    en: str
    es: str


class ClaimRuleView(msgspec.Struct):
    """What happens from so many claims, which are such a share of what the buyer bought in 90 days."""

    level: str
    claims_min: int
    share_min_percent: int
    clause: str


class DisputePolicy(msgspec.Struct):
    """By what disputes are opened and decided."""

    version: str
    reasons: list[ReasonView]
    clauses: list[ClauseView]
    claim_rules: list[ClaimRuleView]
    decided_alone_max_minor: dict[str, int]
    appeal_days: int


class ClaimsView(msgspec.Struct):
    """What a buyer's claims led to, and by which counts."""

    level: str
    since: Moment | None
    claims: int
    purchases: int
    appealed_at: Moment | None
    decision: str


class NewClaimsAppeal(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Why the warning or the limit is wrong."""

    statement: Statement


class ClaimsDecision(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Whether a warning or a limit is lifted, and why."""

    outcome: Literal["lift", "keep"]
    reasons: Annotated[str, msgspec.Meta(min_length=clauses.REASONS_LENGTH_MIN, max_length=2_000)]


def queue_to_wire(rows: Rows[DisputeView], asked: DisputesQuery) -> Page[QueuedDispute]:
    """Show a page of undecided disputes, those that fit the filters."""
    return Page([_queued(view) for view in rows.items if _fits(view, asked)], rows.cursor)


def policy() -> DisputePolicy:
    """Show the published policy."""
    return DisputePolicy(
        version=clauses.POLICY_VERSION,
        reasons=[
            ReasonView(
                each.code,
                each.en,
                each.es,
                list(each.buyer_shows),
                list(each.seller_shows),
                sorted(each.states),
                list(each.fulfilments),
            )
            for each in reasons.REASON_OF.values()
            if each.code in reasons.OPENABLE
        ],
        clauses=[ClauseView(each.clause_id, each.en, each.es) for each in clauses.CLAUSES.values()],
        claim_rules=[
            ClaimRuleView(each.level, each.claims_min, each.share_min_percent, each.clause) for each in CLAIM_RULES
        ],
        decided_alone_max_minor=dict(clauses.DECISION_ALONE_MAX_MINOR),
        appeal_days=clauses.APPEAL_DAYS,
    )


def claims_to_wire(standing: ClaimStanding) -> ClaimsView:
    """Show what a buyer's claims led to."""
    since, appealed_at = standing.since, standing.appealed_at
    return ClaimsView(
        standing.level,
        to_text(since) if since else None,
        standing.claims,
        standing.purchases,
        to_text(appealed_at) if appealed_at else None,
        standing.decision,
    )


def match_to_wire(match: Match) -> PrecedentMatch:
    """Show a precedent."""
    found = match.precedent
    return PrecedentMatch(
        match.score,
        list(match.because),
        found.reason,
        found.category,
        found.currency,
        found.total_minor,
        found.refund_percent,
        found.clause,
        to_text(found.at),
        found.overturned,
    )


def _queued(view: DisputeView) -> QueuedDispute:
    dispute, order = view.dispute, view.order
    appeal = dispute.appeal
    late = appeal.due_at if appeal and appeal.after_end else None
    due_at = late or order.due_at
    return QueuedDispute(
        **summary_of(dispute),
        order_state=order.state,
        due_at=to_text(due_at) if due_at else None,
        total_minor=order.total_minor,
        currency=order.currency,
        appealed=appeal is not None,
        proposal_id=dispute.proposal_id or None,
    )


def _fits(view: DisputeView, asked: DisputesQuery) -> bool:
    shown = _queued(view)
    wanted = [
        asked.reason is None or shown.reason == asked.reason,
        asked.state is None or shown.order_state == asked.state,
        asked.appeals is None or shown.appealed == asked.appeals,
        asked.due_before is None or (shown.due_at is not None and shown.due_at < asked.due_before),
    ]
    return all(wanted)
