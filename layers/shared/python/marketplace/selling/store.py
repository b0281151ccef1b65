"""The selling table: trader data, teams, invitations, and what is under way.

In the seller's partition: trader | counts | member#<account> | invitation#<id> | open#seller#<currency>. In the
member's: team#<seller>. In the buyer's: open#buyer. Beside them: invite#<id>/seller and token#<hash>/invitation, which
lead to an invitation. Apart from the accounts, so that who lists and who buys has no right to change an account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import size

from marketplace.accounts.model import Account, Shop
from marketplace.accounts.sealed_values import Sealed, stored
from marketplace.accounts.sellers_store import SELLER, DynamoSellers
from marketplace.accounts.table_store import ACCOUNT, AccountsItem, attributes_of, filled
from marketplace.kit.clock import to_text
from marketplace.kit.writes import Write
from marketplace.selling.model import (
    MEMBERS_MAX,
    DataMoved,
    Invitation,
    InvitationInvalid,
    InvitationMissing,
    Member,
    MemberMissing,
    TeamFull,
    TeamMoved,
    TraderData,
)
from marketplace.selling.ports import Bound, Facts
from marketplace.storage.tables import IntegerAttribute, Item, meta, read_across
from marketplace.storage.transaction import Delete, Put, Replace, Update

TRADER, COUNTS, INVITE, TOKEN = "trader", "counts", "seller", "invitation"
MEMBER_PREFIX, TEAM_PREFIX, INVITATION_PREFIX = "member#", "team#", "invitation#"
# Attributes that say something of a person: sealed under the key of whose partition it is, for their place.
SEALED = frozenset(
    {"street", "postal_code", "city", "phone", "contact_email", "register_name", "register_number", "email"}
)
V = TypeVar("V")


class SellingItem(Item):
    """Any item of the table."""

    class Meta(meta("selling")):  # type: ignore[misc]
        """See data.yaml."""

    expires_at = IntegerAttribute(null=True)  # the table's TTL, in seconds since 1970; every read checks it as well
    # counts
    live_listings = IntegerAttribute(null=True)
    members = IntegerAttribute(null=True)
    # what is under way
    order_ids = UnicodeSetAttribute(null=True)  # that were open when somebody last looked
    amount_minor = IntegerAttribute(null=True)  # what they come to
    revision = IntegerAttribute(null=True)
    # trader data
    street = UnicodeAttribute(null=True)
    postal_code = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    contact_email = UnicodeAttribute(null=True)
    register_name = UnicodeAttribute(null=True)
    register_number = UnicodeAttribute(null=True)
    self_certified = BooleanAttribute(null=True)
    attested_at = UnicodeAttribute(null=True)
    # teams
    account_id = UnicodeAttribute(null=True)  # the member's
    role = UnicodeAttribute(null=True)
    joined_at = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    locale = UnicodeAttribute(null=True)
    invited_at = UnicodeAttribute(null=True)
    invite_id = UnicodeAttribute(null=True)
    seller_id = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class _Pointer:
    """What leads to an invitation from outside the seller's partition."""

    seller_id: str
    invite_id: str


