"""Suspending: at once, with reasons, with somebody else to appeal to; what runs goes on."""

import pytest

from marketplace.accounts.errors import AccountMissing, AccountSuspended, StaffStands
from marketplace.accounts.model import Session, digest, session_token
from marketplace.kit.errors import Invalid, Unauthenticated
from marketplace.orders.cart import SellerNotSelling
from marketplace.orders.model import OwnCase
from marketplace.staff.errors import AlreadySuspended, AppealMade, NoAppeal, NotSuspended, ReasonsNeeded, SameDecider
from marketplace.staff.model import SELLING, WHOLE_ACCOUNT
from tests.unit.staff.making import administrator, somebody

SECRET = "s" * 43


def suspend(trade, account_id, chief, scope=WHOLE_ACCOUNT):
    said = {"clause": "3.1", "reasons": "Counterfeits.", "scope": scope}
    return trade.services.suspensions.suspend(account_id, chief, **said)


def token_of(trade, account_id):
    """Sign somebody in without the cost of a password."""
    now, store = trade.world.clock.now(), trade.services.account_store
    epoch = store.read(account_id).session_epoch
    session = Session(account_id, digest(SECRET), epoch, "tests", now, now, now.replace(year=now.year + 1))
    trade.services.transactions.commit([store.open_session(session)])
    return session_token(account_id, SECRET)


def test_a_suspended_account_s_sessions_end_at_once(trade):
    chief, offender = administrator(trade), trade.person()
    token = token_of(trade, offender)
    assert trade.services.sessions.authenticate(token).account_id == offender

    suspend(trade, offender, chief)

    with pytest.raises(Unauthenticated):
        trade.services.sessions.authenticate(token)


def test_who_signs_in_anew_reads_why_and_nothing_else(trade):
    offender = trade.person()
    suspend(trade, offender, administrator(trade))
    token = token_of(trade, offender)

    with pytest.raises(AccountSuspended):
        trade.services.sessions.authenticate(token)
    assert trade.services.sessions.authenticate(token, even_suspended=True).account_id == offender


@pytest.mark.parametrize("scope", [WHOLE_ACCOUNT, SELLING])
def test_nobody_buys_from_a_suspended_seller_until_it_is_lifted(trade, scope):
    chief, seller, buyer = administrator(trade), trade.seller(), trade.person()
    listing = trade.listing(seller)

    suspend(trade, seller, chief, scope)
    with pytest.raises(SellerNotSelling):
        trade.place(buyer, (listing, 1))

    trade.services.suspensions.lift(seller, chief, "The goods are genuine.")
    assert trade.place(buyer, (listing, 1)).orders


def test_a_seller_suspended_from_selling_may_still_sign_in_and_no_longer_sells(trade):
    seller = trade.seller()
    token = token_of(trade, seller)
    assert trade.services.sessions.authenticate(token).seller_active

    suspend(trade, seller, administrator(trade), SELLING)

    assert not trade.services.sessions.authenticate(token).seller_active


def test_an_order_that_is_running_goes_on(trade):
    order = trade.delivered()

    suspend(trade, order.seller_id, administrator(trade))
    trade.services.orders.confirm(order.order_id, order.buyer_id)
    trade.world.drain()

    assert trade.order(order.order_id).state == "released"


def test_every_decision_leaves_a_receipt_a_notice_and_an_entry(trade):
    chief, judge, offender = administrator(trade), somebody(trade, "moderator"), trade.person()
    services = trade.services

    suspend(trade, offender, chief)
    services.suspensions.appeal(offender, "They are real.")
    trade.world.clock.advance(seconds=1)
    services.suspensions.decide_appeal(offender, judge, granted=False, reasons="The maker says no.")
    trade.world.clock.advance(seconds=1)
    services.suspensions.lift(offender, chief, "Served.")
    trade.world.drain()

    present, receipts = services.suspensions.standing(offender)
    assert present is None
    assert [(each.decision, each.clause, each.reasons, each.decided_by, each.automated) for each in receipts] == [
        ("suspended", "3.1", "Counterfeits.", chief.account_id, False),
        ("upheld", "3.1", "The maker says no.", judge.account_id, False),
        ("lifted", "3.1", "Served.", chief.account_id, False),
    ]
    told = ["account:suspended", "appeal:received", "appeal:rejected", "account:reinstated"]
    assert {entry.kind for entry in services.security_log.page(offender, None, 10).items} == set(told)
    assert len(trade.world.mails) == len(told)
    acts = [act.kind for act in services.acts.page(None, 10).items]
    assert acts == ["suspension.lifted", "suspension.upheld", "suspension.suspended"]


