"""Teams: asking, joining, acting, leaving."""

import pytest

from marketplace.accounts.errors import EmailInvalid, TooManyAttempts
from marketplace.accounts.table_store import AccountsItem
from marketplace.kit.origin import Origin
from marketplace.kit.principal import MODERATOR, Principal
from marketplace.kit.team import DUTIES, LISTINGS, VIEW, TeamMissing, TeamRoleTooLow, may
from marketplace.reviews.model import OrderNotReviewable
from marketplace.selling.model import (
    MEMBERS_MAX,
    InvitationInvalid,
    InvitationMissing,
    MemberMissing,
    TeamFull,
)
from tests.unit.selling.making import email_of, join, kinds_of, token_mailed


def caller(account_id, **facts):
    return Principal(account_id, "ses_x", email_verified=True, locale="en", **facts)


def test_somebody_is_asked_by_mail_and_joins(trade):
    seller, helper = trade.seller(), trade.person("Helper")
    address = email_of(trade, helper)
    trade.services.teams.invite(seller, address, "manager", "es")
    trade.world.drain()

    [mail] = [mail for mail in trade.world.mails if mail.to == address]
    joined = trade.services.teams.accept(helper, token_mailed(trade, address))
    trade.world.drain()

    assert mail.subject == "Te invitan al equipo de un vendedor"
    assert (joined.seller_id, joined.role) == (seller, "manager")
    [(member, name)] = trade.services.teams.team(seller).members
    assert (member.account_id, name) == (helper, "Helper")
    assert trade.services.teams.teams_of(helper) == [joined]
    assert trade.services.teams.team(seller).invitations == ()


def test_both_sides_are_told(trade):
    seller = trade.seller()
    helper = join(trade, seller, "viewer")
    trade.services.teams.remove(seller, helper)
    trade.world.drain()

    assert kinds_of(trade, seller) == ["team:member_added", "team:member_removed"]
    assert kinds_of(trade, helper) == ["team:joined", "team:left"]
    told = {mail.to for mail in trade.world.mails}
    assert {email_of(trade, seller), email_of(trade, helper)} <= told


def test_asking_an_address_without_an_account_looks_the_same(trade):
    seller = trade.seller()
    known = email_of(trade, trade.person("Known"))

    answers = [trade.services.teams.invite(seller, address, "viewer", "en") for address in (known, "new@aval.example")]
    trade.world.drain()

    shapes = [(each.role, each.expires_at, each.locale) for each in answers]
    assert shapes[0] == shapes[1]
    bodies = [mail.body for mail in trade.world.mails if "/team/accept" in mail.body]
    assert len({body.partition("token=")[0] for body in bodies}) == 1
    assert len(bodies) == 2


def test_the_address_that_was_asked_is_sealed_and_travels_in_no_event(trade):
    trade.services.teams.invite(trade.seller(), "secret.helper@aval.example", "viewer", "en")
    trade.world.drain()

    kept = str([trade.world.dynamo.snapshot_items(table) for table in trade.world.dynamo.tables()])
    assert "secret.helper" not in kept


def test_an_invitation_works_once(trade):
    seller, helper = trade.seller(), trade.person("Helper")
    address = email_of(trade, helper)
    trade.services.teams.invite(seller, address, "viewer", "en")
    trade.world.drain()
    token = token_mailed(trade, address)
    trade.services.teams.accept(helper, token)
    trade.services.teams.remove(seller, helper)

    with pytest.raises(InvitationInvalid):
        trade.services.teams.accept(helper, token)


