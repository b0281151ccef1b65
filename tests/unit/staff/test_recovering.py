"""Staff who lost everything: two administrators, three days, and no role without a factor on the way."""

import pytest

from marketplace.accounts.admission import Caller
from marketplace.accounts.errors import AccountMissing, RoleNotHeld
from marketplace.kit.errors import Forbidden, Unauthenticated
from marketplace.kit.origin import Origin
from marketplace.kit.principal import ADMIN, FINANCE, SUPPORT
from marketplace.staff.errors import LastAdmin, NoSelfService, OwnProposal, RolesMoved
from tests.unit.staff.making import administrator, principal_of, somebody

HERE = Origin("203.0.113.7", "Firefox")
PASSWORD = "doce lunas sobre el puerto"


def propose(trade, account_id, chief, once="1"):
    return trade.services.staff_recovery.propose(account_id, chief, "Lost phone and keys.", once)


def approve(trade, proposal, chief):
    return trade.services.approvals.approve(proposal.proposal_id, chief, "I called them.")


def test_two_administrators_begin_it_and_the_mailbox_ends_it_three_days_later(trade):
    one, two = administrator(trade), administrator(trade)
    lost, services = trade.person(factor=True), trade.services
    for role in (SUPPORT, FINANCE):
        services.transactions.commit(
            [services.account_store.grant_role(lost, role), *services.staff_store.appoint(lost, role, alone=False)]
        )

    proposal = propose(trade, lost, one)
    assert services.account_store.read(lost).roles == {SUPPORT, FINANCE}
    approve(trade, proposal, two)

    account = services.account_store.read(lost)
    assert (account.roles, account.has_factor) == (frozenset(), True)
    trade.world.clock.advance(hours=72)
    services.recoveries.finish(services.recoveries.mint_finish(lost, ""), PASSWORD, origin=HERE)
    recovered = services.account_store.read(lost)
    assert (recovered.has_factor, recovered.roles) == (False, frozenset())
    kinds = [entry.kind for entry in services.security_log.page(lost, None, 20).items]
    assert {"role:removed", "recovery:started", "recovery:completed"} <= set(kinds)


def test_sessions_end_when_two_agreed(trade):
    one, two = administrator(trade), administrator(trade)
    lost, services = trade.staff(SUPPORT), trade.services
    account = services.account_store.read(lost)
    token = services.admission.admit(account, Caller(HERE), how="password", writes=[]).token
    assert services.sessions.authenticate(token)

    approve(trade, propose(trade, lost, one), two)

    with pytest.raises(Unauthenticated):
        services.sessions.authenticate(token)


def test_one_person_does_not_suffice(trade):
    one = administrator(trade)
    administrator(trade)
    proposal = propose(trade, trade.staff(SUPPORT), one)

    with pytest.raises(OwnProposal):
        approve(trade, proposal, one)
    with pytest.raises(Forbidden):
        approve(trade, proposal, somebody(trade, SUPPORT))


def test_an_administrator_is_let_back_in_by_two_others_and_counted_no_more(trade):
    one, two, lost = administrator(trade), administrator(trade), administrator(trade)

    approve(trade, propose(trade, lost.account_id, one), two)

    assert trade.services.staff_store.admins() == 2


def test_nobody_proposes_it_for_themselves_or_for_who_is_no_staff(trade):
    one = administrator(trade)

    with pytest.raises(NoSelfService):
        propose(trade, one.account_id, one)
    with pytest.raises(RoleNotHeld):
        propose(trade, trade.person(), one)
    with pytest.raises(AccountMissing):
        propose(trade, "acc_" + "9" * 26, one)


def test_an_administrator_whom_the_roster_does_not_count_stops_nobody(trade):
    """The last one who is counted stays: somebody must be able to appoint."""
    only = administrator(trade)
    one, two = (principal_of(trade, trade.staff(ADMIN), ADMIN) for _ in range(2))

    with pytest.raises(LastAdmin):
        approve(trade, propose(trade, only.account_id, one), two)

    assert trade.services.account_store.read(only.account_id).roles == {ADMIN}


def test_approving_twice_begins_one_recovery(trade):
    one, two = administrator(trade), administrator(trade)
    lost = trade.staff(SUPPORT)
    proposal = propose(trade, lost, one)
    approve(trade, proposal, two)
    begun = trade.services.factor_store.recovery(lost)

    approve(trade, proposal, two)

    assert trade.services.factor_store.recovery(lost) == begun
    assert propose(trade, lost, one).proposal_id == proposal.proposal_id  # the same attempt, once more


def test_a_second_proposal_does_not_take_the_roles_that_were_granted_anew(trade):
    one, two, three = (administrator(trade) for _ in range(3))
    lost, services = trade.person(factor=True), trade.services

    def appoint():
        granted = services.account_store.grant_role(lost, SUPPORT)
        services.transactions.commit([granted, *services.staff_store.appoint(lost, SUPPORT, alone=False)])

    appoint()
    first, second = (propose(trade, lost, each) for each in (one, two))
    approve(trade, first, three)
    appoint()

    with pytest.raises(RolesMoved):
        approve(trade, second, three)

    assert services.account_store.read(lost).roles == {SUPPORT}
