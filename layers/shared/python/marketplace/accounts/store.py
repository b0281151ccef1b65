"""The accounts table: everything about one account lies in its partition, read by key (see table_store)."""

from dataclasses import replace
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from marketplace.accounts.cooling_store import DynamoCooling
from marketplace.accounts.entry_store import DynamoEntries, always
from marketplace.accounts.errors import (
    AddressTaken,
    CodeUsed,
    CodeWrong,
    PasswordWrong,
    SignInClosed,
    TokenInvalid,
    TooManyAttempts,
)
from marketplace.accounts.factors_store import DynamoFactorChanges
from marketplace.accounts.history import NOBODY
from marketplace.accounts.limits import Limit
from marketplace.accounts.model import Account, Owner, Verification
from marketplace.accounts.sealed_values import sealed_text
from marketplace.accounts.sellers_store import DynamoSellers
from marketplace.accounts.sessions_store import DynamoSessions
from marketplace.accounts.standing_store import DynamoStanding
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, change, item_of, place, value_of
from marketplace.kit.clock import to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Delete, Put, Update

OWNER, VERIFY = "owner", "verify"
RECOVERY_PREFIX = "recovery#"
_EMAIL_PREFIX = "email#"
_NOBODYS_ADDRESS = {"pk": {"S": _EMAIL_PREFIX}, "sk": {"S": OWNER}, "account_id": {"S": NOBODY}}


