"""The way back for somebody who lost password and factors and has the mailbox only: a request, three days, a new start.

The delay is the protection: every address of the account is told at once and again before the end, and any session or
mailed link calls it off. What asks for it reads and writes the same for every address.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from marketplace.accounts.attempts import Attempts
from marketplace.accounts.errors import EmailInvalid, HistoryMoved, PasswordRefused, TooManyAttempts
from marketplace.accounts.model import Account
from marketplace.accounts.names import normalise_email
from marketplace.accounts.password_setting import PasswordSetting
from marketplace.factors.elsewhere import Elsewhere
from marketplace.factors.errors import LinkInvalid, RecoveryMissing, RecoveryNeedsTwo, RecoveryNotDue
from marketplace.factors.keeper import FactorKeeper
from marketplace.factors.limits import FactorLimits
from marketplace.factors.links import Links
from marketplace.factors.model import (
    BEGIN,
    CANCEL,
    FINISH,
    RECOVERY,
    RECOVERY_DELAY,
    RECOVERY_REMINDED_BEFORE,
    Link,
    Recovery,
)
from marketplace.factors.ports import PasskeyStore, RecoveryStore
from marketplace.kit.clock import to_text
from marketplace.kit.errors import Conflict, Unavailable
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Write
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox

_NOBODY = "nobody#"  # no account's id


class Recoveries:
    """From the question to the new password."""

    def __init__(
        self,
        *,
        keeper: FactorKeeper,
        ids: Ids,
        outbox: Outbox,
        attempts: Attempts,
        recoveries: RecoveryStore,
        passkeys: PasskeyStore,
        elsewhere: Elsewhere,
        links: Links,
        setting: PasswordSetting,
        limits: FactorLimits | None = None,
        delay: timedelta = RECOVERY_DELAY,
    ) -> None:
        self._keeper = keeper
        self._ids = ids
        self._outbox = outbox
        self._attempts = attempts
        self._recoveries = recoveries
        self._passkeys = passkeys
        self._elsewhere = elsewhere
        self._links = links
        self._setting = setting
        self._limits = limits or FactorLimits()
        self._delay = delay

    def ask(self, email: str, origin: Origin) -> None:
        """Mail the next step to an address with an account; silence in every other case, limits included.

        The next step is a link to begin, to call off while it waits, or to finish when the time is over.

        Raises: Unavailable when the attempt could not be counted, whatever the address.
        """
        with suppress(EmailInvalid, TooManyAttempts, Conflict):
            address, now = normalise_email(email), self._keeper.clock.now()
            account_id = self._keeper.accounts.owner_of(address)
            account = self._keeper.accounts.read(account_id or _NOBODY)
            known = account if account is not None and account.email_verified else None
            kind = self._next_mail(known)
            once = self._ids.new("ask", now)
            asked = self._outbox.publish(event(kind, known.account_id if known else _NOBODY + once, now, once=once))
            limits = self._limits
            self._attempts.take(
                (limits.recovery_by_email, address), (limits.recovery_by_ip, origin.ip), alongside=[asked]
            )

    def mint_begin(self, account_id: str, _email: str) -> str:
        """Return a fresh token that begins a recovery, unless the account has another address by then.

        Raises: AccountMissing.
        """
        return self._links.mint(BEGIN, account_id, "", self._keeper.account(account_id).email_mark)

    def mint_cancel(self, account_id: str, _email: str) -> str:
        """Return a fresh token that calls the recovery off.

        Raises: RecoveryMissing.
        """
        return self._links.mint(CANCEL, account_id, self._under_way(account_id).recovery_id)

    def mint_finish(self, account_id: str, _email: str) -> str:
        """Return a fresh token that finishes the recovery, unless the account has another address by then.

        Raises: RecoveryMissing; AccountMissing.
        """
        mark = self._keeper.account(account_id).email_mark
        return self._links.mint(FINISH, account_id, self._under_way(account_id).recovery_id, mark)

    def begin(self, token: str, *, origin: Origin) -> datetime:
        """Begin with a mailed token, and return from when on it can be finished; one that is under way goes on.

        Raises: LinkInvalid; RecoveryNeedsTwo; TooManyAttempts; RecoveryMoved when two begin at once.
        """
        keeper = self._keeper
        self._attempts.take((self._limits.token_by_ip, origin.ip))
        link, spent = self._links.read(token, BEGIN)
        self._check(link, keeper.account(link.account_id))
        now = keeper.clock.now()
        former = self._recoveries.recovery(link.account_id)
        if former is not None and now < former.ends_at:
            keeper.transactions.commit([spent])
            return former.due_at
        made = Recovery(link.account_id, self._ids.new(RECOVERY, now), now + self._delay)
        keeper.transactions.commit([spent, *self._begun(made, former, origin)])
        return made.due_at

    def beginning(self, account_id: str) -> list[Write]:
        """Return what begins a recovery that others agreed on; none where one is under way."""
        former, now = self._recoveries.recovery(account_id), self._keeper.clock.now()
        if former is not None and now < former.ends_at:
            return []
        made = Recovery(account_id, self._ids.new(RECOVERY, now), now + self._delay)
        return self._begun(made, former, Origin(""))

    def _begun(self, made: Recovery, former: Recovery | None, origin: Origin) -> list[Write]:
        return [
            self._recoveries.begin_recovery(made, former),
            self._recoveries.remember_to_remind(made, made.due_at - RECOVERY_REMINDED_BEFORE),
            *self._keeper.noted(made.account_id, "recovery:started", origin, due_at=to_text(made.due_at)),
            *self._elsewhere.tell_former(made.account_id, "account.recovery_elsewhere", made.recovery_id),
        ]

    def cancel(self, account_id: str, *, origin: Origin) -> None:
        """Call it off, as anybody may who is signed in.

        Raises: RecoveryMissing.
        """
        self._end(self._under_way(account_id), [], origin)

    def cancel_by(self, token: str, *, origin: Origin) -> None:
        """Call it off with a mailed token, from any address of the account.

        Raises: LinkInvalid; TooManyAttempts.
        """
        self._attempts.take((self._limits.token_by_ip, origin.ip))
        link, spent = self._links.read(token, CANCEL)
        recovery = self._recoveries.recovery(link.account_id)
        if recovery is None or recovery.recovery_id != link.subject:
            raise LinkInvalid
        self._end(recovery, [spent], origin)

    def finish(self, token: str, password: str, *, origin: Origin) -> None:
        """Set a new password after the delay: every factor goes, every session ends, every device is forgotten.

        Raises: LinkInvalid; RecoveryNotDue; RecoveryNeedsTwo; PasswordRefused; FactorsChanged; TooManyAttempts.
        """
        keeper = self._keeper
        self._attempts.take((self._limits.token_by_ip, origin.ip))
        link, spent = self._links.read(token, FINISH)
        recovery, now = self._recoveries.recovery(link.account_id), keeper.clock.now()
        if recovery is None or recovery.recovery_id != link.subject or now >= recovery.ends_at:
            raise LinkInvalid
        if now < recovery.due_at:
            raise RecoveryNotDue(due_at=to_text(recovery.due_at))
        account = keeper.account(link.account_id)
        self._check(link, account)
        chosen = self._setting.choose(account, password)
        if not chosen.is_long:
            raise PasswordRefused("too_short")
        writes = [
            spent,
            self._recoveries.end_recovery(recovery),
            keeper.accounts.recover(account, chosen.password_hash, password_is_long=True),
            *self._forgotten(account),
            *self._setting.forgive(account, now),
            *keeper.cool(account.account_id, "recovery:completed"),
            *keeper.noted(account.account_id, "recovery:completed", origin),
        ]
        try:
            keeper.commit(writes)
        except HistoryMoved:
            raise Unavailable(retry_after_seconds=1) from None  # somebody signed in at the same moment

    def remind(self) -> int:
        """Tell every address of each recovery that ends within a day, once; return how many.

        The event's own id is what tells them once: the outbox refuses it ever after.
        """
        now = self._keeper.clock.now()
        days = [(now - timedelta(days=back)).date().isoformat() for back in (1, 0)]
        due = [account_id for day in days for account_id, at in self._recoveries.to_remind(day) if at <= now]
        return sum(self._remind(account_id, now) for account_id in due)

    def undo(self, account: Account) -> list[Write]:
        """Return what drops a recovery that somebody else may have begun."""
        recovery = self._recoveries.recovery(account.account_id)
        return [self._recoveries.end_recovery(recovery)] if recovery else []

    def _next_mail(self, account: Account | None) -> str:
        now = self._keeper.clock.now()
        recovery = self._recoveries.recovery(account.account_id if account else _NOBODY)
        if account is None:
            return "account.nobody"
        if account.roles:
            return "account.recovery_needs_two"
        if recovery is None or now >= recovery.ends_at:
            return "account.recovery_asked"
        return "account.recovery_waiting" if now < recovery.due_at else "account.recovery_due"

    def _check(self, link: Link, account: Account) -> None:
        """Refuse what was mailed to an address that the account had, and staff."""
        if link.email_mark != account.email_mark:
            raise LinkInvalid
        if account.roles:
            raise RecoveryNeedsTwo

    def _under_way(self, account_id: str) -> Recovery:
        recovery = self._recoveries.recovery(account_id)
        if recovery is None or self._keeper.clock.now() >= recovery.ends_at:
            raise RecoveryMissing
        return recovery

    def _end(self, recovery: Recovery, spent: list[Write], origin: Origin) -> None:
        noted = self._keeper.noted(recovery.account_id, "recovery:cancelled", origin)
        self._keeper.transactions.commit([*spent, self._recoveries.end_recovery(recovery), *noted])

    def _forgotten(self, account: Account) -> list[Write]:
        """Return what removes passkeys, recovery codes and known devices."""
        keys = [
            write
            for passkey in self._passkeys.passkeys(account.account_id)
            for write in self._passkeys.remove_passkey(passkey)
        ]
        return [
            *keys,
            *self._keeper.recovery_codes.clear(account.account_id),
            *self._setting.forget_devices(account.account_id),
        ]

    def _remind(self, account_id: str, now: datetime) -> int:
        recovery = self._recoveries.recovery(account_id)
        if recovery is None or now >= recovery.due_at:
            return 0
        once, due_at = recovery.recovery_id, to_text(recovery.due_at)
        soon = self._outbox.publish(event("account.recovery_soon", account_id, now, once=once, due_at=due_at))
        told = self._elsewhere.tell_former(account_id, "account.recovery_elsewhere", f"{once}/soon")
        with suppress(Conflict):
            self._keeper.transactions.commit([soon, *told])
            return 1
        return 0
