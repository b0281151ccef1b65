"""The accounts table's one kind of item, and how values become items and back.

pk = account id; sk = account | session#<hash> | seller | recovery#<hash>. Beside it, one item each:
email#<address>/owner, token#<hash>/verify, stripe#<id>/seller, limit#<name>#<hash>/window#<start>.
"""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action

from marketplace.accounts.errors import AccountMissing
from marketplace.accounts.model import Account
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Update

ACCOUNT = "account"
V = TypeVar("V")


class AccountsItem(Item):
    """Any item of the table; one class, so that an account and its session are one BatchGetItem."""

    class Meta(meta("accounts")):  # type: ignore[misc]
        """See data.yaml."""

    created_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # the table's TTL, in seconds since 1970; every read checks it as well
    account_id = UnicodeAttribute(null=True)  # of items outside the account's partition
    told_at = UnicodeAttribute(null=True)  # of an address
    # account
    email = UnicodeAttribute(null=True)
    display_name = UnicodeAttribute(null=True)
    locale = UnicodeAttribute(null=True)
    password_hash = UnicodeAttribute(null=True)
    email_verified = BooleanAttribute(null=True)
    roles = UnicodeSetAttribute(null=True)
    has_applied = BooleanAttribute(null=True)
    seller_active = BooleanAttribute(null=True)
    suspended = BooleanAttribute(null=True)
    signup_mark = UnicodeAttribute(null=True)
    session_epoch = IntegerAttribute(null=True)
    totp_secret = UnicodeAttribute(null=True)
    totp_pending = UnicodeAttribute(null=True)
    totp_last_step = IntegerAttribute(null=True)
    # session
    epoch = IntegerAttribute(null=True)
    device = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)
    factor_at = UnicodeAttribute(null=True)
    # seller
    legal_name = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    applied_at = UnicodeAttribute(null=True)
    stripe_account_id = UnicodeAttribute(null=True)
    active = BooleanAttribute(null=True)
    activated_at = UnicodeAttribute(null=True)
    activations = IntegerAttribute(null=True)
    # counter
    attempts = IntegerAttribute(null=True)


def change(account_id: str, actions: list[Action]) -> Write:
    """Change an account's own item; refused with AccountMissing."""
    return Update(AccountsItem(account_id, ACCOUNT), actions, AccountsItem.pk.exists(), AccountMissing())


def account_of(item: AccountsItem) -> Account:
    """Read an account back from its own item."""
    return value_of(Account, item, account_id=item.pk)


def item_of(pk: str, sk: str, value: Any) -> AccountsItem:
    """Store a value's fields under their own names; what only its key holds is not an attribute."""
    item = AccountsItem(pk, sk)
    for name in {field.name for field in fields(value)} & set(AccountsItem.get_attributes()):
        setattr(item, name, _stored(name, getattr(value, name)))
    return item


def value_of(kind: type[V], item: AccountsItem, **keys: str) -> V:
    """Read back what `item_of` stored; an attribute that is not there takes the field's default."""
    names = (field.name for field in fields(kind))  # type: ignore[arg-type]
    found = {name: getattr(item, name, None) for name in names}
    return kind(**{name: _loaded(name, value) for name, value in found.items() if value is not None} | keys)


def _stored(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp()) if name == "expires_at" else to_text(value)
    if isinstance(value, frozenset):
        return set(value) or None
    return value


def _loaded(name: str, value: Any) -> Any:
    if name.endswith("_at"):
        return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else from_text(value)
    return frozenset(value) if isinstance(value, set) else value
