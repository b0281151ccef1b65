"""What staff may know of an account: how it stands, never who it is. Looking is an act, and stands in the record."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.accounts.errors import AccountMissing
from marketplace.accounts.model import Account
from marketplace.accounts.ports import SessionStore
from marketplace.kit.clock import Clock
from marketplace.kit.principal import Principal
from marketplace.kit.writes import Transactions
from marketplace.staff.acts import StaffActs
from marketplace.staff.model import Receipt, Suspension
from marketplace.staff.ports import People
from marketplace.staff.suspensions import Suspensions


@dataclass(frozen=True, slots=True)
class Dossier:
    """An account without a single personal field."""

    account: Account
    suspension: Suspension | None
    receipts: list[Receipt]
    sessions: int  # that open something now
    payouts_after: datetime | None


class Desk:
    """Reading accounts for the staff."""

    def __init__(
        self,
        *,
        clock: Clock,
        transactions: Transactions,
        people: People,
        sessions: SessionStore,
        suspensions: Suspensions,
        acts: StaffActs,
    ) -> None:
        self._clock = clock
        self._transactions = transactions
        self._people = people
        self._sessions = sessions
        self._suspensions = suspensions
        self._acts = acts

    def look(self, account_id: str, principal: Principal) -> Dossier:
        """Return how an account stands, once it is noted who looked.

        Raises: AccountMissing.
        """
        account = self._people.read(account_id)
        if account is None:
            raise AccountMissing
        self._transactions.commit([self._acts.note(principal.account_id, "account.read", account_id)])
        now = self._clock.now()
        suspension, receipts = self._suspensions.standing(account_id)
        live = [
            session
            for session in self._sessions.sessions_of(account_id)
            if session.epoch == account.session_epoch and session.is_live(now)
        ]
        return Dossier(account, suspension, receipts, len(live), self._people.payouts_after(account_id))
