"""The accounts table: everything about one account lies in its partition, read by key.

pk = account id; sk = account | session#<hash> | seller | recovery#<hash>. Beside it, one item each:
email#<address>/owner, token#<hash>/verify, stripe#<id>/seller, limit#<name>#<hash>/window#<start>.
"""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action

from marketplace.accounts.errors import (
    AccountMissing,
    AddressTaken,
    CodeUsed,
    CodeWrong,
    FactorEnabled,
    SellerExists,
    SellerMoved,
    SessionMissing,
    TokenInvalid,
    TooManyAttempts,
)
from marketplace.accounts.limits import Limit
from marketplace.accounts.model import Account, SellerProfile, Session, Verification, digest
from marketplace.kit.clock import from_text, to_text
from marketplace.kit.errors import Unavailable
from marketplace.kit.writes import Write
from marketplace.storage.tables import IntegerAttribute, Item, meta
from marketplace.storage.transaction import Delete, Put, Update

ACCOUNT, SELLER, OWNER, VERIFY = "account", "seller", "owner", "verify"
SESSION_PREFIX, RECOVERY_PREFIX = "session#", "recovery#"
SESSIONS_READ_MAX = 500
V = TypeVar("V")


class AccountsItem(Item):
    """Any item of the table; one class, so that an account and its session are one BatchGetItem."""

    class Meta(meta("accounts")):  # type: ignore[misc]
        """See data.yaml."""

    created_at = UnicodeAttribute(null=True)
    expires_at = IntegerAttribute(null=True)  # the table's TTL, in seconds since 1970; every read checks it as well
    account_id = UnicodeAttribute(null=True)  # of items outside the account's partition
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


