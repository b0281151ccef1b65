"""Sessions: opaque tokens, checked on every request, ended at once.

Only the SHA-256 of a token's secret is stored: 256 random bits need no slow hash. Every session carries the epoch
under which it was opened, and the account its present one: raising it ends them all with one write.
"""

from datetime import timedelta

from marketplace.accounts.errors import AccountSuspended, SessionMissing
from marketplace.accounts.model import SESSION_REFRESH_SECONDS, Account, Session, digest, parse_token
from marketplace.accounts.ports import SessionStore
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unauthenticated, Unavailable
from marketplace.kit.principal import SUPPORT, Principal
from marketplace.kit.writes import Transactions


class Sessions:
    """Who is asking, and the list of where somebody is signed in."""

    def __init__(self, *, clock: Clock, transactions: Transactions, accounts: SessionStore) -> None:
        self._clock = clock
        self._transactions = transactions
        self._accounts = accounts

    def authenticate(self, token: str, *, even_suspended: bool = False) -> Principal:
        """Return who holds this token, as the account stands now; one round trip, and one more once an hour.

        A token that cannot be one of ours costs no read. A suspended account is let through on request only: to read
        why, and to appeal.

        Raises: Unauthenticated; AccountSuspended.
        """
        parts = parse_token(token)
        found = self._accounts.read_session(parts[0], digest(parts[1])) if parts else None
        if found is None:
            raise Unauthenticated
        account, session = found
        if not session.opens(account) or not session.is_live(self._clock.now()):
            raise Unauthenticated
        if session.visitor is not None:
            self._check_visitor(session.visitor)
        elif account.suspended and not even_suspended:
            raise AccountSuspended
        self._note_use(session)
        return _principal(account, session)

    def open_for(self, account_id: str) -> list[Session]:
        """List the sessions that still open something, the last used first, for somebody who is signed in.

        The asking session carries the account's present epoch, so the highest one found is the present one.
        """
        found = self._accounts.sessions_of(account_id)
        now, epoch = self._clock.now(), max((session.epoch for session in found), default=0)
        live = [session for session in found if session.epoch == epoch and session.is_live(now)]
        return sorted(live, key=lambda session: session.last_used_at, reverse=True)

    def _check_visitor(self, staff_id: str) -> None:
        """Let somebody look through the account's eyes for as long as they are of support themselves."""
        if SUPPORT not in self._accounts.roles_of(staff_id):
            raise Unauthenticated

    def _note_use(self, session: Session) -> None:
        now = self._clock.now()
        if now < session.last_used_at + timedelta(seconds=SESSION_REFRESH_SECONDS):
            return
        try:
            self._transactions.commit([self._accounts.use_session(session, now)])
        except SessionMissing:
            raise Unauthenticated from None  # ended between the read and the write
        except Unavailable:
            return  # the next request notes it; nobody is turned away for our book-keeping


def _principal(account: Account, session: Session) -> Principal:
    return Principal(
        account_id=account.account_id,
        session_id=session.session_id,
        email_verified=account.email_verified,
        locale=account.locale,
        roles=account.roles if session.visitor is None else frozenset(),
        has_applied=account.has_applied,
        seller_active=account.seller_active and not account.selling_suspended,
        factor_at=session.factor_at,
        proved_at=session.proof_at(account),
        step_up_by=account.step_up_by,
        visitor=session.visitor,
        tier=account.tier,
    )
