"""Appointing and dismissing: nobody themselves, and two for a hand on power or money."""

from dataclasses import replace

import pytest

from marketplace.accounts.errors import AccountMissing, AppointeeUnready, RoleHeld, RoleNotHeld
from marketplace.kit.principal import ADMIN, FINANCE, MODERATOR, SUPPORT
from marketplace.staff.errors import (
    ApprovalNeeded,
    LastAdmin,
    NoSelfService,
    ProposalDiffers,
    RolesMoved,
    RosterDiffers,
)
from tests.fakes.faults import Faults
from tests.fakes.scheduler import Race, all_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import new_world
from tests.unit.staff.making import administrator, principal_of


def roles_of(trade, account_id):
    return trade.services.account_store.read(account_id).roles


def grant(trade, account_id, role, chief, once="1"):
    return trade.services.roles.grant(account_id, role, chief, "Needed.", once)


@pytest.mark.parametrize("role", [SUPPORT, MODERATOR, FINANCE, ADMIN])
def test_the_only_administrator_appoints_alone(trade, role):
    chief, colleague = administrator(trade), trade.person(factor=True)

    made = grant(trade, colleague, role, chief)

    assert (made.roles, made.proposal) == ({role}, None)
    assert roles_of(trade, colleague) == {role}


@pytest.mark.parametrize("role", [FINANCE, ADMIN])
def test_with_two_administrators_power_and_money_take_both(trade, role):
    chief, other = administrator(trade), administrator(trade)
    colleague = trade.person(factor=True)

    made = grant(trade, colleague, role, chief)

    assert (made.roles, roles_of(trade, colleague)) == (frozenset(), frozenset())
    trade.services.approvals.approve(made.proposal.proposal_id, other, "I know them too.")
    assert roles_of(trade, colleague) == {role}
    assert trade.services.staff_store.admins() == (3 if role == ADMIN else 2)


@pytest.mark.parametrize("role", [SUPPORT, MODERATOR])
def test_the_other_roles_take_one_administrator_however_many_there_are(trade, role):
    chief, _ = administrator(trade), administrator(trade)
    colleague = trade.person(factor=True)

    assert grant(trade, colleague, role, chief).proposal is None
    assert roles_of(trade, colleague) == {role}


def test_an_attempt_repeated_makes_one_proposal(trade):
    chief, _ = administrator(trade), administrator(trade)
    colleague = trade.person(factor=True)

    first, second = (grant(trade, colleague, FINANCE, chief) for _ in range(2))

    assert first.proposal == second.proposal
    assert grant(trade, colleague, FINANCE, chief, once="2").proposal != first.proposal


def test_nobody_changes_their_own_roles(trade):
    chief = administrator(trade)

    with pytest.raises(NoSelfService):
        grant(trade, chief.account_id, FINANCE, chief)
    with pytest.raises(NoSelfService):
        trade.services.roles.remove(chief.account_id, ADMIN, chief)


def test_an_appointee_needs_a_second_factor(trade):
    with pytest.raises(AppointeeUnready):
        grant(trade, trade.person(), SUPPORT, administrator(trade))


def test_a_role_is_granted_once_and_to_somebody(trade):
    chief, colleague = administrator(trade), trade.person(factor=True)
    grant(trade, colleague, SUPPORT, chief)

    with pytest.raises(RoleHeld):
        grant(trade, colleague, SUPPORT, chief)
    with pytest.raises(AccountMissing):
        grant(trade, "acc_nobody", SUPPORT, chief)


def test_who_lost_the_factor_meanwhile_is_not_appointed(trade):
    chief, other, colleague = administrator(trade), administrator(trade), trade.person(factor=True)
    made = grant(trade, colleague, FINANCE, chief)
    store = trade.services.account_store
    store._item_of(colleague, "account", replace(store.read(colleague), totp_secret=None)).save()

    with pytest.raises(AppointeeUnready):
        trade.services.approvals.approve(made.proposal.proposal_id, other, "Yes.")

    assert roles_of(trade, colleague) == frozenset()
    assert trade.services.approvals.read(made.proposal.proposal_id).state == "open"


def test_a_role_is_taken_at_once_with_every_session(trade):
    chief, colleague = administrator(trade), trade.person(factor=True)
    grant(trade, colleague, SUPPORT, chief)
    before = trade.services.account_store.read(colleague).session_epoch

    assert trade.services.roles.remove(colleague, SUPPORT, chief).roles == frozenset()

    after = trade.services.account_store.read(colleague)
    assert (after.roles, after.session_epoch) == (frozenset(), before + 1)
    with pytest.raises(RoleNotHeld):
        trade.services.roles.remove(colleague, SUPPORT, chief)


