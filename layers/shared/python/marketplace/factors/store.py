"""Passkeys, challenges, recoveries and changes of address, beside the accounts whose they are.

pk = account id          sk = passkey#<id>         one passkey
pk = credential#<id>     sk = owner                whose a credential is: one account's
pk = challenge#<hash>    sk = challenge            a question put to a device, for five minutes
pk = account id          sk = recovery-way         the one recovery under way
pk = recovery-due#<day>  sk = account id           recoveries whose owners are reminded on that day
pk = account id          sk = email-change         the one address that waits for its proof
pk = account id          sk = former#<id>          an address of the last thirty days, sealed
pk = link#<hash>         sk = link                 a mailed token
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from pynamodb.attributes import UnicodeAttribute

from marketplace.factors.errors import (
    ChallengeSpent,
    LinkInvalid,
    PasskeyMissing,
    PasskeyRefused,
    PasskeyRegistered,
    RecoveryMissing,
    RecoveryMoved,
)
from marketplace.factors.model import Challenge, EmailChange, FormerAddress, Link, Passkey, Recovery
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Delete, Put, Replace, Update

_PASSKEY, _CREDENTIAL, _OWNER = "passkey#", "credential#", "owner"
_CHALLENGE, _LINK, _FORMER = "challenge", "link", "former#"
_RECOVERY, _DUE, _EMAIL_CHANGE = "recovery-way", "recovery-due#", "email-change"
V = TypeVar("V")


class FactorsItem(Item):
    """Any of these items; they lie in the accounts table, so that erasing a partition erases them too."""

    class Meta(meta("accounts")):  # type: ignore[misc]
        """See data.yaml."""

    account_id = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # the table's TTL, in seconds since 1970; every read checks it as well
    # passkey
    credential_id = UnicodeAttribute(null=True)
    public_key = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)  # sealed
    created_at = UnicodeAttribute(null=True)
    sign_count = IntegerAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)
    suspended_at = UnicodeAttribute(null=True)
    # challenge and link
    purpose = UnicodeAttribute(null=True)
    session_id = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    email_mark = UnicodeAttribute(null=True)
    # recovery
    recovery_id = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    # change of address
    change_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)  # sealed


class DynamoFactors:
    """Everything that proves somebody, but the password and the app."""

    # Passkeys

    def passkeys(self, account_id: str) -> list[Passkey]:
        found = FactorsItem.read_partition(account_id, FactorsItem.sk.startswith(_PASSKEY))
        return [_value(Passkey, item, account_id=account_id) for item in found]

    def passkey(self, account_id: str, passkey_id: str) -> Passkey | None:
        item = FactorsItem.read(account_id, _PASSKEY + passkey_id)
        return _value(Passkey, item, account_id=account_id) if item else None

    def add_passkey(self, passkey: Passkey) -> list[Write]:
        owner = FactorsItem(_CREDENTIAL + passkey.passkey_id, _OWNER, account_id=passkey.account_id)
        mine = _item(passkey.account_id, _PASSKEY + passkey.passkey_id, passkey)
        return [Put(owner, PasskeyRegistered()), Put(mine, PasskeyRegistered())]

    def use_passkey(self, passkey: Passkey, sign_count: int, now: datetime) -> Write:
        as_read = (FactorsItem.sign_count == passkey.sign_count) & FactorsItem.suspended_at.does_not_exist()
        actions = [FactorsItem.sign_count.set(sign_count), FactorsItem.last_used_at.set(to_text(now))]
        return Update(_passkey_key(passkey), actions, as_read, PasskeyRefused())

    def suspend_passkey(self, passkey: Passkey, now: datetime) -> Write:
        trusted = FactorsItem.pk.exists() & FactorsItem.suspended_at.does_not_exist()
        return Update(_passkey_key(passkey), [FactorsItem.suspended_at.set(to_text(now))], trusted, PasskeyRefused())

    def rename_passkey(self, account_id: str, passkey_id: str, name: str) -> Write:
        item = FactorsItem(account_id, _PASSKEY + passkey_id)
        return Update(item, [FactorsItem.name.set(name)], FactorsItem.pk.exists(), PasskeyMissing())

    def remove_passkey(self, passkey: Passkey) -> list[Write]:
        owner = FactorsItem(_CREDENTIAL + passkey.passkey_id, _OWNER)
        return [Delete(item, FactorsItem.pk.exists(), PasskeyMissing()) for item in (_passkey_key(passkey), owner)]

    # Challenges and links

    def challenge(self, challenge_hash: str) -> Challenge | None:
        item = FactorsItem.read(f"challenge#{challenge_hash}", _CHALLENGE)
        return _value(Challenge, item, challenge_hash=challenge_hash) if item else None

    def put_challenge(self, challenge: Challenge) -> Write:
        return Put(_item(f"challenge#{challenge.challenge_hash}", _CHALLENGE, challenge), ChallengeSpent())

    def spend_challenge(self, challenge_hash: str) -> Write:
        item = FactorsItem(f"challenge#{challenge_hash}", _CHALLENGE)
        return Delete(item, FactorsItem.pk.exists(), ChallengeSpent())

    def link(self, token_hash: str) -> Link | None:
        item = FactorsItem.read(f"link#{token_hash}", _LINK)
        return _value(Link, item) if item else None

    def put_link(self, token_hash: str, link: Link) -> Write:
        return Put(_item(f"link#{token_hash}", _LINK, link), LinkInvalid())

    def spend_link(self, token_hash: str) -> Write:
        return Delete(FactorsItem(f"link#{token_hash}", _LINK), FactorsItem.pk.exists(), LinkInvalid())

    # Recoveries

    def recovery(self, account_id: str) -> Recovery | None:
        item = FactorsItem.read(account_id, _RECOVERY)
        return _value(Recovery, item, account_id=account_id) if item else None

    def begin_recovery(self, recovery: Recovery, former: Recovery | None) -> Write:
        item = _item(recovery.account_id, _RECOVERY, recovery)
        return Put(item, RecoveryMoved(), _stands(former) if former else None)

    def end_recovery(self, recovery: Recovery) -> Write:
        return Delete(FactorsItem(recovery.account_id, _RECOVERY), _stands(recovery), RecoveryMissing())

    def remember_to_remind(self, recovery: Recovery, at: datetime) -> Write:
        due = FactorsItem(f"{_DUE}{at.date().isoformat()}", recovery.account_id, due_at=to_text(at))
        due.expires_at = int(recovery.ends_at.timestamp())
        return Replace(due, RecoveryMoved())

    def to_remind(self, day: str) -> Sequence[tuple[str, datetime]]:
        return [(item.sk, from_text(item.due_at or "")) for item in FactorsItem.read_partition(_DUE + day)]

    # Addresses

    def email_change(self, account_id: str) -> EmailChange | None:
        item = FactorsItem.read(account_id, _EMAIL_CHANGE)
        return _value(EmailChange, item, account_id=account_id) if item else None

    def put_email_change(self, change: EmailChange) -> Write:
        return Replace(_item(change.account_id, _EMAIL_CHANGE, change), LinkInvalid())

    def end_email_change(self, change: EmailChange) -> Write:
        same = FactorsItem.change_id == change.change_id
        return Delete(FactorsItem(change.account_id, _EMAIL_CHANGE), same, LinkInvalid())

    def former_addresses(self, account_id: str) -> list[FormerAddress]:
        found = FactorsItem.read_partition(account_id, FactorsItem.sk.startswith(_FORMER))
        return [_value(FormerAddress, item, account_id=account_id) for item in found]

    def keep_address(self, former: FormerAddress) -> Write:
        return Put(_item(former.account_id, _FORMER + former.change_id, former), RecoveryMoved())

    def forget_address(self, former: FormerAddress) -> Write:
        return Delete(
            FactorsItem(former.account_id, _FORMER + former.change_id), FactorsItem.pk.exists(), LinkInvalid()
        )


def _passkey_key(passkey: Passkey) -> FactorsItem:
    return FactorsItem(passkey.account_id, _PASSKEY + passkey.passkey_id)


def _stands(recovery: Recovery) -> Any:
    return FactorsItem.recovery_id == recovery.recovery_id


def _item(pk: str, sk: str, value: Any) -> FactorsItem:
    item = FactorsItem(pk, sk)
    for name in {field.name for field in fields(value)} & set(FactorsItem.get_attributes()):
        setattr(item, name, _stored(name, getattr(value, name)))
    return item


def _value(kind: type[V], item: FactorsItem, **keys: str) -> V:
    found = {field.name: getattr(item, field.name, None) for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: _loaded(name, value) for name, value in found.items() if value is not None} | keys)


def _stored(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp()) if name == "expires_at" else to_text(value)
    return value if value != "" else None


def _loaded(name: str, value: Any) -> Any:
    if name.endswith("_at"):
        return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else from_text(value)
    return value
