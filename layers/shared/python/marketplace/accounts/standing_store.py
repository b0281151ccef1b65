"""What staff changes of an account: its roles, and what it may be used for."""

from pynamodb.expressions.update import Action

from marketplace.accounts.errors import AppointeeUnready, RoleNotHeld, StaffStands
from marketplace.accounts.model import Account
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, change
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Update


class DynamoStanding:
    """Roles and suspensions of accounts."""

    def grant_role(self, account_id: str, role: str) -> Write:
        has_factor = AccountsItem.totp_secret.exists() | (AccountsItem.passkeys > 0)
        absent = AccountsItem.roles.does_not_exist() | ~AccountsItem.roles.contains(role)
        ready = (AccountsItem.email_verified == True) & has_factor  # noqa: E712 - a condition, which DynamoDB judges
        for mark in (AccountsItem.suspended, AccountsItem.locked):
            ready &= mark.does_not_exist() | (mark == False)  # noqa: E712 - the same
        actions = [AccountsItem.roles.add({role})]
        return Update(AccountsItem(account_id, ACCOUNT), actions, absent & ready, AppointeeUnready())

    def remove_role(self, account_id: str, role: str) -> Write:
        actions = [AccountsItem.roles.delete({role}), AccountsItem.session_epoch.add(1)]
        held = AccountsItem.roles.contains(role)
        return Update(AccountsItem(account_id, ACCOUNT), actions, held, RoleNotHeld())

    def dismiss(self, account: Account) -> Write:
        actions = [AccountsItem.roles.remove(), AccountsItem.session_epoch.add(1)]
        same = AccountsItem.roles == set(account.roles)
        return Update(AccountsItem(account.account_id, ACCOUNT), actions, same, RoleNotHeld())

    def suspend(self, account_id: str, *, selling_only: bool) -> Write:
        no_staff = AccountsItem.pk.exists() & AccountsItem.roles.does_not_exist()
        flag = AccountsItem.selling_suspended if selling_only else AccountsItem.suspended
        actions: list[Action] = [flag.set(True)]
        if not selling_only:
            actions.append(AccountsItem.session_epoch.add(1))
        return Update(AccountsItem(account_id, ACCOUNT), actions, no_staff, StaffStands())

    def reinstate(self, account_id: str) -> Write:
        return change(account_id, [AccountsItem.suspended.set(False), AccountsItem.selling_suspended.set(False)])