class DynamoSelling(DynamoSellers):
    """Keeps what comes with selling."""

    # Sellers

    def facts(self, seller_id: str) -> Facts | None:
        account, seller, trader = read_across(
            (AccountsItem, seller_id, ACCOUNT), (AccountsItem, seller_id, SELLER), (SellingItem, seller_id, TRADER)
        )
        if account is None or seller is None:
            return None
        return Facts(self._account_of(account), self._seller_of(seller), self._trader(trader) if trader else None)

    def shops_for(self, buyer_id: str, seller_ids: set[str]) -> dict[str, Shop]:
        """Return those who may sell now, as this buyer meets them; one round trip, at most 33 ids."""
        team, shops = MEMBER_PREFIX + buyer_id, {}
        kinds = ((AccountsItem, SELLER), (AccountsItem, ACCOUNT), (SellingItem, team))
        keys = [(kind, seller_id, sk) for seller_id in seller_ids for kind, sk in kinds]
        found = dict(zip([key[1:] for key in keys], read_across(*keys) if keys else [], strict=True))
        for seller_id in seller_ids:
            seller, account = found[seller_id, SELLER], found[seller_id, ACCOUNT]
            barred = account and (account.suspended or account.selling_suspended or account.locked)
            if seller and seller.active and not barred:
                tier = self._account_of(account).tier if account else 0
                mine = found[seller_id, team] is not None
                settles = frozenset(seller.settles) if seller.settles else None
                shops[seller_id] = Shop(seller.kind, seller.country, tier, is_buyers_team=mine, settles=settles)
        return shops

    def trader(self, seller_id: str) -> TraderData | None:
        item = SellingItem.read(seller_id, TRADER)
        return self._trader(item) if item else None

    def declare(self, data: TraderData) -> Write:
        newer = SellingItem.attested_at <= to_text(data.attested_at)
        item = self._closed_item(data.seller_id, TRADER, data)
        return Put(item, DataMoved(), SellingItem.pk.does_not_exist() | newer)

    def list_one_more(self, seller_id: str, most: int, refusal: Exception) -> Write:
        live = SellingItem.live_listings
        return Update(SellingItem(seller_id, COUNTS), [live.add(1)], live.does_not_exist() | (live < most), refusal)

    def list_one_less(self, seller_id: str) -> Write:
        # Without a floor: whatever the count says, a seller can always take a listing off sale.
        anyhow = SellingItem.pk.exists() | SellingItem.pk.does_not_exist()
        return Update(SellingItem(seller_id, COUNTS), [SellingItem.live_listings.add(-1)], anyhow, TeamMoved())

    # Teams

    def member(self, seller_id: str, account_id: str) -> tuple[Account, Member] | None:
        account, member = read_across(
            (AccountsItem, seller_id, ACCOUNT), (SellingItem, seller_id, MEMBER_PREFIX + account_id)
        )
        return (self._account_of(account), _member(member)) if account and member else None

    def members(self, seller_id: str) -> list[tuple[Member, str]]:
        found = [_member(item) for item in self._rows(seller_id, MEMBER_PREFIX)]
        read = AccountsItem.read_many([(member.account_id, ACCOUNT) for member in found])
        names = {item.pk: self._account_of(item).display_name for item in read}
        return [(member, names.get(member.account_id, "")) for member in found]

    def teams_of(self, account_id: str) -> list[Member]:
        keys = [
            (item.sk.removeprefix(TEAM_PREFIX), MEMBER_PREFIX + account_id)
            for item in self._rows(account_id, TEAM_PREFIX)
        ]
        return sorted(map(_member, SellingItem.read_many(keys)), key=lambda member: member.joined_at)

    def invitations(self, seller_id: str) -> list[Invitation]:
        return [self._invitation(item) for item in self._rows(seller_id, INVITATION_PREFIX)]

    def invitation(self, seller_id: str, invite_id: str) -> Invitation | None:
        item = SellingItem.read(seller_id, INVITATION_PREFIX + invite_id)
        return self._invitation(item) if item else None

    def seller_of_invitation(self, invite_id: str) -> str | None:
        item = SellingItem.read(f"invite#{invite_id}", INVITE)
        return item.seller_id if item else None

    def invitation_of(self, token_hash: str) -> Invitation | None:
        item = SellingItem.read(f"token#{token_hash}", TOKEN)
        return self.invitation(item.seller_id, item.invite_id) if item else None

    def invite(self, invitation: Invitation) -> list[Write]:
        row = self._closed_item(invitation.seller_id, INVITATION_PREFIX + invitation.invite_id, invitation)
        back = filled(SellingItem(f"invite#{invitation.invite_id}", INVITE), _pointer(invitation))
        back.expires_at = int(invitation.expires_at.timestamp())
        return [Put(row, TeamMoved()), Put(back, TeamMoved())]

    def put_token(self, token_hash: str, invitation: Invitation) -> Write:
        item = filled(SellingItem(f"token#{token_hash}", TOKEN), _pointer(invitation))
        item.expires_at = int(invitation.expires_at.timestamp())
        return Replace(item, TeamMoved())

    def withdraw(self, invitation: Invitation) -> list[Write]:
        return [_gone(invitation.seller_id, INVITATION_PREFIX + invitation.invite_id, InvitationMissing())]

    def join(self, member: Member, invitation: Invitation) -> list[Write]:
        members = SellingItem.members
        room = members.does_not_exist() | (members < MEMBERS_MAX)
        row = filled(SellingItem(member.seller_id, MEMBER_PREFIX + member.account_id), member)
        back = SellingItem(member.account_id, TEAM_PREFIX + member.seller_id, joined_at=to_text(member.joined_at))
        return [
            _gone(invitation.seller_id, INVITATION_PREFIX + invitation.invite_id, InvitationInvalid()),
            Put(row, InvitationInvalid()),  # a member already: there is nothing to accept
            Put(back, InvitationInvalid()),
            Update(SellingItem(member.seller_id, COUNTS), [members.add(1)], room, TeamFull()),
        ]

    def change_role(self, member: Member, role: str) -> list[Write]:
        key = SellingItem(member.seller_id, MEMBER_PREFIX + member.account_id)
        return [Update(key, [SellingItem.role.set(role)], SellingItem.pk.exists(), MemberMissing())]

    def leave(self, member: Member) -> list[Write]:
        fewer = [SellingItem.members.add(-1)]
        return [
            _gone(member.seller_id, MEMBER_PREFIX + member.account_id, MemberMissing()),
            _gone(member.account_id, TEAM_PREFIX + member.seller_id, MemberMissing()),
            Update(SellingItem(member.seller_id, COUNTS), fewer, SellingItem.pk.exists(), TeamMoved()),
        ]

    # Exposure

    def add(self, row: str, account_id: str, orders: Mapping[str, int], *, bound: Bound) -> Write:
        ids, amount_minor = SellingItem.order_ids, sum(orders.values())
        actions = [ids.add(set(orders)), SellingItem.amount_minor.add(amount_minor), SellingItem.revision.add(1)]
        room = ids.does_not_exist() | (size(ids) <= bound.orders_most - len(orders))
        if bound.minor_most is not None:
            held = SellingItem.amount_minor
            room &= held.does_not_exist() | (held <= bound.minor_most - amount_minor)
        return Update(SellingItem(account_id, row), actions, room, bound.refusal)

    def held(self, row: str, account_id: str) -> tuple[frozenset[str], int] | None:
        item = SellingItem.read(account_id, row)
        return (frozenset(item.order_ids or ()), item.revision or 0) if item else None

    def keep(self, row: str, account_id: str, orders: Mapping[str, int], revision: int) -> Write:
        item = SellingItem(
            account_id,
            row,
            order_ids=set(orders) or None,
            amount_minor=sum(orders.values()),
            revision=revision + 1,
        )
        return Put(item, TeamMoved(), SellingItem.revision == revision)

    def _rows(self, pk: str, prefix: str) -> list[Any]:
        return SellingItem.read_partition(pk, SellingItem.sk.startswith(prefix))

    def _trader(self, item: SellingItem) -> TraderData:
        return self._opened(TraderData, item)

    def _invitation(self, item: SellingItem) -> Invitation:
        return self._opened(Invitation, item)

    def _closed_item(self, pk: str, sk: str, value: Any) -> SellingItem:
        """Store a value of somebody's own partition, what is personal sealed under their key."""
        item = filled(SellingItem(pk, sk), value, without=SEALED)
        for name in _sealed_names(type(value)):
            setattr(item, name, self._vault.seal(pk, _place(sk, name), getattr(value, name)))
        return item

    def _opened(self, kind: type[V], item: SellingItem) -> V:
        """Read back what `_closed_item` stored; what is personal opens when somebody looks at it."""
        names, person_id = _sealed_names(kind), item.pk
        sealed = {name: self._shut(person_id, _place(item.sk, name), getattr(item, name)) for name in names}
        made: V = stored(kind, names)(**attributes_of(kind, item, without=names) | sealed | {"seller_id": person_id})
        return made

    def _shut(self, person_id: str, field: str, text: str) -> Sealed:
        return Sealed(text, lambda: self._vault.open(person_id, field, text))


def _sealed_names(kind: Any) -> frozenset[str]:
    return SEALED & {field.name for field in fields(kind)}


def _place(sk: str, name: str) -> str:
    """Name the one place where a sealed text opens: never that of an account's own row."""
    return f"selling/{sk}/{name}"


def _pointer(invitation: Invitation) -> _Pointer:
    return _Pointer(invitation.seller_id, invitation.invite_id)


def _member(item: SellingItem) -> Member:
    return Member(**attributes_of(Member, item) | {"seller_id": item.pk})


def _gone(pk: str, sk: str, refusal: Exception) -> Write:
    return Delete(SellingItem(pk, sk), SellingItem.pk.exists(), refusal)
