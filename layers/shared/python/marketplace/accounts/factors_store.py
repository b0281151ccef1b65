"""What a change of factors, of the address or a recovery changes of the account's own item.

Each raises the session epoch: sessions that were opened before, and are not carried over, end by it. Each holds only
while the epoch stands as it was read, so that two changes at once cannot both believe what they read.
"""

from collections.abc import Sequence

from pynamodb.expressions.update import Action

from marketplace.accounts.errors import AddressTaken, FactorsChanged
from marketplace.accounts.model import Account
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, PersonalRows
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Check, Delete, Put, Update

_EMAIL, OWNER = "email#", "owner"


class DynamoFactorChanges(PersonalRows):
    """Changes after which only one session lives on."""

    def disable_factor(self, account: Account) -> Write:
        return _anew(account, _WITHOUT_APP, last=account.passkeys == 0)

    def count_passkeys(self, account: Account, by: int) -> Write:
        left = max(0, account.passkeys + by)
        return _anew(account, [AccountsItem.passkeys.set(left)], last=left == 0 and not account.has_totp)

    def recover(self, account: Account, password_hash: str, *, password_is_long: bool) -> Write:
        actions = [
            AccountsItem.password_hash.set(password_hash),
            AccountsItem.password_is_long.set(password_is_long),
            AccountsItem.locked.set(False),
            AccountsItem.passkeys.set(0),
        ]
        return _anew(account, [*actions, *_WITHOUT_APP], last=True)

    def move_address(self, account: Account, email: str, *, displaced: str | None = None) -> list[Write]:
        current, *earlier = self._vault.blinds(email)
        unclaimed = AccountsItem.pk.does_not_exist()
        free = unclaimed | (AccountsItem.account_id == displaced) if displaced else unclaimed
        actions = [
            AccountsItem.email.set(self._sealed(account.account_id, ACCOUNT, "email", email)),
            AccountsItem.email_mark.set(current),
        ]
        unproved = AccountsItem.email_verified == False  # noqa: E712 - a condition, which DynamoDB judges
        claim = AccountsItem(_EMAIL + current, OWNER, account_id=account.account_id)
        return [
            Put(claim, AddressTaken(), free),
            *(Check(AccountsItem(_EMAIL + mark, OWNER), unclaimed, AddressTaken()) for mark in earlier),
            *([Delete(AccountsItem(displaced, ACCOUNT), unproved, AddressTaken())] if displaced else []),
            Delete(
                AccountsItem(_EMAIL + account.email_mark, OWNER),
                AccountsItem.account_id == account.account_id,
                FactorsChanged(),
            ),
            _anew(account, actions),
        ]


_WITHOUT_APP = (
    AccountsItem.totp_secret.remove(),
    AccountsItem.totp_pending.remove(),
    AccountsItem.totp_last_step.remove(),
)


def _anew(account: Account, actions: Sequence[Action], *, last: bool = False) -> Write:
    """Change an account and end its sessions; where the `last` factor goes, only if there is no role to keep it for."""
    raised = AccountsItem.session_epoch.set(account.session_epoch + 1)
    epoch = AccountsItem.session_epoch
    same = AccountsItem.pk.exists() & (
        (epoch == account.session_epoch) if account.session_epoch else (epoch.does_not_exist() | (epoch == 0))
    )
    if last:  # a role may have been granted since the account was read
        same &= AccountsItem.roles.does_not_exist()
    return Update(AccountsItem(account.account_id, ACCOUNT), [*actions, raised], same, FactorsChanged())
