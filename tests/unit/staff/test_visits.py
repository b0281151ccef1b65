"""Support looks through somebody's eyes: minutes, in the open, and for as long as it is support."""

import pytest

from marketplace.accounts.errors import AccountMissing
from marketplace.accounts.model import digest
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.origin import Origin
from marketplace.orders.model import OwnCase
from marketplace.staff.errors import ReasonsNeeded, StaffNotVisited, VisitMissing
from marketplace.staff.model import VISIT_LENGTH
from tests.unit.staff.making import administrator, principal_of, somebody


@pytest.fixture
def guide(trade):
    return somebody(trade, "support")


def begin(trade, account_id, guide):
    return trade.services.visits.begin(account_id, guide, case="tic_7", reasons="The buyer asks where it is.")


def test_a_visit_is_the_account_without_its_roles_and_with_the_visitor_s_name(trade, guide):
    seller = trade.seller()

    seen = trade.services.sessions.authenticate(begin(trade, seller, guide).token)

    assert (seen.account_id, seen.visitor, seen.roles, seen.is_staff) == (
        seller,
        guide.account_id,
        frozenset(),
        False,
    )
    assert seen.seller_active


def test_the_last_second_of_fifteen_minutes_is_in_time_and_the_next_is_not(trade, guide):
    token = begin(trade, trade.person(), guide).token
    trade.world.clock.advance(seconds=VISIT_LENGTH.total_seconds() - 1)
    trade.services.sessions.authenticate(token)

    trade.world.clock.advance(seconds=1)

    with pytest.raises(Unauthenticated):
        trade.services.sessions.authenticate(token)


def test_the_owner_is_told_and_sees_it_and_ends_it(trade, guide):
    owner = trade.person()
    begun = begin(trade, owner, guide)
    trade.world.drain()

    [entry] = trade.services.security_log.page(owner, None, 10).items
    [session] = trade.services.account_store.sessions_of(owner)
    assert (entry.kind, entry.facts["visit_id"]) == ("support:viewed", begun.visit.visit_id)
    assert (session.visitor, session.device) == (guide.account_id, "Aval support / soporte")
    assert len(trade.world.mails) == 1

    trade.services.transactions.commit([trade.services.account_store.end_session(owner, session.secret_hash)])

    with pytest.raises(Unauthenticated):
        trade.services.sessions.authenticate(begun.token)
    with pytest.raises(VisitMissing):
        trade.services.visits.end(owner, begun.visit.visit_id, guide)


def test_ending_every_session_ends_the_visit_too(trade, guide):
    owner = trade.person()
    token = begin(trade, owner, guide).token

    trade.services.transactions.commit([trade.services.account_store.end_sessions(owner)])

    with pytest.raises(Unauthenticated):
        trade.services.sessions.authenticate(token)


def test_the_visitor_ends_it_and_the_owner_s_log_says_so(trade, guide):
    owner = trade.person()
    begun = begin(trade, owner, guide)

    trade.services.visits.end(owner, begun.visit.visit_id, guide)

    with pytest.raises(Unauthenticated):
        trade.services.sessions.authenticate(begun.token)
    kinds = [entry.kind for entry in trade.services.security_log.page(owner, None, 10).items]
    assert sorted(kinds) == ["support:left", "support:viewed"]
    with pytest.raises(VisitMissing):
        trade.services.visits.end(owner, begun.visit.visit_id, guide)


def test_nobody_ends_a_colleague_s_visit(trade, guide):
    owner = trade.person()
    begun = begin(trade, owner, guide)

    with pytest.raises(VisitMissing):
        trade.services.visits.end(owner, begun.visit.visit_id, somebody(trade, "support"))


def test_who_is_no_longer_of_support_no_longer_looks(trade):
    chief, owner = administrator(trade), trade.person()
    colleague = trade.person(factor=True)
    trade.services.roles.grant(colleague, "support", chief, "Needed.", "1")
    guide = principal_of(trade, colleague, "support")
    token = begin(trade, owner, guide).token

    trade.services.roles.remove(colleague, "support", chief)

    with pytest.raises(Unauthenticated):
        trade.services.sessions.authenticate(token)


def test_nobody_visits_themselves_a_colleague_or_nobody(trade, guide):
    with pytest.raises(OwnCase):
        begin(trade, guide.account_id, guide)
    with pytest.raises(StaffNotVisited):
        begin(trade, trade.staff("finance"), guide)
    with pytest.raises(AccountMissing):
        begin(trade, "acc_nobody", guide)
    with pytest.raises(ReasonsNeeded):
        trade.services.visits.begin(trade.person(), guide, case="tic_7", reasons=" ")


def test_the_token_is_stored_as_a_hash_only(trade, guide):
    begun = begin(trade, trade.person(), guide)

    secret = begun.token.partition(".")[2]
    rows = [str(row) for table in trade.world.dynamo.tables() for row in trade.world.dynamo.rows(table)]

    assert not any(secret in row for row in rows)
    assert any(digest(secret) in row for row in rows)
    assert secret not in repr(begun)


def test_a_visit_ends_when_its_visitor_reports_a_stranger(trade, guide):
    token = begin(trade, trade.person(), guide).token
    services = trade.services
    address = services.account_store.read(guide.account_id).email
    services.not_me.disown(services.not_me.mint(guide.account_id, address), Origin("203.0.113.7"))

    with pytest.raises(Unauthenticated):
        services.sessions.authenticate(token)
