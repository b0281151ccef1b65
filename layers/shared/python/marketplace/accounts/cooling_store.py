"""The payout cooling of an account: an item of its own, so that it joins a transaction that changes the account too."""

from datetime import datetime

from marketplace.accounts.table_store import AccountsItem
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Write
from marketplace.storage.transaction import Replace

COOLING = "cooling"


class DynamoCooling:
    """Until when an account is not paid out, and why."""

    def cool(self, account_id: str, until: datetime, cause: str) -> Write:
        item = AccountsItem(account_id, COOLING, payouts_after=to_text(until), cause=cause)
        return Replace(item, Unavailable(retry_after_seconds=1))  # a later cooling always ends later

    def payouts_after(self, account_id: str) -> datetime | None:
        item = AccountsItem.read(account_id, COOLING)
        return from_text(item.payouts_after) if item and item.payouts_after else None
