"""The one way to a session, whatever proved who it is: a password, a passkey, a code from a mailbox.

Here a device becomes known, failures in succession end, the log is written, and the owner learns of what is new.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketplace.accounts.entry_ports import EntryStore
from marketplace.accounts.errors import AccountLocked, HistoryMoved
from marketplace.accounts.history import History, sighting
from marketplace.accounts.limits import Limits
from marketplace.accounts.model import (
    SECRET_BYTES,
    SESSION_KEPT_SECONDS,
    Account,
    Session,
    device_name,
    digest,
    session_token,
)
from marketplace.accounts.ports import SessionStore
from marketplace.kit.clock import Clock
from marketplace.kit.errors import Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Transactions, Write
from marketplace.security.log import SecurityLog
from marketplace.security.risk import Judgement, Sighting

RACES_MAX = 4  # sign-ins of one account at the same moment that one may lose
CALM = Judgement(0, ())
_DEVICE_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session and its token, and the device's token where the device was not known: both are shown this once."""

    token: str = field(repr=False)
    session: Session
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signs in from where, on which device."""

    origin: Origin
    device_token: str = field(default="", repr=False)  # "" where the device has none

    @property
    def device_hash(self) -> str | None:
        """Return what the device is known by; None for what cannot be a token of ours."""
        return digest(self.device_token) if _DEVICE_TOKEN.fullmatch(self.device_token) else None


class Admission:
    """Opens sessions."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        sessions: SessionStore,
        entries: EntryStore,
        log: SecurityLog,
        limits: Limits | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._transactions = transactions
        self._sessions = sessions
        self._entries = entries
        self._log = log
        self._limits = limits or Limits()

    def check(self, account: Account) -> None:
        """Turn away who may not enter at all; asked only of somebody who proved to be the owner.

        A suspended person enters: to read why, and to appeal (web/access.py lets them do nothing else).

        Raises: AccountLocked.
        """
        if account.locked:
            raise AccountLocked

    def admit(
        self,
        account: Account,
        caller: Caller,
        *,
        how: str,
        writes: Sequence[Write],
        history: History | None = None,
        failures: int | None = None,
        judgement: Judgement = CALM,
    ) -> SignedIn:
        """Open a session together with `writes`, which spend what proved the account.

        `how` names the proof for the log. `history` and `failures` are what a sign-in has read already; `failures`
        says whether there is a row of failures with the account's address to end, and None that nobody looked.

        Raises: AccountLocked; what the writes refuse with; Unavailable.
        """
        self.check(account)
        forgiven = self._forgive(account) if failures is None or failures else []
        for _ in range(RACES_MAX):
            history = history or self._entries.history(account.account_id)
            signed_in, opening = self._open(account, caller, history, how, judgement)
            try:
                self._transactions.commit([*opening, *writes, *forgiven])
            except HistoryMoved:
                history = None  # another sign-in of the account came first
                continue
            return signed_in
        raise Unavailable(retry_after_seconds=1)

    def _open(
        self, account: Account, caller: Caller, history: History, how: str, judgement: Judgement
    ) -> tuple[SignedIn, list[Write]]:
        now = self._clock.now()
        known = history.known(caller.device_hash, now)
        device_token = None if known else self._ids.secret(SECRET_BYTES)
        here = sighting(caller.origin, now)
        after = history.after(here, known.token_hash if known else digest(device_token or ""))
        token, session = self.new_session(account, caller.origin, now, epoch=account.session_epoch)
        facts: dict[str, str | int] = {"how": how, "risk": judgement.points, "why": ",".join(judgement.why)}
        noted = self._log.note(
            account.account_id,
            "sign_in:succeeded",
            origin=caller.origin,
            session_id=session.session_id,
            facts={name: value for name, value in facts.items() if value != ""},
        )
        news = self._news(history, here, caller, session, is_known=known is not None)
        opening = [self._sessions.open_session(session), self._entries.keep_history(after), *noted, *news]
        return SignedIn(token, session, device_token), opening

    def new_session(self, account: Account, origin: Origin, now: datetime, *, epoch: int) -> tuple[str, Session]:
        """Make a session that has shown everything that the account asks for; its token is shown this once."""
        secret = self._ids.secret(SECRET_BYTES)
        session = Session(
            account_id=account.account_id,
            secret_hash=digest(secret),
            epoch=epoch,
            device=device_name(origin.user_agent),
            created_at=now,
            last_used_at=now,
            expires_at=now + timedelta(seconds=SESSION_KEPT_SECONDS),
            factor_at=now if account.has_factor else None,
            network=origin.network or None,
            country=origin.country,
        )
        return session_token(account.account_id, secret), session

    def _news(
        self, history: History, here: Sighting, caller: Caller, session: Session, *, is_known: bool
    ) -> list[Write]:
        """Tell the owner of a new country, else of a new device; the very first sign-in is no news."""
        if history.is_empty:
            return []
        countries = history.countries
        new_place = bool(countries) and here.country is not None and here.country not in countries
        if is_known and not new_place:
            return []
        kind = "sign_in:new_place" if new_place else "sign_in:new_device"
        return self._log.note(history.account_id, kind, origin=caller.origin, session_id=session.session_id)

    def _forgive(self, account: Account) -> list[Write]:
        """End the row of failures with the account's address: its owner is here."""
        now = self._clock.now()
        return [
            self._entries.forgive(limit, account, now)
            for limit in self._limits.password_by_email
            if limit.in_succession
        ]