def test_an_invitation_is_for_one_address_for_seven_days_and_until_it_is_withdrawn(trade):
    seller, helper, stranger = trade.seller(), trade.person("Helper"), trade.person("Stranger")
    address = email_of(trade, helper)
    asked = trade.services.teams.invite(seller, address, "viewer", "en")
    trade.world.drain()
    token = token_mailed(trade, address)

    refused = [(stranger, token), (helper, "made up"), (seller, token)]
    for account_id, given in refused:
        with pytest.raises(InvitationInvalid):
            trade.services.teams.accept(account_id, given)
    trade.services.teams.withdraw(seller, asked.invite_id)
    with pytest.raises(InvitationInvalid):
        trade.services.teams.accept(helper, token)
    with pytest.raises(InvitationMissing):
        trade.services.teams.withdraw(seller, asked.invite_id)

    trade.services.teams.invite(seller, address, "viewer", "en")
    trade.world.drain()
    trade.world.clock.advance(days=7)
    with pytest.raises(InvitationInvalid):
        trade.services.teams.accept(helper, token_mailed(trade, address))


def test_an_owner_cannot_join_their_own_team(trade):
    seller = trade.seller()
    trade.services.teams.invite(seller, email_of(trade, seller), "viewer", "en")
    trade.world.drain()

    with pytest.raises(InvitationInvalid):
        trade.services.teams.accept(seller, token_mailed(trade, email_of(trade, seller)))


def test_two_invitations_make_one_member(trade):
    seller = trade.seller()
    helper = join(trade, seller, "viewer")

    with pytest.raises(InvitationInvalid):
        join(trade, seller, "manager", helper)

    assert [member.role for member, _ in trade.services.teams.team(seller).members] == ["viewer"]


def test_somebody_elses_invitation_cannot_be_withdrawn(trade):
    asked = trade.services.teams.invite(trade.seller(), "a@aval.example", "viewer", "en")

    with pytest.raises(InvitationMissing):
        trade.services.teams.withdraw(trade.seller(), asked.invite_id)


def test_a_withdrawn_invitation_is_not_mailed_any_more(trade):
    seller = trade.seller()
    asked = trade.services.teams.invite(seller, "late@aval.example", "viewer", "en")
    trade.services.teams.withdraw(seller, asked.invite_id)

    trade.world.drain()

    assert [mail for mail in trade.world.mails if mail.to == "late@aval.example"] == []


def test_invitations_are_limited_and_addresses_must_be_addresses(trade):
    seller = trade.seller()
    with pytest.raises(EmailInvalid):
        trade.services.teams.invite(seller, "not an address", "viewer", "en")
    for number in range(20):
        trade.services.teams.invite(seller, f"p{number}@aval.example", "viewer", "en")

    with pytest.raises(TooManyAttempts):
        trade.services.teams.invite(seller, "one.more@aval.example", "viewer", "en")


def test_a_team_has_a_bound(trade, monkeypatch):
    monkeypatch.setattr("marketplace.selling.store.MEMBERS_MAX", 2)
    seller = trade.seller()
    first = join(trade, seller, "viewer")
    join(trade, seller, "viewer")

    with pytest.raises(TeamFull):
        join(trade, seller, "viewer")
    trade.services.teams.remove(seller, first)
    join(trade, seller, "viewer")

    assert MEMBERS_MAX > 2


# Acting


def test_a_member_acts_as_the_seller_with_the_sellers_state_and_none_of_their_own_roles(trade):
    seller = trade.seller()
    helper = join(trade, seller, "manager")
    moderator = caller(helper, roles=frozenset({MODERATOR}))

    acting = trade.services.teams.act(moderator, seller, LISTINGS)

    assert (acting.seller_id, acting.account_id, acting.member_id) == (seller, helper, helper)
    assert (acting.seller_active, acting.has_applied, acting.roles) == (True, True, frozenset())
    assert not acting.is_staff


def test_a_seller_in_person_is_no_member(trade):
    alone = caller("acc_1")

    assert (alone.seller_id, alone.member_id) == ("acc_1", "")


@pytest.mark.parametrize("named", ["acc_00000000000000000000000000", "seller", "", "a" * 5_000, "acc_1\x00"])
def test_a_seller_who_does_not_exist_is_no_team_of_yours(trade, named):
    with pytest.raises(TeamMissing):
        trade.services.teams.act(caller(trade.person()), named, VIEW)