class DynamoAccounts(DynamoSessions, DynamoEntries, DynamoSellers, DynamoCooling, DynamoStanding, DynamoFactorChanges):
    """Accounts, their sessions, their seller side, and the counters that protect them."""

    def owner(self, email: str) -> Owner | None:
        keys = [(_EMAIL_PREFIX + mark, OWNER) for mark in self.email_marks(email)]
        # One key, unless the blind index is changing its own: then each is looked under, whichever has the address.
        found = [AccountsItem.read(*key) for key in keys]
        item = next((each for each in found if each), None)
        if item is None:
            # What is not there is decoded as well, so that it takes as long.
            _owner_of(AccountsItem.from_raw_data(_NOBODYS_ADDRESS))
            return None
        return _owner_of(item)

    def email_marks(self, email: str) -> tuple[str, ...]:
        return self._vault.blinds(email)

    def owner_of(self, email: str) -> str | None:
        found = self.owner(email)
        return found.account_id if found else None

    def read(self, account_id: str) -> Account | None:
        item = AccountsItem.read(account_id, ACCOUNT)
        return self._account_of(item) if item else None

    def open(self, account: Account) -> list[Write]:
        begun = self._vault.begin(account.account_id)
        current, *earlier = self.email_marks(account.email)
        marked = replace(account, email_mark=current)
        owner = AccountsItem(_EMAIL_PREFIX + current, OWNER, account_id=account.account_id)
        free = AccountsItem.pk.does_not_exist()
        return [
            Put(owner, AddressTaken()),
            # A deletion of what must not be there: a check, without asking for the right to check.
            *(Delete(AccountsItem(_EMAIL_PREFIX + mark, OWNER), free, AddressTaken()) for mark in earlier),
            Put(self._item_of(account.account_id, ACCOUNT, marked, seal=begun.seal), AddressTaken()),
            *begun.writes,
        ]

    def sign_up_anew(self, account: Account) -> list[Write]:
        begun = self._vault.begin(account.account_id)
        place_of_name = place(account.account_id, account.account_id, ACCOUNT, "display_name")
        mark = AccountsItem.signup_mark
        actions = [
            AccountsItem.password_hash.set(account.password_hash),
            AccountsItem.display_name.set(begun.seal(place_of_name, account.display_name)),
            AccountsItem.locale.set(account.locale),
            mark.set(account.signup_mark) if account.signup_mark else mark.remove(),
        ]
        anew = Update(AccountsItem(account.account_id, ACCOUNT), actions, _unproved(), AddressTaken())
        return [anew, *begun.writes]

    def note_told(self, email: str, owner: Owner, told_at: datetime) -> Write:
        last = AccountsItem.told_at
        same = (AccountsItem.account_id == owner.account_id) & (
            last == to_text(owner.told_at) if owner.told_at else last.does_not_exist()
        )
        mark = owner.email_mark or self._vault.blind(email)
        return Update(AccountsItem(_EMAIL_PREFIX + mark, OWNER), [last.set(to_text(told_at))], same, AddressTaken())

    def rename(self, account_id: str, *, display_name: str | None, locale: str | None) -> Write:
        name = self._sealed(account_id, ACCOUNT, "display_name", display_name) if display_name is not None else None
        changed = {"display_name": name, "locale": locale}
        actions = [getattr(AccountsItem, name).set(value) for name, value in changed.items() if value is not None]
        return change(account_id, actions)

    def read_verification(self, token_hash: str) -> Verification | None:
        item = AccountsItem.read(f"token#{token_hash}", VERIFY)
        return value_of(Verification, item) if item else None

    def put_verification(self, token_hash: str, verification: Verification) -> Write:
        return Put(item_of(f"token#{token_hash}", VERIFY, verification), TokenInvalid())

    def verify_email(self, token_hash: str, account: Account, *, roles: frozenset[str]) -> list[Write]:
        actions: list[Action] = [AccountsItem.email_verified.set(True)]
        if roles:
            actions.append(AccountsItem.roles.add(set(roles)))
        token = AccountsItem(f"token#{token_hash}", VERIFY)
        same = _unproved() & (AccountsItem.email_mark == account.email_mark)
        same &= AccountsItem.password_hash == account.password_hash
        return [
            Delete(token, AccountsItem.pk.exists(), TokenInvalid()),
            Update(AccountsItem(account.account_id, ACCOUNT), actions, same, PasswordWrong()),
        ]

    # Second factor

    def begin_factor(self, account_id: str, secret: str) -> Write:
        pending = AccountsItem.totp_pending.set(self._sealed(account_id, ACCOUNT, "totp_pending", secret))
        return change(account_id, [pending])

    def enable_factor(self, account: Account, step: int) -> Write:
        # Sealed anew: what was sealed as pending opens nowhere else.
        secret = self._sealed(account.account_id, ACCOUNT, "totp_secret", account.totp_pending or "")
        actions = [
            AccountsItem.totp_secret.set(secret),
            AccountsItem.totp_pending.remove(),
            AccountsItem.totp_last_step.set(step),
            AccountsItem.session_epoch.set(account.session_epoch + 1),
        ]
        pending = sealed_text(account, "totp_pending")
        same = AccountsItem.totp_pending == pending
        # Sessions that somebody ends meanwhile must stay ended.
        same &= AccountsItem.session_epoch == account.session_epoch
        return Update(AccountsItem(account.account_id, ACCOUNT), actions, same, CodeUsed())

    def spend(self, account: Account, *, step: int | None, password_hash: str | None) -> list[Write]:
        actions: list[Action] = []
        condition = AccountsItem.pk.exists()
        if step is not None:
            actions.append(AccountsItem.totp_last_step.set(step))
            condition &= AccountsItem.totp_secret == sealed_text(account, "totp_secret")
            condition &= AccountsItem.totp_last_step < step
            told = AccountsItem.totp_told_step
            condition &= told.does_not_exist() | (told != step)
        if password_hash is not None:
            actions.append(AccountsItem.password_hash.set(password_hash))
            condition &= AccountsItem.password_hash == account.password_hash
        if not actions:
            return []
        refusal = Unavailable(retry_after_seconds=1) if step is None else CodeUsed()  # a password changed meanwhile
        return [Update(AccountsItem(account.account_id, ACCOUNT), actions, condition, refusal)]

    def refuse_step(self, account_id: str, step: int) -> Write:
        return change(account_id, [AccountsItem.totp_told_step.set(step)])

    def recovery_hashes(self, account_id: str) -> list[str]:
        found = AccountsItem.read_partition(account_id, AccountsItem.sk.startswith(RECOVERY_PREFIX))
        return [item.sk.removeprefix(RECOVERY_PREFIX) for item in found]

    def put_recovery(self, account_id: str, code_hash: str) -> Write:
        return Put(AccountsItem(account_id, RECOVERY_PREFIX + code_hash), CodeUsed())

    def spend_recovery(self, account_id: str, code_hash: str) -> Write:
        return Delete(AccountsItem(account_id, RECOVERY_PREFIX + code_hash), AccountsItem.pk.exists(), CodeWrong())

    # Attempts

    def take(self, limit: Limit, subject: str, now: datetime) -> Write:
        actions = [AccountsItem.attempts.add(1), AccountsItem.expires_at.set(limit.window_end(now))]
        left = AccountsItem.attempts.does_not_exist() | (AccountsItem.attempts < limit.attempts_max)
        return Update(self._counter(limit, subject, now), actions, left, _refusal(limit, now))

    def give_back(self, limit: Limit, subject: str, now: datetime) -> Write:
        counter = self._counter(limit, subject, now)
        if limit.in_succession:  # what succeeds ends the row of failures, whoever else ended it meanwhile
            return Delete(counter, always(), Unavailable())
        return Update(counter, [AccountsItem.attempts.add(-1)], AccountsItem.attempts > 0, TooManyAttempts())

    def _counter(self, limit: Limit, subject: str, now: datetime) -> AccountsItem:
        return AccountsItem(*self._counter_key(limit, subject, now))


def _refusal(limit: Limit, now: datetime) -> TooManyAttempts | SignInClosed:
    if limit.in_succession:
        return SignInClosed()
    return TooManyAttempts(retry_after_seconds=limit.window_end(now) - int(now.timestamp()))


def _owner_of(item: AccountsItem) -> Owner:
    return value_of(Owner, item, email_mark=(item.pk or "").removeprefix(_EMAIL_PREFIX))


def _unproved() -> Condition:
    return AccountsItem.email_verified == False  # noqa: E712 - a condition, which DynamoDB judges
