"""Support looks through somebody's eyes: minutes, reading only, in the open.

A visit is a session of the visited account that passes no route which changes anything, moves money, or shows messages
and secrets (web/access.py decides that for every route alike). It stands in the owner's security log and list of
sessions, the owner is told, and may end it like any other session.
"""

from dataclasses import dataclass, field, replace

from marketplace.accounts.errors import AccountMissing
from marketplace.accounts.model import SECRET_BYTES, Session, digest, session_token
from marketplace.accounts.ports import SessionStore
from marketplace.kit.clock import Clock, to_text
from marketplace.kit.ids import Ids
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions
from marketplace.orders.model import OwnCase
from marketplace.security.log import SecurityLog
from marketplace.staff.acts import StaffActs
from marketplace.staff.approvals import reasons_of
from marketplace.staff.errors import StaffNotVisited, VisitMissing
from marketplace.staff.model import VISIT, VISIT_LENGTH, Visit
from marketplace.staff.ports import People, Visits

DEVICE = "Aval support / soporte"  # what the owner's list of sessions says


@dataclass(frozen=True, slots=True)
class Begun:
    """A visit and its token, which is shown this once."""

    visit: Visit
    token: str = field(repr=False)


class SupportVisits:
    """Beginning and ending visits."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        people: People,
        sessions: SessionStore,
        visits: Visits,
        acts: StaffActs,
        log: SecurityLog,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._people = people
        self._sessions = sessions
        self._visits = visits
        self._acts = acts
        self._log = log

    def begin(self, account_id: str, principal: Principal, *, case: str, reasons: str) -> Begun:
        """Open a visit for a case that says why.

        Raises: OwnCase; AccountMissing; StaffNotVisited; ReasonsNeeded.
        """
        said = reasons_of(reasons)
        if account_id == principal.account_id:
            raise OwnCase
        account = self._people.read(account_id)
        if account is None:
            raise AccountMissing
        if account.roles:
            raise StaffNotVisited
        now, secret = self._clock.now(), self._ids.secret(SECRET_BYTES)
        session = Session(
            account_id=account_id,
            secret_hash=digest(secret),
            epoch=account.session_epoch,
            device=DEVICE,
            created_at=now,
            last_used_at=now,
            expires_at=now + VISIT_LENGTH,
            visitor=principal.account_id,
        )
        visit = Visit(
            visit_id=self._ids.new(VISIT, now),
            account_id=account_id,
            by=principal.account_id,
            case=case,
            reasons=said,
            begun_at=now,
            ends_at=session.expires_at,
            session_hash=session.secret_hash,
        )
        facts = {"visit_id": visit.visit_id, "ends_at": to_text(visit.ends_at)}
        told = self._log.note(account_id, "support:viewed", session_id=session.session_id, facts=facts)
        act = self._acts.note(principal.account_id, "visit.begun", account_id, {**facts, "case": case}, said)
        opened = [self._sessions.open_session(session), self._visits.add_visit(visit)]
        self._transactions.commit([*opened, act, *told])
        return Begun(visit, session_token(account_id, secret))

    def end(self, account_id: str, visit_id: str, principal: Principal) -> None:
        """End one's own visit before its time.

        Raises: VisitMissing, also for a colleague's and for one that is over.
        """
        visit = self._visits.visit(account_id, visit_id)
        now = self._clock.now()
        if visit is None or visit.by != principal.account_id or visit.ended_at or now >= visit.ends_at:
            raise VisitMissing
        if self._sessions.read_session(account_id, visit.session_hash) is None:
            raise VisitMissing  # the owner ended it
        facts = {"visit_id": visit_id}
        self._transactions.commit(
            [
                self._visits.end_visit(replace(visit, ended_at=now)),
                self._sessions.end_session(account_id, visit.session_hash),
                self._acts.note(principal.account_id, "visit.ended", account_id, facts),
                *self._log.note(account_id, "support:left", facts=facts, once=visit_id),
            ]
        )
