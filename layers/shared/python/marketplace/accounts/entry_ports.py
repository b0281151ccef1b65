"""What signing in, and coming back in, need from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from marketplace.accounts.history import Entrance, History
from marketplace.accounts.limits import Limit
from marketplace.accounts.mailed import MailCode, MailedToken
from marketplace.accounts.model import Account
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Write


class EntryStore(Protocol):
    """What signing in reads and leaves behind."""

    def entrance(
        self, account_id: str, origin: Origin, *, counters: tuple[Limit, Limit], email: str, now: datetime
    ) -> tuple[Account | None, Entrance]:
        """Read in one round trip what an attempt is judged by.

        `counters` are the limits of failures in succession and in the present window, counted by `email`.
        """

    def history(self, account_id: str) -> History: ...

    def keep_nobody(self, now: datetime) -> list[Write]:
        """Store what is read where there is no account; refused with AddressTaken when it is there."""

    def keep_history(self, history: History) -> Write:
        """Store the next revision; refused with HistoryMoved when another came first."""

    def note_failing(self, origin: Origin, email: str, entrance: Entrance, now: datetime) -> list[Write]:
        """Count an address among those that fail from here; nothing more once there are very many."""

    def forgive(self, limit: Limit, account: Account, now: datetime) -> Write:
        """End the row of failures with the account's address."""

    def read_mail_code(self, account_id: str) -> MailCode | None: ...
    def put_mail_code(self, code: MailCode) -> Write: ...

    def mint_mail_code(self, code: MailCode) -> Write:
        """Give the waiting request its code; refused with Unavailable when another request took its place."""

    def spend_mail_code(self, code: MailCode) -> Write:
        """Remove the code; refused with CodeWrong when another took its place or it is spent."""

    def read_link(self, purpose: str, token_hash: str) -> MailedToken | None: ...
    def put_link(self, purpose: str, token_hash: str, token: MailedToken) -> Write: ...

    def spend_link(self, purpose: str, token_hash: str) -> Write:
        """Remove the token; refused with ResetLinkInvalid when it is spent."""

    def set_password(self, account: Account, password_hash: str, *, is_long: bool) -> Write:
        """Replace the password, end every session, unlock; refused with Unavailable when the account moved."""

    def lock(self, account: Account) -> Write:
        """Close every way in until a reset by mail, end every session, drop what waits to be confirmed."""


class ShownFactor(Protocol):
    """A factor that was shown and is not spent yet."""

    @property
    def step(self) -> int | None:
        """The time-step to spend with the account's own write."""

    @property
    def writes(self) -> Sequence[Write]: ...


class Factors(Protocol):
    """The check of typed factors; see factors/proofs.py."""

    def prove(
        self,
        account: Account,
        *,
        code: str | None,
        recovery_code: str | None,
        ip: str,
        device_hash: str | None = None,
    ) -> ShownFactor:
        """Judge what was typed; nothing counts before the writes are committed.

        `device_hash` is of a device that the account knows.

        Raises: CodeWrong; CodeUsed; TooManyAttempts.
        """


class Cooling(Protocol):
    """Payouts wait after a change that a thief would make; see factors/cooling.py."""

    def begin(self, account_id: str, cause: str) -> list[Write]: ...


class Undo(Protocol):
    """What takes back changes that somebody began or made, when the owner says that it was somebody else."""

    def undo(self, account: Account, told_mark: str) -> list[Write]:
        """Return the writes, which stand alone in their transaction; none when there is nothing to take back.

        `told_mark` is the address, in the blind index, whose reader says so: the account gets it back if it was its
        own until lately.
        """

    def reaches(self, account: Account, told_mark: str) -> bool:
        """Tell whether that address is the account's, or was until lately: nobody else is taken at their word."""