def test_an_appeal_that_is_granted_lifts(trade):
    offender = trade.person()
    suspend(trade, offender, administrator(trade))
    trade.services.suspensions.appeal(offender, "It was my brother.")
    assert [each.account_id for each in trade.services.suspensions.waiting_appeals(None, 10).items] == [offender]

    judge = somebody(trade, "moderator")
    trade.services.suspensions.decide_appeal(offender, judge, granted=True, reasons="So it was.")

    assert trade.services.suspensions.standing(offender)[0] is None
    assert not trade.services.account_store.read(offender).suspended
    assert trade.services.suspensions.waiting_appeals(None, 10).items == ()


def test_whoever_suspended_does_not_judge_the_appeal(trade):
    chief, offender = somebody(trade, "admin", "moderator"), trade.person()
    suspend(trade, offender, chief)
    trade.services.suspensions.appeal(offender, "Please.")

    with pytest.raises(SameDecider):
        trade.services.suspensions.decide_appeal(offender, chief, granted=False, reasons="I said so.")


def test_one_appeal_a_suspension(trade):
    chief, judge, offender = administrator(trade), somebody(trade, "moderator"), trade.person()
    services = trade.services
    with pytest.raises(NotSuspended):
        services.suspensions.appeal(offender, "Against nothing.")
    suspend(trade, offender, chief)
    with pytest.raises(NoAppeal):
        services.suspensions.decide_appeal(offender, judge, granted=True, reasons="Nobody asked.")
    services.suspensions.appeal(offender, "Once.")

    with pytest.raises(AppealMade):
        services.suspensions.appeal(offender, "Twice.")
    services.suspensions.lift(offender, chief, "Enough.")
    suspend(trade, offender, chief)

    assert services.suspensions.appeal(offender, "Again.").appeal == "waiting"


@pytest.mark.parametrize("statement", ["", "  ", "x" * 4_001])
def test_an_appeal_says_something_of_a_readable_length(trade, statement):
    offender = trade.person()
    suspend(trade, offender, administrator(trade))

    with pytest.raises(Invalid):
        trade.services.suspensions.appeal(offender, statement)


def test_staff_is_dismissed_before_it_is_suspended_and_nobody_suspends_themselves(trade):
    chief = administrator(trade)

    with pytest.raises(StaffStands):
        suspend(trade, trade.staff("support"), chief)
    with pytest.raises(OwnCase):
        suspend(trade, chief.account_id, chief)
    with pytest.raises(AccountMissing):
        suspend(trade, "acc_nobody", chief)


def test_one_suspension_at_a_time_and_reasons_for_each(trade):
    chief, offender = administrator(trade), trade.person()
    suspend(trade, offender, chief, SELLING)

    with pytest.raises(AlreadySuspended):
        suspend(trade, offender, chief)
    with pytest.raises(ReasonsNeeded):
        trade.services.suspensions.lift(offender, chief, "   ")
    trade.services.suspensions.lift(offender, chief, "Over.")
    with pytest.raises(NotSuspended):
        trade.services.suspensions.lift(offender, chief, "Over again.")


def test_a_role_granted_in_the_same_moment_is_not_suspended_past(trade):
    chief, colleague = administrator(trade), trade.person(factor=True)
    store = trade.services.account_store
    late = store.suspend(colleague, selling_only=False)
    trade.services.roles.grant(colleague, "support", chief, "Needed.", "1")

    with pytest.raises(StaffStands):
        trade.services.transactions.commit([late])