def test_a_foreign_seller_looks_like_none(trade):
    stranger = trade.person()

    with pytest.raises(TeamMissing) as foreign:
        trade.services.teams.act(caller(stranger), trade.seller(), VIEW)
    with pytest.raises(TeamMissing) as missing:
        trade.services.teams.act(caller(stranger), "acc_00000000000000000000000000", VIEW)

    assert (foreign.value.facts, foreign.value.fields) == (missing.value.facts, missing.value.fields)


def test_who_was_removed_acts_for_nobody_on_the_very_next_request(trade):
    seller = trade.seller()
    helper = join(trade, seller, "manager")
    trade.services.teams.act(caller(helper), seller, VIEW)

    trade.services.teams.remove(seller, helper)

    with pytest.raises(TeamMissing):
        trade.services.teams.act(caller(helper), seller, VIEW)
    assert trade.services.teams.teams_of(helper) == []
    with pytest.raises(MemberMissing):
        trade.services.teams.remove(seller, helper)


def test_a_changed_part_counts_on_the_very_next_request(trade):
    seller = trade.seller()
    helper = join(trade, seller, "manager")

    trade.services.teams.change_role(seller, helper, "viewer")
    trade.services.teams.change_role(seller, helper, "viewer")  # a repeat changes nothing

    with pytest.raises(TeamRoleTooLow):
        trade.services.teams.act(caller(helper), seller, LISTINGS)
    assert kinds_of(trade, seller).count("team:role_changed") == 1


def test_nobody_acts_for_a_seller_who_is_suspended(trade):
    seller = trade.seller()
    helper = join(trade, seller, "manager")
    AccountsItem(seller, "account").update(actions=[AccountsItem.suspended.set(True)])

    with pytest.raises(TeamMissing):
        trade.services.teams.act(caller(helper), seller, VIEW)


def test_who_looks_through_a_members_eyes_does_not_see_the_team(trade):
    seller = trade.seller()
    helper = join(trade, seller, "manager")

    with pytest.raises(TeamMissing):
        trade.services.teams.act(caller(helper, visitor="acc_support"), seller, VIEW)


def test_acting_costs_one_read(trade):
    seller = trade.seller()
    helper = join(trade, seller, "manager")
    trade.world.dynamo.calls.clear()

    trade.services.teams.act(caller(helper), seller, VIEW)

    assert [call.operation for call in trade.world.dynamo.calls] == ["BatchGetItem"]


def test_the_table_of_duties_is_complete_and_gives_an_unknown_part_nothing():
    assert DUTIES["viewer"] < DUTIES["shipper"] < DUTIES["manager"]
    assert not may("owner", VIEW)
    assert not may("viewer", "")


def test_a_member_may_leave(trade):
    seller = trade.seller()
    helper = join(trade, seller, "shipper")

    trade.services.teams.remove(seller, helper)

    assert trade.services.teams.team(seller).members == ()
    assert trade.services.selling_store.member(seller, helper) is None


def test_who_joined_the_sellers_team_does_not_review_what_they_bought_there(trade):
    order = trade.delivered()
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()
    join(trade, order.seller_id, "viewer", order.buyer_id)

    for author in (order.buyer_id, order.seller_id):
        with pytest.raises(OrderNotReviewable):
            trade.services.reviews.write_review(author, order.order_id, rating=5, text="Great.")


def test_nobody_acts_for_an_owner_who_reported_a_stranger(trade):
    seller = trade.seller()
    helper = join(trade, seller, "manager")
    services = trade.services
    token = services.not_me.mint(seller, email_of(trade, seller))
    services.not_me.disown(token, Origin("203.0.113.7"))

    with pytest.raises(TeamMissing):
        services.teams.act(caller(helper), seller, VIEW)
