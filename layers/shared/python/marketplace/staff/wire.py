"""What staff's routes take and give, and what a suspended person reads."""

from typing import Annotated, Literal, Self

import msgspec

from marketplace.kit.clock import to_text
from marketplace.staff.approvals import REASONS_LENGTH_MAX
from marketplace.staff.desk import Dossier
from marketplace.staff.kinds import KINDS
from marketplace.staff.model import Act, Proposal, Receipt, Suspension
from marketplace.staff.roles import Appointment
from marketplace.staff.suspensions import STATEMENT_LENGTH_MAX
from marketplace.staff.visits import Begun
from marketplace.web.wire import PageQuery

Reasons = Annotated[str, msgspec.Meta(min_length=1, max_length=REASONS_LENGTH_MAX)]
RoleName = Literal["support", "moderator", "finance", "admin"]
Scope = Literal["account", "selling"]


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What is sent."""


class StaffReasons(Body, frozen=True):
    """Why: the record keeps it."""

    reasons: Reasons


class NewRole(Body, frozen=True):
    """A role, and why this account gets it."""

    role: RoleName
    reasons: Reasons


class NewSuspension(Body, frozen=True):
    """On which clause of the terms an account is suspended, and the facts; the person reads both."""

    clause: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    reasons: Reasons
    scope: Scope = "account"


class SuspensionAppealDecision(Body, frozen=True):
    """What became of an appeal, and why; the person reads it."""

    outcome: Literal["granted", "rejected"]
    reasons: Reasons


class NewVisit(Body, frozen=True):
    """The case that a visit is for, and what is to be looked at."""

    case: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    reasons: Reasons


class NewStandingAppeal(Body, frozen=True):
    """Why the decision should not stand, in the person's own words."""

    statement: Annotated[str, msgspec.Meta(min_length=1, max_length=STATEMENT_LENGTH_MAX)]


class ProposalQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which proposals; an expired one is among the open until somebody declines it."""

    state: Literal["open", "approved", "declined"] = "open"


class ProposalView(msgspec.Struct, frozen=True):
    """Something that two people decide."""

    proposal_id: str
    kind: str
    title: str
    subject: str
    facts: dict[str, str | int]
    state: Literal["open", "approved", "declined", "expired"]
    proposed_by: str
    reasons: str
    proposed_at: str
    expires_at: str
    approvers: list[str]
    decided_by: str | None
    decided_at: str | None
    decision_reasons: str | None

    @classmethod
    def of(cls, proposal: Proposal, now_state: str, locale: str) -> Self:
        kind = KINDS[proposal.kind]
        return cls(
            proposal_id=proposal.proposal_id,
            kind=proposal.kind,
            title=kind.es if locale == "es" else kind.en,
            subject=proposal.subject,
            facts=dict(proposal.facts),
            state=now_state,  # type: ignore[arg-type]
            proposed_by=proposal.proposed_by,
            reasons=proposal.reasons,
            proposed_at=to_text(proposal.proposed_at),
            expires_at=to_text(proposal.expires_at),
            approvers=sorted(kind.approved_by),
            decided_by=proposal.decided_by,
            decided_at=to_text(proposal.decided_at) if proposal.decided_at else None,
            decision_reasons=proposal.decision_reasons,
        )


class RolesView(msgspec.Struct, frozen=True):
    """The roles that an account has, and the proposal that waits for a second administrator, if one must."""

    account_id: str
    roles: list[str]
    proposal_id: str | None

    @classmethod
    def of(cls, made: Appointment) -> Self:
        return cls(made.account_id, sorted(made.roles), made.proposal.proposal_id if made.proposal else None)


class StandingReceipt(msgspec.Struct, frozen=True):
    """One decision about an account: its ground, its facts, whether a machine made it, and what can be done."""

    receipt_id: str
    decision: Literal["suspended", "lifted", "upheld"]
    scope: Scope
    clause: str
    reasons: str
    automated: bool
    decided_at: str
    redress: str

    @classmethod
    def of(cls, receipt: Receipt, locale: str) -> Self:
        return cls(
            receipt_id=receipt.receipt_id,
            decision=receipt.decision,  # type: ignore[arg-type]
            scope=receipt.scope,  # type: ignore[arg-type]
            clause=receipt.clause,
            reasons=receipt.reasons,
            automated=receipt.automated,
            decided_at=to_text(receipt.decided_at),
            redress=_REDRESS[receipt.decision][locale == "es"],
        )


class Standing(msgspec.Struct, frozen=True):
    """How one's own account stands: what is taken from it, why, and how an appeal stands."""

    suspended: Scope | None
    appeal: Literal["waiting", "granted", "rejected"] | None
    receipts: list[StandingReceipt]

    @classmethod
    def of(cls, found: tuple[Suspension | None, list[Receipt]], locale: str) -> Self:
        present, receipts = found
        return cls(
            suspended=present.scope if present else None,  # type: ignore[arg-type]
            appeal=present.appeal if present else None,  # type: ignore[arg-type]
            receipts=[StandingReceipt.of(receipt, locale) for receipt in receipts],
        )