def test_the_last_administrator_stays(trade):
    chief, other = administrator(trade), administrator(trade)
    trade.services.roles.remove(other.account_id, ADMIN, chief)

    with pytest.raises(LastAdmin):
        trade.services.roles.remove(chief.account_id, ADMIN, principal_of(trade, other.account_id, ADMIN))

    assert roles_of(trade, chief.account_id) == {ADMIN}


def test_a_grant_is_told_and_stands_in_both_records(trade):
    chief, colleague = administrator(trade), trade.person(factor=True)

    grant(trade, colleague, SUPPORT, chief)
    trade.world.drain()

    [act] = trade.services.acts.page(None, 10).items
    assert (act.kind, act.by, act.subject, act.facts) == (
        "role.granted",
        chief.account_id,
        colleague,
        {"role": SUPPORT},
    )
    [entry] = trade.services.security_log.page(colleague, None, 10).items
    assert (entry.kind, entry.facts) == ("role:granted", {"role": SUPPORT})
    assert len(trade.world.mails) == 1


def test_two_administrators_who_dismiss_each_other_leave_one(record_property):
    explored = 0

    def make_race():
        faults = Faults()
        opened = new_world(faults)
        trade = Trade(opened.__enter__())
        one, two = administrator(trade), administrator(trade)

        def dismiss(who, by):
            services = trade.world.new_services()
            return lambda: services.roles.remove(who.account_id, ADMIN, by)

        return Race(faults, {"one": dismiss(two, one), "two": dismiss(one, two)}, (opened, trade, one, two))

    for outcome in all_interleavings(make_race, max_preemptions=3):
        opened, trade, one, two = outcome.race.context
        left = [each for each in (one, two) if ADMIN in roles_of(trade, each.account_id)]
        assert (len(left), trade.services.staff_store.admins(), len(outcome.winners)) == (1, 1, 1), outcome
        opened.__exit__(None, None, None)
        explored += 1

    record_property("summary", f"last administrator: {explored} interleavings of two dismissals, one always stays")


def test_an_administrator_made_in_the_same_moment_makes_a_lone_grant_a_proposal(trade):
    chief, colleague = administrator(trade), trade.person(factor=True)
    store = trade.services.staff_store
    writes = trade.services.roles._granted(colleague, FINANCE, alone=True)  # decided while there was one
    trade.services.transactions.commit(store.enlist(trade.staff(ADMIN), ADMIN))

    with pytest.raises(ApprovalNeeded):
        trade.services.transactions.commit(writes)

    assert grant(trade, colleague, FINANCE, chief).proposal is not None


def test_a_second_proposal_of_the_same_role_grants_it_no_more_once_it_was_taken_away(trade):
    chief, other, third = (administrator(trade) for _ in range(3))
    colleague = trade.person(factor=True)
    approvals = trade.services.approvals
    first, second = (grant(trade, colleague, FINANCE, each).proposal for each in (chief, other))
    approvals.approve(first.proposal_id, third, "I know them too.")
    trade.services.roles.remove(colleague, FINANCE, chief)

    with pytest.raises(RolesMoved):
        approvals.approve(second.proposal_id, third, "I know them too.")

    assert roles_of(trade, colleague) == frozenset()
    again = grant(trade, colleague, FINANCE, other, once="2").proposal
    approvals.approve(again.proposal_id, third, "They are back.")
    assert roles_of(trade, colleague) == {FINANCE}


def test_a_role_taken_away_while_another_is_granted_refuses_it(trade):
    chief, other = administrator(trade), administrator(trade)
    colleague = trade.person(factor=True)
    grant(trade, colleague, SUPPORT, chief)
    proposal = grant(trade, colleague, FINANCE, chief).proposal
    writes = trade.services.roles.granted(replace(proposal, decided_by=other.account_id))
    trade.services.roles.remove(colleague, SUPPORT, chief)

    with pytest.raises(RosterDiffers):
        trade.services.transactions.commit(writes)

    assert roles_of(trade, colleague) == frozenset()


def test_an_attempt_repeated_after_it_was_carried_out_is_the_same_proposal(trade):
    chief, other = administrator(trade), administrator(trade)
    colleague = trade.person(factor=True)
    made = grant(trade, colleague, FINANCE, chief).proposal
    trade.services.approvals.approve(made.proposal_id, other, "I know them too.")

    again = grant(trade, colleague, FINANCE, chief)

    assert (again.proposal.proposal_id, again.proposal.state, again.roles) == (made.proposal_id, "approved", {FINANCE})
    with pytest.raises(ProposalDiffers):
        trade.services.roles.grant(colleague, FINANCE, chief, "Another reason.", "1")
    with pytest.raises(RoleHeld):
        grant(trade, colleague, FINANCE, chief, once="2")
