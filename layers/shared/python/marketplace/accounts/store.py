"""The accounts table: everything about one account lies in its partition, read by key (see table_store)."""

from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from marketplace.accounts.errors import (
    AddressTaken,
    CodeUsed,
    CodeWrong,
    FactorEnabled,
    PasswordWrong,
    TokenInvalid,
    TooManyAttempts,
)
from marketplace.accounts.limits import Limit
from marketplace.accounts.model import Account, Owner, Verification, digest
from marketplace.accounts.sellers_store import DynamoSellers
from marketplace.accounts.sessions_store import DynamoSessions
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, account_of, change, item_of, value_of
from marketplace.kit.clock import to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Delete, Put, Update

OWNER, VERIFY = "owner", "verify"
RECOVERY_PREFIX = "recovery#"


class DynamoAccounts(DynamoSessions, DynamoSellers):
    """Accounts, their sessions, their seller side, and the counters that protect them."""

    def owner(self, email: str) -> Owner | None:
        item = AccountsItem.read(f"email#{email}", OWNER)
        return value_of(Owner, item) if item else None

    def owner_of(self, email: str) -> str | None:
        found = self.owner(email)
        return found.account_id if found else None

    def read(self, account_id: str) -> Account | None:
        item = AccountsItem.read(account_id, ACCOUNT)
        return account_of(item) if item else None

    def open(self, account: Account) -> list[Write]:
        owner = AccountsItem(f"email#{account.email}", OWNER, account_id=account.account_id)
        return [Put(owner, AddressTaken()), Put(item_of(account.account_id, ACCOUNT, account), AddressTaken())]

    def sign_up_anew(self, account: Account) -> Write:
        mark = AccountsItem.signup_mark
        actions = [
            AccountsItem.password_hash.set(account.password_hash),
            AccountsItem.display_name.set(account.display_name),
            AccountsItem.locale.set(account.locale),
            mark.set(account.signup_mark) if account.signup_mark else mark.remove(),
        ]
        return Update(AccountsItem(account.account_id, ACCOUNT), actions, _unproved(), AddressTaken())

    def note_told(self, email: str, owner: Owner, told_at: datetime) -> Write:
        last = AccountsItem.told_at
        same = (AccountsItem.account_id == owner.account_id) & (
            last == to_text(owner.told_at) if owner.told_at else last.does_not_exist()
        )
        return Update(AccountsItem(f"email#{email}", OWNER), [last.set(to_text(told_at))], same, AddressTaken())

    def rename(self, account_id: str, *, display_name: str | None, locale: str | None) -> Write:
        changed = {"display_name": display_name, "locale": locale}
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
        same = _unproved() & (AccountsItem.email == account.email)
        same &= AccountsItem.password_hash == account.password_hash
        return [
            Delete(token, AccountsItem.pk.exists(), TokenInvalid()),
            Update(AccountsItem(account.account_id, ACCOUNT), actions, same, PasswordWrong()),
        ]

    # Second factor

    def begin_factor(self, account_id: str, secret: str) -> Write:
        absent = AccountsItem.pk.exists() & AccountsItem.totp_secret.does_not_exist()
        return Update(
            AccountsItem(account_id, ACCOUNT), [AccountsItem.totp_pending.set(secret)], absent, FactorEnabled()
        )

    def enable_factor(self, account: Account, step: int) -> Write:
        actions = [
            AccountsItem.totp_secret.set(AccountsItem.totp_pending),
            AccountsItem.totp_pending.remove(),
            AccountsItem.totp_last_step.set(step),
            AccountsItem.session_epoch.set(account.session_epoch + 1),
        ]
        same = (AccountsItem.totp_pending == account.totp_pending) & AccountsItem.totp_secret.does_not_exist()
        # Sessions that somebody ends meanwhile must stay ended.
        same &= AccountsItem.session_epoch == account.session_epoch
        return Update(AccountsItem(account.account_id, ACCOUNT), actions, same, CodeUsed())

    def spend(self, account: Account, *, step: int | None, password_hash: str | None) -> list[Write]:
        actions: list[Action] = []
        condition = AccountsItem.pk.exists()
        if step is not None:
            actions.append(AccountsItem.totp_last_step.set(step))
            condition &= (AccountsItem.totp_secret == account.totp_secret) & (AccountsItem.totp_last_step < step)
        if password_hash is not None:
            actions.append(AccountsItem.password_hash.set(password_hash))
            condition &= AccountsItem.password_hash == account.password_hash
        if not actions:
            return []
        refusal = Unavailable(retry_after_seconds=1) if step is None else CodeUsed()  # a password changed meanwhile
        return [Update(AccountsItem(account.account_id, ACCOUNT), actions, condition, refusal)]

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
        wait_seconds = limit.window_end(now) - int(now.timestamp())
        return Update(_counter(limit, subject, now), actions, left, TooManyAttempts(retry_after_seconds=wait_seconds))

    def give_back(self, limit: Limit, subject: str, now: datetime) -> Write:
        taken = AccountsItem.attempts > 0
        return Update(_counter(limit, subject, now), [AccountsItem.attempts.add(-1)], taken, TooManyAttempts())


def _unproved() -> Condition:
    return AccountsItem.email_verified == False  # noqa: E712 - a condition, which DynamoDB judges


def _counter(limit: Limit, subject: str, now: datetime) -> AccountsItem:
    return AccountsItem(f"limit#{limit.name}#{digest(subject)}", f"window#{limit.window_start(now)}")