class DynamoAccounts:
    """Accounts, their sessions, their seller side, and the counters that protect them."""

    def owner_of(self, email: str) -> str | None:
        item = AccountsItem.read(f"email#{email}", OWNER)
        return item.account_id if item else None

    def read(self, account_id: str) -> Account | None:
        item = AccountsItem.read(account_id, ACCOUNT)
        return _account(item) if item else None

    def open(self, account: Account) -> list[Write]:
        owner = AccountsItem(f"email#{account.email}", OWNER, account_id=account.account_id)
        return [Put(owner, AddressTaken()), Put(_item(account.account_id, ACCOUNT, account), AddressTaken())]

    def rename(self, account_id: str, *, display_name: str | None, locale: str | None) -> Write:
        changed = {"display_name": display_name, "locale": locale}
        actions = [getattr(AccountsItem, name).set(value) for name, value in changed.items() if value is not None]
        return _change(account_id, actions)

    def read_verification(self, token_hash: str) -> Verification | None:
        item = AccountsItem.read(f"token#{token_hash}", VERIFY)
        return _value(Verification, item) if item else None

    def put_verification(self, token_hash: str, verification: Verification) -> Write:
        return Put(_item(f"token#{token_hash}", VERIFY, verification), TokenInvalid())

    def verify_email(self, token_hash: str, verification: Verification, *, roles: frozenset[str]) -> list[Write]:
        actions: list[Action] = [AccountsItem.email_verified.set(True)]
        if roles:
            actions.append(AccountsItem.roles.add(set(roles)))
        token = AccountsItem(f"token#{token_hash}", VERIFY)
        same = AccountsItem.email == verification.email
        return [
            Delete(token, AccountsItem.pk.exists(), TokenInvalid()),
            Update(AccountsItem(verification.account_id, ACCOUNT), actions, same, TokenInvalid()),
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

    # Sessions

    def read_session(self, account_id: str, secret_hash: str) -> tuple[Account, Session] | None:
        sort = SESSION_PREFIX + secret_hash
        found = {item.sk: item for item in AccountsItem.read_many([(account_id, ACCOUNT), (account_id, sort)])}
        return (_account(found[ACCOUNT]), _session(found[sort])) if len(found) == 2 else None  # noqa: PLR2004

    def sessions_of(self, account_id: str) -> list[Session]:
        mine = AccountsItem.sk.startswith(SESSION_PREFIX)
        return [_session(item) for item in AccountsItem.read_partition(account_id, mine, limit=SESSIONS_READ_MAX)]

    def open_session(self, session: Session) -> Write:
        return Put(_item(session.account_id, SESSION_PREFIX + session.secret_hash, session), SessionMissing())

    def use_session(self, session: Session, now: datetime) -> Write:
        actions = [AccountsItem.last_used_at.set(to_text(now))]
        return Update(_session_key(session), actions, AccountsItem.pk.exists(), SessionMissing())

    def keep_session(self, session: Session, *, epoch: int, factor_at: datetime) -> Write:
        actions = [AccountsItem.epoch.set(epoch), AccountsItem.factor_at.set(to_text(factor_at))]
        return Update(_session_key(session), actions, AccountsItem.pk.exists(), SessionMissing())

    def end_session(self, account_id: str, secret_hash: str) -> Write:
        item = AccountsItem(account_id, SESSION_PREFIX + secret_hash)
        return Delete(item, AccountsItem.pk.exists(), SessionMissing())

    def end_sessions(self, account_id: str) -> Write:
        return _change(account_id, [AccountsItem.session_epoch.add(1)])

    # Sellers

    def seller(self, seller_id: str) -> SellerProfile | None:
        item = AccountsItem.read(seller_id, SELLER)
        return _seller(item) if item else None

    def active_sellers(self, seller_ids: set[str]) -> frozenset[str]:
        """Return those who may sell now: active at Stripe and not suspended here; one round trip, at most 50 ids."""
        found = AccountsItem.read_many([(seller_id, sort) for seller_id in seller_ids for sort in (SELLER, ACCOUNT)])
        suspended = {item.pk for item in found if item.suspended}
        return frozenset(item.pk for item in found if item.active) - suspended

    def seller_with_account(self, seller_id: str) -> tuple[SellerProfile, Account] | None:
        found = {item.sk: item for item in AccountsItem.read_many([(seller_id, ACCOUNT), (seller_id, SELLER)])}
        return (_seller(found[SELLER]), _account(found[ACCOUNT])) if len(found) == 2 else None  # noqa: PLR2004

    def seller_of_stripe(self, stripe_account_id: str) -> str | None:
        item = AccountsItem.read(f"stripe#{stripe_account_id}", SELLER)
        return item.account_id if item else None

    def apply(self, seller: SellerProfile) -> list[Write]:
        applied = _change(seller.seller_id, [AccountsItem.has_applied.set(True)])
        return [Put(_item(seller.seller_id, SELLER, seller), SellerExists()), applied]

    def record_stripe_account(self, seller: SellerProfile, stripe_account_id: str) -> list[Write]:
        back = AccountsItem(f"stripe#{stripe_account_id}", SELLER, account_id=seller.seller_id)
        unbound = AccountsItem.pk.exists() & AccountsItem.stripe_account_id.does_not_exist()
        actions = [AccountsItem.stripe_account_id.set(stripe_account_id)]
        bound = Update(AccountsItem(seller.seller_id, SELLER), actions, unbound, SellerExists())
        return [bound, Put(back, SellerExists())]

    def set_active(self, seller: SellerProfile, *, active: bool, now: datetime) -> list[Write]:
        actions = [AccountsItem.active.set(active)]
        if active:
            actions += [
                AccountsItem.activations.set(seller.activations + 1),
                AccountsItem.activated_at.set(to_text(seller.activated_at or now)),
            ]
        same = (AccountsItem.active == (not active)) & (AccountsItem.activations == seller.activations)
        return [
            Update(AccountsItem(seller.seller_id, SELLER), actions, same, SellerMoved()),
            _change(seller.seller_id, [AccountsItem.seller_active.set(active)]),
        ]

    # Attempts

    def take(self, limit: Limit, subject: str, now: datetime) -> Write:
        actions = [AccountsItem.attempts.add(1), AccountsItem.expires_at.set(limit.window_end(now))]
        left = AccountsItem.attempts.does_not_exist() | (AccountsItem.attempts < limit.attempts_max)
        wait_seconds = limit.window_end(now) - int(now.timestamp())
        return Update(_counter(limit, subject, now), actions, left, TooManyAttempts(retry_after_seconds=wait_seconds))

    def give_back(self, limit: Limit, subject: str, now: datetime) -> Write:
        taken = AccountsItem.attempts > 0
        return Update(_counter(limit, subject, now), [AccountsItem.attempts.add(-1)], taken, TooManyAttempts())


def _change(account_id: str, actions: list[Action]) -> Write:
    return Update(AccountsItem(account_id, ACCOUNT), actions, AccountsItem.pk.exists(), AccountMissing())


def _counter(limit: Limit, subject: str, now: datetime) -> AccountsItem:
    return AccountsItem(f"limit#{limit.name}#{digest(subject)}", f"window#{limit.window_start(now)}")


def _session_key(session: Session) -> AccountsItem:
    return AccountsItem(session.account_id, SESSION_PREFIX + session.secret_hash)


def _account(item: AccountsItem) -> Account:
    return _value(Account, item, account_id=item.pk)


def _session(item: AccountsItem) -> Session:
    return _value(Session, item, account_id=item.pk, secret_hash=item.sk.removeprefix(SESSION_PREFIX))


def _seller(item: AccountsItem) -> SellerProfile:
    return _value(SellerProfile, item, seller_id=item.pk)


def _item(pk: str, sk: str, value: Any) -> AccountsItem:
    """Store a value's fields under their own names; what only its key holds is not an attribute."""
    item = AccountsItem(pk, sk)
    for name in {field.name for field in fields(value)} & set(AccountsItem.get_attributes()):
        setattr(item, name, _stored(name, getattr(value, name)))
    return item


def _value(kind: type[V], item: AccountsItem, **keys: str) -> V:
    """Read back what `_item` stored; an attribute that is not there takes the field's default."""
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
