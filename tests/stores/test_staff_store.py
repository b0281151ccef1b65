"""Proposals, acts, the roster, standings and visits, on the in-memory DynamoDB and on moto."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.errors import AppointeeUnready, RoleNotHeld, StaffStands
from marketplace.accounts.model import Account
from marketplace.accounts.store import DynamoAccounts
from marketplace.kit.principal import ADMIN, SUPPORT
from marketplace.staff.errors import (
    AlreadySuspended,
    AppealMade,
    ApprovalNeeded,
    LastAdmin,
    NotSuspended,
    ProposalDecided,
    RosterDiffers,
    VisitMissing,
)
from marketplace.staff.model import (
    APPROVED,
    DECLINED,
    OPEN,
    WAITING,
    Act,
    Proposal,
    Receipt,
    Suspension,
    Visit,
)
from marketplace.storage.cursor import BadCursor
from marketplace.wiring import Services
from tests.fakes.vault import vault_for
from tests.fakes.world import FrozenClock
from tests.stores.backends import NAMES, backend_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ONE, TWO, NEW = (f"acc_{letter * 26}" for letter in "012")
WANTED = Proposal(
    proposal_id="prp_1",
    kind="role.grant",
    subject=NEW,
    facts={"role": "finance", "amount_minor": 5},
    proposed_by=ONE,
    reasons="Needed.",
    proposed_at=NOW,
    expires_at=NOW + timedelta(days=7),
    concerns=frozenset({TWO}),
)
AGREED = replace(WANTED, state=APPROVED, decided_by=TWO, decided_at=NOW, decision_reasons="Yes.")
TAKEN = Suspension("sus_1", NEW, "account", "3.1", "Fakes.", ONE, NOW)
APPEALED = replace(TAKEN, appeal=WAITING, statement="They are real.", appealed_at=NOW)
VISIT = Visit("vst_1", NEW, ONE, "7", "A question.", NOW, NOW + timedelta(minutes=15), "ab" * 32)


@pytest.fixture(params=NAMES)
def backend(request):
    with backend_of(request.param) as name:
        yield name


@pytest.fixture
def services(backend):
    accounts = DynamoAccounts(vault_for(FrozenClock(NOW)))
    return Services(clock=FrozenClock(NOW), account_store=accounts)


@pytest.fixture
def store(services):
    return services.staff_store


@pytest.fixture
def commit(services):
    return lambda *writes: services.transactions.commit(list(writes))


# Proposals


def test_a_proposal_is_read_as_it_was_stored_and_stored_once(store, commit):
    commit(store.add_proposal(WANTED))

    assert store.proposal("prp_1") == WANTED
    assert store.proposal("prp_2") is None
    with pytest.raises(ProposalDecided):
        commit(store.add_proposal(WANTED))


def test_a_proposal_is_decided_once_and_approved_by_somebody_else(store, commit):
    commit(store.add_proposal(WANTED))

    with pytest.raises(ProposalDecided):
        commit(store.decide_proposal(replace(AGREED, decided_by=ONE)))
    commit(store.decide_proposal(AGREED))

    assert store.proposal("prp_1") == AGREED
    with pytest.raises(ProposalDecided):
        commit(store.decide_proposal(replace(AGREED, state=DECLINED)))


def test_its_proposer_may_take_it_back(store, commit):
    commit(store.add_proposal(WANTED))

    commit(store.decide_proposal(replace(AGREED, state=DECLINED, decided_by=ONE)))

    assert store.proposal("prp_1").state == DECLINED


def test_proposals_are_listed_by_state_newest_first_page_by_page(store, commit):
    several = [replace(WANTED, proposal_id=f"prp_{n}", proposed_at=NOW + timedelta(seconds=n)) for n in range(3)]
    commit(*(store.add_proposal(each) for each in several))
    commit(store.decide_proposal(replace(several[1], state=APPROVED, decided_by=TWO, decided_at=NOW)))

    first = store.proposals(OPEN, None, 1)
    second = store.proposals(OPEN, first.cursor, 1)

    assert [each.proposal_id for each in (*first.items, *second.items)] == ["prp_2", "prp_0"]
    assert [each.proposal_id for each in store.proposals(APPROVED, None, 9).items] == ["prp_1"]


# Acts


def test_acts_are_listed_newest_first_page_by_page(store, commit):
    acts = [Act(f"act_{n}", NOW + timedelta(seconds=n), ONE, "account.read", NEW, {"n": n}, "Why.") for n in range(3)]
    commit(*(store.add_act(act) for act in acts))

    first = store.acts(None, 2)
    rest = store.acts(first.cursor, 2)

    assert (*first.items, *rest.items) == tuple(reversed(acts))
    assert rest.cursor is None


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIiwiYiJd", "WyJhIl0"])
def test_a_cursor_of_no_page_is_refused(store, cursor):
    with pytest.raises(BadCursor):
        store.acts(cursor, 2)


# Roster


def test_administrators_are_counted(store, commit):
    assert store.admins() == 0

    commit(*store.enlist(ONE, ADMIN))
    commit(*store.appoint(TWO, ADMIN, alone=True))
    commit(*store.appoint(NEW, SUPPORT, alone=False))

    assert store.admins() == 2
    commit(*store.dismiss(TWO, ADMIN))
    commit(*store.dismiss(NEW, SUPPORT))
    assert store.admins() == 1


def test_nobody_is_appointed_alone_beside_two_administrators(store, commit):
    commit(*store.enlist(ONE, ADMIN))
    commit(*store.enlist(TWO, ADMIN))

    with pytest.raises(ApprovalNeeded):
        commit(*store.appoint(NEW, ADMIN, alone=True))
    commit(*store.appoint(NEW, ADMIN, alone=False))

    assert store.admins() == 3


def test_the_last_administrator_is_not_dismissed_and_no_role_twice(store, commit):
    commit(*store.enlist(ONE, ADMIN))
    commit(*store.appoint(NEW, SUPPORT, alone=False))

    with pytest.raises(LastAdmin):
        commit(*store.dismiss(ONE, ADMIN))
    with pytest.raises(RosterDiffers):
        commit(*store.appoint(NEW, SUPPORT, alone=False))
    commit(*store.dismiss(NEW, SUPPORT))
    with pytest.raises(RosterDiffers):
        commit(*store.dismiss(NEW, SUPPORT))


# Standings


def test_one_suspension_at_a_time(store, commit):
    assert store.suspension(NEW) is None
    commit(store.suspend(TAKEN))

    assert store.suspension(NEW) == TAKEN
    with pytest.raises(AlreadySuspended):
        commit(store.suspend(replace(TAKEN, suspension_id="sus_2")))
    lifted = replace(TAKEN, lifted_at=NOW)
    commit(store.change_suspension(TAKEN, lifted, NotSuspended()))
    commit(store.suspend(replace(TAKEN, suspension_id="sus_2")))

    assert store.suspension(NEW).suspension_id == "sus_2"


def test_a_suspension_changes_only_as_it_was_read(store, commit):
    commit(store.suspend(TAKEN))
    commit(store.change_suspension(TAKEN, APPEALED, AppealMade()))

    with pytest.raises(AppealMade):
        commit(store.change_suspension(TAKEN, APPEALED, AppealMade()))
    commit(store.change_suspension(APPEALED, replace(APPEALED, appeal="granted", lifted_at=NOW), NotSuspended()))
    with pytest.raises(NotSuspended):
        commit(store.change_suspension(APPEALED, replace(APPEALED, lifted_at=NOW), NotSuspended()))


def test_appeals_that_wait_are_listed_longest_first(store, commit):
    people = [f"acc_{letter * 26}" for letter in "345"]
    for number, person in enumerate(people):
        taken = replace(TAKEN, account_id=person)
        commit(store.suspend(taken))
        waiting = replace(taken, appeal=WAITING, statement="No.", appealed_at=NOW + timedelta(seconds=-number))
        commit(store.change_suspension(taken, waiting, AppealMade()))

    first = store.appeals(None, 2)
    rest = store.appeals(first.cursor, 2)

    assert [each.account_id for each in (*first.items, *rest.items)] == people[::-1]


def test_receipts_are_listed_oldest_first(store, commit):
    made = [
        Receipt(f"sdr_{n}", NEW, "sus_1", "suspended", "account", "3.1", "Fakes.", NOW + timedelta(seconds=n), ONE)
        for n in range(2)
    ]
    commit(*(store.add_receipt(each) for each in reversed(made)))

    assert store.receipts(NEW) == made
    assert store.receipts(ONE) == []


# Visits


def test_a_visit_ends_once(store, commit):
    commit(store.add_visit(VISIT))
    ended = replace(VISIT, ended_at=NOW)

    assert store.visit(NEW, "vst_1") == VISIT
    commit(store.end_visit(ended))

    assert store.visit(NEW, "vst_1") == ended
    with pytest.raises(VisitMissing):
        commit(store.end_visit(ended))
    with pytest.raises(VisitMissing):
        commit(store.end_visit(replace(ended, visit_id="vst_2")))


# The accounts' side


@pytest.fixture
def account(services, commit):
    account = Account(NEW, "new@aval.example", "New", "en", "$argon2id$none", NOW, email_verified=True, totp_secret="S")
    commit(*services.account_store.open(account))
    return account


def test_a_role_is_granted_and_taken_with_the_sessions(services, commit, account):
    people = services.account_store
    commit(people.grant_role(NEW, SUPPORT))

    with pytest.raises(AppointeeUnready):
        commit(people.grant_role(NEW, SUPPORT))
    assert (people.read(NEW).roles, people.roles_of(NEW)) == ({SUPPORT}, {SUPPORT})
    commit(people.remove_role(NEW, SUPPORT))

    after = people.read(NEW)
    assert (after.roles, after.session_epoch, people.roles_of(NEW)) == (frozenset(), 1, frozenset())
    with pytest.raises(RoleNotHeld):
        commit(people.remove_role(NEW, SUPPORT))


def test_nobody_of_the_staff_is_suspended_and_nobody_suspended_joins(services, commit, account):
    people = services.account_store
    commit(people.grant_role(NEW, SUPPORT))
    with pytest.raises(StaffStands):
        commit(people.suspend(NEW, selling_only=False))
    commit(people.remove_role(NEW, SUPPORT))

    commit(people.suspend(NEW, selling_only=False))

    with pytest.raises(AppointeeUnready):
        commit(people.grant_role(NEW, SUPPORT))
    with pytest.raises(StaffStands):
        commit(people.suspend("acc_nobody", selling_only=False))


@pytest.mark.parametrize(("selling_only", "epochs"), [(True, 0), (False, 1)])
def test_a_suspension_marks_its_scope_and_a_reinstatement_clears_both(services, commit, account, selling_only, epochs):
    people = services.account_store

    commit(people.suspend(NEW, selling_only=selling_only))

    found = people.read(NEW)
    assert (found.suspended, found.selling_suspended, found.session_epoch) == (not selling_only, selling_only, epochs)
    assert services.directory.suspended(NEW)
    commit(people.reinstate(NEW))
    found = people.read(NEW)
    assert (found.suspended, found.selling_suspended) == (False, False)
    assert not services.directory.suspended(NEW)
