"""What signing in reads and leaves behind, in the accounts table.

pk = account sk = history | mail-code. Beside them token#<hash>/<purpose>, and network#<mark>/window#<start>: the
accounts on which somebody failed from there, as a set, so that many tries on one count once.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from pynamodb.expressions.condition import Condition

from marketplace.accounts.attempts import counted_as
from marketplace.accounts.errors import AddressTaken, CodeWrong, HistoryMoved, ResetLinkInvalid
from marketplace.accounts.history import NOBODY, Entrance, History, nobodys_devices
from marketplace.accounts.limits import Limit
from marketplace.accounts.mailed import MailCode, MailedToken
from marketplace.accounts.model import Account
from marketplace.accounts.table_store import (
    ACCOUNT,
    PERSONAL_FIELDS,
    AccountsItem,
    PersonalRows,
    filled,
    item_of,
    value_of,
)
from marketplace.kit.errors import Unavailable
from marketplace.kit.origin import Origin
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Delete, Put, Replace, Update

HISTORY, MAIL_CODE = "history", "mail-code"
SPREAD_WINDOW_SECONDS = 3_600
SPREAD_COUNTED_MAX = 200  # accounts in one set: well past every rule that looks at its size
_SHORT = 16  # characters that tell accounts of one network apart
_SEALED_LENGTH = 80  # characters of a usual sealed name
_ACCOUNT_ID = re.compile(r"acc_[0-9a-z]{26}")


class DynamoEntries(PersonalRows):
    """History, failures over many accounts, mailed codes and links."""

    def entrance(
        self, account_id: str, origin: Origin, *, counters: tuple[Limit, Limit], email: str, now: datetime
    ) -> tuple[Account | None, Entrance]:
        stop, recent = counters
        keys = {
            "account": (account_id, ACCOUNT),
            "history": (account_id, HISTORY),
            "stop": self._counter_key(stop, email, now),
            "recent": self._counter_key(recent, email, now),
            "address": self._spread_key(_address_of(origin), now),
            "network": self._spread_key(_network_of(origin), now),
        }
        rows = {(item.pk, item.sk): item for item in AccountsItem.read_many(list(keys.values()))}
        found = {name: rows[key] for name, key in keys.items() if key in rows}
        history = self._value_of(History, found["history"], account_id=account_id) if "history" in found else None
        entrance = Entrance(
            history=history or History(account_id),
            failures=_attempts(found.get("stop")),
            recent=_attempts(found.get("recent")),
            failing_at_address=_size(found.get("address")),
            failing_in_network=_size(found.get("network")),
        )
        account = self._account_of(found["account"]) if "account" in found else None
        if account is None or account_id == NOBODY:
            return None, replace(entrance, nobody_is_there=account is not None)
        return account, entrance

    def keep_nobody(self, now: datetime) -> list[Write]:
        """Store what is read where there is no account, so that reading nothing takes as long; refused when there."""
        nobody = Account(NOBODY, "", "", "es", "x" * 97, created_at=now, suspended=True, email_mark="nobody")
        account = filled(AccountsItem(NOBODY, ACCOUNT), nobody, without=PERSONAL_FIELDS)
        account.email, account.display_name = "x" * _SEALED_LENGTH, "x" * _SEALED_LENGTH
        history = AccountsItem(NOBODY, HISTORY, revision=1, places="x" * 3 * _SEALED_LENGTH)
        history.devices = nobodys_devices(now)
        return [Put(account, AddressTaken()), Put(history, AddressTaken())]

    def history(self, account_id: str) -> History:
        item = AccountsItem.read(account_id, HISTORY)
        return self._value_of(History, item, account_id=account_id) if item else History(account_id)

    def keep_history(self, history: History) -> Write:
        before: Condition = AccountsItem.revision == history.revision - 1
        if history.revision == 1:
            before = AccountsItem.pk.does_not_exist()
        return Put(self._item_of(history.account_id, HISTORY, history), HistoryMoved(), before)

    def note_failing(self, origin: Origin, email: str, entrance: Entrance, now: datetime) -> list[Write]:
        counted = {_address_of(origin): entrance.failing_at_address, _network_of(origin): entrance.failing_in_network}
        return [self._spread(where, email, now) for where, known in counted.items() if known < SPREAD_COUNTED_MAX]

    def forgive(self, limit: Limit, account: Account, now: datetime) -> Write:
        counter = AccountsItem(f"limit#{limit.name}#{account.email_mark}", f"window#{limit.window_start(now)}")
        return Delete(counter, always(), Unavailable())

    def read_mail_code(self, account_id: str) -> MailCode | None:
        item = AccountsItem.read(account_id, MAIL_CODE)
        return value_of(MailCode, item, account_id=account_id) if item else None

    def put_mail_code(self, code: MailCode) -> Write:
        return Replace(item_of(code.account_id, MAIL_CODE, code), Unavailable())

    def mint_mail_code(self, code: MailCode) -> Write:
        waits = AccountsItem.request_hash == code.request_hash
        return Put(item_of(code.account_id, MAIL_CODE, code), Unavailable(retry_after_seconds=1), waits)

    def spend_mail_code(self, code: MailCode) -> Write:
        same = AccountsItem.code_hash == code.code_hash
        return Delete(AccountsItem(code.account_id, MAIL_CODE), same, CodeWrong())

    def read_link(self, purpose: str, token_hash: str) -> MailedToken | None:
        item = AccountsItem.read(f"token#{token_hash}", purpose)
        return value_of(MailedToken, item) if item else None

    def put_link(self, purpose: str, token_hash: str, token: MailedToken) -> Write:
        return Put(item_of(f"token#{token_hash}", purpose, token), ResetLinkInvalid())

    def spend_link(self, purpose: str, token_hash: str) -> Write:
        return Delete(AccountsItem(f"token#{token_hash}", purpose), AccountsItem.pk.exists(), ResetLinkInvalid())

    def set_password(self, account: Account, password_hash: str, *, is_long: bool) -> Write:
        actions = [
            AccountsItem.password_hash.set(password_hash),
            AccountsItem.password_is_long.set(is_long),
            AccountsItem.locked.set(False),
            AccountsItem.session_epoch.set(account.session_epoch + 1),
        ]
        # Of two changes at once the second must look again, and sessions that somebody ended stay ended.
        same = AccountsItem.password_hash == account.password_hash
        same &= AccountsItem.session_epoch == account.session_epoch
        return Update(AccountsItem(account.account_id, ACCOUNT), actions, same, Unavailable(retry_after_seconds=1))

    def lock(self, account: Account) -> Write:
        actions = [
            AccountsItem.locked.set(True),
            AccountsItem.session_epoch.add(1),
            AccountsItem.totp_pending.remove(),
        ]
        return Update(AccountsItem(account.account_id, ACCOUNT), actions, AccountsItem.pk.exists(), Unavailable())

    def _counter_key(self, limit: Limit, subject: str, now: datetime) -> tuple[str, str]:
        # An address, of mail or of a network, is a name that a plain hash would not hide: there are too few of them.
        counted = subject if _ACCOUNT_ID.fullmatch(subject) else self._vault.blind(subject)
        return f"limit#{limit.name}#{counted}", f"window#{limit.window_start(now)}"

    def _spread_key(self, where: str, now: datetime) -> tuple[str, str]:
        return f"network#{self._vault.blind(where)}", f"window#{_window(now)}"

    def _spread(self, where: str, email: str, now: datetime) -> Write:
        actions = [
            AccountsItem.subjects.add({self._vault.blind(f"{where}#{email}")[-_SHORT:]}),
            AccountsItem.expires_at.set(_window(now) + 2 * SPREAD_WINDOW_SECONDS),
        ]
        return Update(AccountsItem(*self._spread_key(where, now)), actions, always(), Unavailable())


def always() -> Condition:
    """Return a condition that holds for every item, there or not."""
    either: Condition = AccountsItem.pk.exists() | AccountsItem.pk.does_not_exist()
    return either


def _attempts(item: Any) -> int:
    return (item.attempts or 0) if item is not None else 0


def _size(item: Any) -> int:
    return len(item.subjects or ()) if item is not None else 0


def _address_of(origin: Origin) -> str:
    return f"address#{counted_as(origin.ip)}"


def _network_of(origin: Origin) -> str:
    return f"network#{origin.network}"


def _window(now: datetime) -> int:
    return int(now.timestamp()) // SPREAD_WINDOW_SECONDS * SPREAD_WINDOW_SECONDS
