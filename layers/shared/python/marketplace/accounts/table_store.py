"""The accounts table's one kind of item, and how values become items and back.

pk = account id; sk = account | seller | recovery#<hash>. Beside it, one item each:
email#<mark>/owner, token#<hash>/verify, stripe#<id>/seller, limit#<name>#<hash>/window#<start>.

What PERSONAL_FIELDS names is sealed under the person's own key, for its row and attribute: nothing else opens it.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action

from marketplace.accounts.errors import AccountMissing
from marketplace.accounts.model import Account
from marketplace.accounts.personal import PersonalVault
from marketplace.accounts.sealed_values import Sealed, stored
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Update

ACCOUNT = "account"
# Attributes that say something of a person. A name here is all it takes to have one sealed.
PERSONAL_FIELDS = frozenset({"email", "display_name", "legal_name", "totp_secret", "totp_pending", "places"})
V = TypeVar("V")
ItemKind = TypeVar("ItemKind", bound=Item)
Seal = Callable[[str, str], str]  # (field, text)


class AccountsItem(Item):
    """Any item of the table; one class, so that an account and its seller side are one BatchGetItem."""

    class Meta(meta("accounts")):  # type: ignore[misc]
        """See data.yaml."""

    created_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # the table's TTL, in seconds since 1970; every read checks it as well
    account_id = UnicodeAttribute(null=True)  # of items outside the account's partition
    told_at = UnicodeAttribute(null=True)  # of an address
    email_mark = UnicodeAttribute(null=True)  # an address in the blind index
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
    selling_suspended = BooleanAttribute(null=True)
    locked = BooleanAttribute(null=True)
    password_is_long = BooleanAttribute(null=True)
    signup_mark = UnicodeAttribute(null=True)
    session_epoch = IntegerAttribute(null=True)
    totp_secret = UnicodeAttribute(null=True)
    totp_pending = UnicodeAttribute(null=True)
    totp_last_step = IntegerAttribute(null=True)
    totp_told_step = IntegerAttribute(null=True)
    passkeys = IntegerAttribute(null=True)
    # cooling
    payouts_after = UnicodeAttribute(null=True)
    cause = UnicodeAttribute(null=True)
    # seller
    legal_name = UnicodeAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    applied_at = UnicodeAttribute(null=True)
    stripe_account_id = UnicodeAttribute(null=True)
    settles = UnicodeSetAttribute(null=True)  # a copy of what payouts know of the bank accounts, for checkouts
    active = BooleanAttribute(null=True)
    activated_at = UnicodeAttribute(null=True)
    activations = IntegerAttribute(null=True)
    identity_verified_at = UnicodeAttribute(null=True)  # of the account: when Stripe verified who it is
    revision = IntegerAttribute(null=True)
    # identity
    attempt_id = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    return_url = UnicodeAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    redaction = UnicodeAttribute(null=True)
    identity_session_id = UnicodeAttribute(null=True)
    # signing in: entry_store.py (its history has a revision, too)
    devices = UnicodeAttribute(null=True)
    places = UnicodeAttribute(null=True)
    code_hash = UnicodeAttribute(null=True)
    request_hash = UnicodeAttribute(null=True)
    password_mark = UnicodeAttribute(null=True)
    subjects = UnicodeSetAttribute(null=True)
    # counter
    attempts = IntegerAttribute(null=True)


def change(account_id: str, actions: list[Action]) -> Write:
    """Change an account's own item; refused with AccountMissing."""
    return Update(AccountsItem(account_id, ACCOUNT), actions, AccountsItem.pk.exists(), AccountMissing())


class PersonalRows:
    """Items whose personal fields are sealed; a store of this table is one."""

    def __init__(self, vault: PersonalVault) -> None:
        self._vault = vault

    def _item_of(self, pk: str, sk: str, value: Any, *, seal: Seal | None = None) -> AccountsItem:
        """Store a value, its personal fields sealed; `seal` is the person's, where they are only getting a key."""
        person_id = getattr(value, "account_id", pk)
        item = filled(AccountsItem(pk, sk), value, without=PERSONAL_FIELDS)
        for name in personal_fields(type(value)):
            text = getattr(value, name)
            if text is not None:
                setattr(item, name, (seal or self._seal_of(person_id))(place(person_id, pk, sk, name), text))
        return item

    def _value_of(self, kind: type[V], item: AccountsItem, **keys: str) -> V:
        """Read back what `_item_of` stored; a personal field opens when somebody looks at it."""
        person_id = item.account_id or item.pk
        names = personal_fields(kind)
        found = {name: getattr(item, name) for name in names if getattr(item, name) is not None}
        sealed = {name: self._closed(person_id, item, name, text) for name, text in found.items()}
        made: V = stored(kind, names)(**attributes_of(kind, item, without=names) | sealed | keys)
        return made

    def _account_of(self, item: AccountsItem) -> Account:
        return self._value_of(Account, item, account_id=item.pk)

    def _sealed(self, person_id: str, sk: str, name: str, text: str) -> str:
        """Seal one personal attribute of an item in the person's own partition, for an update."""
        return self._vault.seal(person_id, place(person_id, person_id, sk, name), text)

    def _seal_of(self, person_id: str) -> Seal:
        return lambda field, text: self._vault.seal(person_id, field, text)

    def _closed(self, person_id: str, item: AccountsItem, name: str, text: str) -> Sealed:
        field = place(person_id, item.pk, item.sk, name)
        return Sealed(text, lambda: self._vault.open(person_id, field, text))


def personal_fields(kind: Any) -> frozenset[str]:
    """Name the personal fields of a kind of value."""
    return PERSONAL_FIELDS & {field.name for field in fields(kind)}


def place(person_id: str, pk: str, sk: str, name: str) -> str:
    """Name the one place where a sealed text opens: row and attribute."""
    return f"{sk}/{name}" if pk == person_id else f"{pk}/{sk}/{name}"


def item_of(pk: str, sk: str, value: Any) -> AccountsItem:
    """Store a value that has no personal field, under the fields' own names."""
    _refuse_personal(type(value))
    return filled(AccountsItem(pk, sk), value)


def value_of(kind: type[V], item: AccountsItem, **keys: str) -> V:
    """Read back what `item_of` stored; an attribute that is not there takes the field's default."""
    _refuse_personal(kind)
    return kind(**attributes_of(kind, item) | keys)


def _refuse_personal(kind: Any) -> None:
    if names := personal_fields(kind):
        raise TypeError(f"{sorted(names)} of {kind.__name__} are personal: PersonalRows stores and reads it")


def filled(item: ItemKind, value: Any, *, without: frozenset[str] = frozenset()) -> ItemKind:
    """Set every attribute that is a field of the value; what only its key holds is not an attribute."""
    for name in ({field.name for field in fields(value)} & set(item.get_attributes())) - without:
        setattr(item, name, _stored(name, getattr(value, name)))
    return item


def attributes_of(kind: Any, item: Item, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a value's fields as an item has them, for its constructor."""
    names = {field.name for field in fields(kind)} - without
    found = {name: getattr(item, name, None) for name in names}
    return {name: _loaded(name, value) for name, value in found.items() if value is not None}


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