class SuspensionView(msgspec.Struct, frozen=True):
    """A suspension as staff sees it."""

    account_id: str
    suspension_id: str
    scope: str
    clause: str
    reasons: str
    decided_by: str
    decided_at: str
    in_force: bool
    appeal: str | None
    statement: str | None
    appealed_at: str | None

    @classmethod
    def of(cls, found: Suspension) -> Self:
        return cls(
            account_id=found.account_id,
            suspension_id=found.suspension_id,
            scope=found.scope,
            clause=found.clause,
            reasons=found.reasons,
            decided_by=found.decided_by,
            decided_at=to_text(found.decided_at),
            in_force=found.in_force,
            appeal=found.appeal,
            statement=found.statement,
            appealed_at=to_text(found.appealed_at) if found.appealed_at else None,
        )


class AccountView(msgspec.Struct, frozen=True):
    """An account as staff sees it: how it stands, and nothing that says who it is."""

    account_id: str
    created_at: str
    email_verified: bool
    second_factor: bool
    tier: int
    roles: list[str]
    seller: Literal["none", "applied", "active"]
    suspended: Scope | None
    appeal: str | None
    decisions: int
    sessions: int
    payouts_after: str | None

    @classmethod
    def of(cls, found: Dossier) -> Self:
        account, suspension = found.account, found.suspension
        applied = "applied" if account.has_applied else "none"
        return cls(
            account_id=account.account_id,
            created_at=to_text(account.created_at),
            email_verified=account.email_verified,
            second_factor=account.has_factor,
            tier=account.tier,
            roles=sorted(account.roles),
            seller="active" if account.seller_active else applied,  # type: ignore[arg-type]
            suspended=suspension.scope if suspension else None,  # type: ignore[arg-type]
            appeal=suspension.appeal if suspension else None,
            decisions=len(found.receipts),
            sessions=found.sessions,
            payouts_after=to_text(found.payouts_after) if found.payouts_after else None,
        )


class VisitBegun(msgspec.Struct, frozen=True):
    """A visit, and the token with which to look; shown this once."""

    visit_id: str
    account_id: str
    token: str
    ends_at: str

    @classmethod
    def of(cls, begun: Begun) -> Self:
        visit = begun.visit
        return cls(visit.visit_id, visit.account_id, begun.token, to_text(visit.ends_at))


class ActView(msgspec.Struct, frozen=True):
    """Something that somebody of the staff did or looked at."""

    act_id: str
    at: str
    by: str
    kind: str
    subject: str
    facts: dict[str, str | int]
    reasons: str

    @classmethod
    def of(cls, act: Act) -> Self:
        return cls(act.act_id, to_text(act.at), act.by, act.kind, act.subject, dict(act.facts), act.reasons)


_APPEAL_EN = (
    "You can appeal against this decision, free of charge, with POST /account/standing/appeal: somebody who did not "
    "make it decides. You can also turn to a certified out-of-court body (Regulation (EU) 2022/2065, article 21), or "
    "to a court."
)
_APPEAL_ES = (
    "Puedes reclamar contra esta decisión, gratis, con POST /account/standing/appeal: resolverá una persona que no la "
    "tomó. También puedes acudir a un órgano extrajudicial certificado (Reglamento (UE) 2022/2065, artículo 21) o a un "
    "tribunal."
)
_FURTHER_EN = (
    "Your appeal was decided. You can turn to a certified out-of-court body (Regulation (EU) 2022/2065, article 21), "
    "or to a court."
)
_FURTHER_ES = (
    "Tu reclamación está resuelta. Puedes acudir a un órgano extrajudicial certificado (Reglamento (UE) 2022/2065, "
    "artículo 21) o a un tribunal."
)
_REDRESS = {
    "suspended": (_APPEAL_EN, _APPEAL_ES),
    "upheld": (_FURTHER_EN, _FURTHER_ES),
    "lifted": ("There is nothing to appeal against.", "No hay nada contra lo que reclamar."),
}
