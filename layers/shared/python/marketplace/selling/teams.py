"""Teams: whom a seller lets act for them, asked anew on every request that says so."""

import re
from dataclasses import dataclass, replace

from marketplace.accounts.model import digest
from marketplace.accounts.names import normalise_email
from marketplace.kit.clock import Clock
from marketplace.kit.ids import Ids
from marketplace.kit.origin import Origin
from marketplace.kit.principal import Principal
from marketplace.kit.team import TeamMissing, TeamRoleTooLow, may
from marketplace.kit.writes import Transactions
from marketplace.outbox.model import event
from marketplace.outbox.ports import Outbox
from marketplace.selling.model import (
    INVITATION,
    INVITATION_KEPT,
    Invitation,
    InvitationInvalid,
    InvitationMissing,
    Member,
    MemberMissing,
)
from marketplace.selling.ports import Owners, Quota, SecurityLog, SellingStore

INVITED = "seller.member_invited"
_ACCOUNT_ID = re.compile(r"acc_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class Team:
    """Members with their names, and who was asked."""

    members: tuple[tuple[Member, str], ...]
    invitations: tuple[Invitation, ...]


class Teams:
    """Invites, admits, removes, and says who may do what."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        transactions: Transactions,
        outbox: Outbox,
        store: SellingStore,
        accounts: Owners,
        quota: Quota,
        log: SecurityLog,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._tx = transactions
        self._outbox = outbox
        self._store = store
        self._accounts = accounts
        self._quota = quota
        self._log = log

    def act(self, principal: Principal, seller_id: str, duty: str) -> Principal:
        """Return the caller as a member of that seller's team, who may do this; one read, never remembered.

        Whatever roles the caller has elsewhere stay behind.

        Raises: TeamMissing, also for a seller who is suspended or locked; TeamRoleTooLow.
        """
        # Who looks through somebody's eyes sees what is theirs, and not what others let them see.
        named = principal.visitor is None and _ACCOUNT_ID.fullmatch(seller_id)
        found = self._store.member(seller_id, principal.account_id) if named else None
        # A thief may have let a friend in: where the owner closed the account, nobody acts for it.
        if found is None or found[0].suspended or found[0].locked:
            raise TeamMissing
        owner, member = found
        if not may(member.role, duty):
            raise TeamRoleTooLow(role=member.role)
        return replace(
            principal,
            roles=frozenset(),
            has_applied=owner.has_applied,
            seller_active=owner.seller_active and not owner.selling_suspended,
            acting_for=seller_id,
            team_role=member.role,
        )

    def is_member(self, seller_id: str, account_id: str) -> bool:
        """Say whether somebody acts for this seller; one read."""
        return self._store.member(seller_id, account_id) is not None

    def team(self, seller_id: str) -> Team:
        """Return the owner's view: who may act for them, and who was asked and has not answered."""
        now = self._clock.now()
        waiting = (each for each in self._store.invitations(seller_id) if each.is_live(now))
        return Team(tuple(self._store.members(seller_id)), tuple(waiting))

    def teams_of(self, account_id: str) -> list[Member]:
        """Return for whom somebody may act."""
        return self._store.teams_of(account_id)

    def sellers_of(self, account_id: str) -> frozenset[str]:
        """Name the sellers for whom somebody may act: their matters are that person's own."""
        return frozenset(each.seller_id for each in self._store.teams_of(account_id))

    def invite(self, seller_id: str, email: str, role: str, locale: str) -> Invitation:
        """Ask an address to join; whether somebody has an account with it makes no difference, and is not looked at.

        Raises: EmailInvalid; TooManyAttempts.
        """
        now = self._clock.now()
        invite_id = self._ids.new(INVITATION, now)
        asked = Invitation(seller_id, invite_id, normalise_email(email), locale, role, now, now + INVITATION_KEPT)
        writes = [*self._store.invite(asked), self._quota.take(seller_id, now)]
        writes.append(self._outbox.publish(event(INVITED, invite_id, now)))
        self._tx.commit(writes)
        return asked

    def withdraw(self, seller_id: str, invite_id: str) -> None:
        """Take an invitation back.

        Raises: InvitationMissing.
        """
        found = self._store.invitation(seller_id, invite_id)
        if found is None:
            raise InvitationMissing
        self._tx.commit(self._store.withdraw(found))

    def mint(self, invite_id: str) -> str | None:
        """Make the token of one mail, and remember its hash; several mails' tokens spend the one invitation.

        None when the invitation was withdrawn, accepted or ran out meanwhile.
        """
        found = self._invited(invite_id)
        if found is None:
            return None
        token = self._ids.secret()
        self._tx.commit([self._store.put_token(digest(token), found)])
        return token

    def address_of(self, invite_id: str) -> tuple[str, str] | None:
        """Return where an invitation is written to and in which language; None once it is gone."""
        found = self._invited(invite_id)
        return (found.email, found.locale) if found else None

    def accept(self, account_id: str, token: str, origin: Origin | None = None) -> Member:
        """Join a team: the account's proved address must be the one that was asked.

        Raises: InvitationInvalid; TeamFull.
        """
        invitation, now = self._store.invitation_of(digest(token)), self._clock.now()
        account = self._accounts.read(account_id)
        if invitation is None or account is None or not invitation.is_live(now):
            raise InvitationInvalid
        if account.email != invitation.email or invitation.seller_id == account_id:
            raise InvitationInvalid
        member = Member(invitation.seller_id, account_id, invitation.role, now)
        writes = self._store.join(member, invitation)
        facts = {"seller_id": member.seller_id, "member_id": account_id, "role": member.role}
        once = invitation.invite_id
        writes += self._log.note(member.seller_id, "team:member_added", facts=facts, once=once)
        writes += self._log.note(account_id, "team:joined", origin=origin, facts=facts, once=once)
        self._tx.commit(writes)
        return member

    def change_role(self, seller_id: str, account_id: str, role: str, origin: Origin | None = None) -> Member:
        """Give a member another part, from the very next request on.

        Raises: MemberMissing.
        """
        member = self._member(seller_id, account_id)
        if member.role == role:
            return member
        facts = {"seller_id": seller_id, "member_id": account_id, "role": role}
        writes = self._store.change_role(member, role)
        writes += self._log.note(seller_id, "team:role_changed", origin=origin, facts=facts)
        self._tx.commit(writes)
        return replace(member, role=role)

    def remove(self, seller_id: str, account_id: str, *, origin: Origin | None = None) -> None:
        """End a membership, by the owner or by the member; it opens nothing on the very next request.

        Raises: MemberMissing.
        """
        member = self._member(seller_id, account_id)
        facts = {"seller_id": seller_id, "member_id": account_id, "role": member.role}
        once = f"{seller_id}#{account_id}#{member.joined_at.isoformat()}"
        writes = self._store.leave(member)
        writes += self._log.note(seller_id, "team:member_removed", origin=origin, facts=facts, once=once)
        writes += self._log.note(account_id, "team:left", facts=facts, once=once)
        self._tx.commit(writes)

    def _member(self, seller_id: str, account_id: str) -> Member:
        found = self._store.member(seller_id, account_id)
        if found is None:
            raise MemberMissing
        return found[1]

    def _invited(self, invite_id: str) -> Invitation | None:
        seller_id = self._store.seller_of_invitation(invite_id)
        found = self._store.invitation(seller_id, invite_id) if seller_id else None
        return found if found and found.is_live(self._clock.now()) else None
