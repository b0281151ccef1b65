"""Taking an account (or only its selling) out of use, telling why, and hearing the person about it.

What is running goes on: the clock of an order asks nobody's leave. What stops at once is the account's sessions, the
sale of its listings, and its payouts. Every decision leaves a receipt that the person can read and appeal against, and
whoever suspended does not judge the appeal (Regulation (EU) 2022/2065, articles 17 and 20).
"""

from dataclasses import replace

from marketplace.accounts.errors import AccountMissing, StaffStands
from marketplace.decisions.model import ADMIN
from marketplace.decisions.ports import Recording
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Invalid
from marketplace.kit.ids import Ids, derived_id
from marketplace.kit.principal import Principal
from marketplace.kit.rows import Rows
from marketplace.kit.writes import Transactions, Write
from marketplace.orders.model import OwnCase
from marketplace.security.log import SecurityLog
from marketplace.staff.acts import StaffActs
from marketplace.staff.approvals import reasons_of
from marketplace.staff.errors import AlreadySuspended, AppealMade, NoAppeal, NotSuspended, SameDecider
from marketplace.staff.model import (
    GRANTED,
    LIFTED,
    RECEIPT,
    REJECTED,
    SELLING,
    SUSPENDED,
    SUSPENSION,
    UPHELD,
    WAITING,
    Receipt,
    Suspension,
)
from marketplace.staff.ports import People, Standings

STATEMENT_LENGTH_MAX = 4_000
_RECORDED = {LIFTED: "account.reinstated", UPHELD: "suspension.upheld"}


class Suspensions:
    """Suspending, lifting, appealing and deciding appeals."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        people: People,
        standings: Standings,
        acts: StaffActs,
        log: SecurityLog,
        decisions: Recording,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._people = people
        self._standings = standings
        self._acts = acts
        self._log = log
        self._decisions = decisions

    def suspend(self, account_id: str, principal: Principal, *, clause: str, reasons: str, scope: str) -> Suspension:
        """Suspend at once, on a named ground; `scope` is WHOLE_ACCOUNT or SELLING.

        Raises: OwnCase; AccountMissing; StaffStands; AlreadySuspended; ReasonsNeeded.
        """
        self._check(account_id, principal)
        now = self._clock.now()
        made = Suspension(
            self._ids.new(SUSPENSION, now), account_id, scope, clause, reasons_of(reasons), principal.account_id, now
        )
        present = self._standings.suspension(account_id)
        if present is not None and present.in_force:
            raise AlreadySuspended
        kind = "selling:suspended" if scope == SELLING else "account:suspended"
        changed = [self._people.suspend(account_id, selling_only=scope == SELLING), self._standings.suspend(made)]
        self._transactions.commit([*changed, *self._decided(made, SUSPENDED, principal.account_id, made.reasons, kind)])
        return made

    def lift(self, account_id: str, principal: Principal, reasons: str) -> Suspension:
        """Give everything back.

        Raises: OwnCase; NotSuspended; ReasonsNeeded.
        """
        if account_id == principal.account_id:
            raise OwnCase
        said, present = reasons_of(reasons), self._in_force(account_id)
        # An appeal that waited has what it asked for.
        appeal = GRANTED if present.appeal == WAITING else present.appeal
        return self._lift(present, principal, said, appeal=appeal)

    def appeal(self, account_id: str, statement: str) -> Suspension:
        """Say, as the suspended person, why it should not stand; once a suspension.

        Raises: NotSuspended; AppealMade; Invalid.
        """
        said = statement.strip()
        if not 0 < len(said) <= STATEMENT_LENGTH_MAX:
            raise Invalid(fields={"statement": "too_long" if said else "empty"})
        present = self._in_force(account_id)
        if present.appeal is not None:
            raise AppealMade
        waiting = replace(present, appeal=WAITING, statement=said, appealed_at=self._clock.now())
        told = self._log.note(account_id, "appeal:received", facts={"suspension_id": present.suspension_id})
        self._transactions.commit([self._standings.change_suspension(present, waiting, AppealMade()), *told])
        return waiting

    def decide_appeal(self, account_id: str, principal: Principal, *, granted: bool, reasons: str) -> Suspension:
        """Judge an appeal, as somebody who did not suspend.

        Raises: OwnCase; NoAppeal; SameDecider; ReasonsNeeded.
        """
        if account_id == principal.account_id:
            raise OwnCase
        said, present = reasons_of(reasons), self._standings.suspension(account_id)
        if present is None or not present.in_force or present.appeal != WAITING:
            raise NoAppeal
        if present.decided_by == principal.account_id:
            raise SameDecider
        if granted:
            return self._lift(present, principal, said, appeal=GRANTED)
        rejected = replace(present, appeal=REJECTED)
        kept = self._standings.change_suspension(present, rejected, NoAppeal())
        told = self._decided(present, UPHELD, principal.account_id, said, "appeal:rejected")
        self._transactions.commit([kept, *told])
        return rejected

    def standing(self, account_id: str) -> tuple[Suspension | None, list[Receipt]]:
        """Return what is in force against an account, and every decision there was, oldest first."""
        present = self._standings.suspension(account_id)
        return (present if present and present.in_force else None), self._standings.receipts(account_id)

    def waiting_appeals(self, cursor: str | None, limit: int) -> Rows[Suspension]:
        """List appeals that wait for somebody, the longest waiting first.

        Raises: BadCursor.
        """
        return self._standings.appeals(cursor, limit)

    def _lift(self, present: Suspension, principal: Principal, reasons: str, *, appeal: str | None) -> Suspension:
        lifted = replace(present, appeal=appeal, lifted_at=self._clock.now())
        given_back = [
            self._standings.change_suspension(present, lifted, NotSuspended()),
            self._people.reinstate(present.account_id),
        ]
        told = self._decided(present, LIFTED, principal.account_id, reasons, "account:reinstated")
        self._transactions.commit([*given_back, *told])
        return lifted

    def _check(self, account_id: str, principal: Principal) -> None:
        if account_id == principal.account_id:
            raise OwnCase
        account = self._people.read(account_id)
        if account is None:
            raise AccountMissing
        if account.roles:
            raise StaffStands

    def _in_force(self, account_id: str) -> Suspension:
        present = self._standings.suspension(account_id)
        if present is None or not present.in_force:
            raise NotSuspended
        return present

    def _decided(self, about: Suspension, decision: str, by: str, reasons: str, kind: str) -> list[Write]:
        """Return the receipt, the act, and what the person's own log and notice say."""
        receipt = Receipt(
            receipt_id=derived_id(RECEIPT, about.suspension_id, decision),
            account_id=about.account_id,
            suspension_id=about.suspension_id,
            decision=decision,
            scope=about.scope,
            clause=about.clause,
            reasons=reasons,
            decided_at=self._clock.now(),
            decided_by=by,
        )
        facts = {"suspension_id": about.suspension_id, "receipt_id": receipt.receipt_id, "scope": about.scope}
        act = self._acts.note(by, f"suspension.{decision}", about.account_id, facts, reasons)
        return [
            self._standings.add_receipt(receipt),
            act,
            *self._log.note(about.account_id, kind, facts=facts, once=receipt.receipt_id),
            *self._decisions.record(
                kind=_RECORDED.get(decision) or kind.replace(":", "."),
                subject=about.account_id,
                concerns=[about.account_id],
                by=ADMIN,
                once=receipt.receipt_id,
                ground=about.clause,
                reasons=reasons,
            ),
        ]
