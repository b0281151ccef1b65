"""The payouts' store, on the in-memory DynamoDB and on moto: both must give the same answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.audit.nights_store import DynamoNights
from marketplace.audit.sources import Progress
from marketplace.payouts.audited_store import DynamoSellerBooks
from marketplace.payouts.errors import AlreadyNoted, CurrencyWaits, HoldMoved, PaymentsStopped, PayoutMoved, PurseMoved
from marketplace.payouts.model import (
    BankAccounts,
    Cause,
    Clearing,
    Entry,
    EntryKind,
    Hold,
    Payout,
    PayoutState,
    Purse,
    ReservePart,
    StripePayout,
)
from marketplace.payouts.month_store import DynamoPayoutMonths
from marketplace.payouts.seller_books import Books, TooManyRows
from marketplace.payouts.store import DynamoPayoutTable
from marketplace.payouts.switch import Change, SwitchMoved
from marketplace.payouts.switch_store import DynamoSwitches

STORE = DynamoPayoutTable  # see conftest.py
NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SELLER = "acc_" + "1" * 26


def entry(fact="earned#tr_1", amount_minor=5_000, number=1, kind=EntryKind.EARNED):
    return Entry(SELLER, "eur", fact, kind, amount_minor, number, NOW, "ord_1", "tr_1")


def earn(store, commit, amount_minor=5_000, fact="earned#tr_1"):
    purse, _ = store.purse(SELLER, "eur")
    made = entry(fact, amount_minor, purse.number)
    commit(store.add(purse, [made], due_at=LATER), store.note(made), store.count_earning(SELLER, NOW))
    return store.purse(SELLER, "eur")


def begin(store, commit, amount_minor=5_000):
    purse, _ = store.purse(SELLER, "eur")
    kept = purse.available_minor - amount_minor
    payout = Payout(
        SELLER, "eur", purse.number, amount_minor, purse.brought_minor, kept, NOW, stripe_account_id="acct_1"
    )
    commit(*store.begin(purse, payout, None))
    return payout


def test_a_first_earning_makes_balance_and_standing(store, commit):
    assert store.purse(SELLER, "eur")[0] == Purse(SELLER, "eur")

    purse, standing = earn(store, commit)

    assert (purse.available_minor, purse.earned_minor, purse.version, purse.due_at) == (5_000, 5_000, 1, LATER)
    assert (standing.ended_orders, standing.first_at) == (1, NOW)
    assert store.due_purses(LATER, 80) == [(SELLER, "eur")]
    assert store.due_purses(NOW, 80) == []


def test_a_movement_is_noted_once_and_a_later_one_keeps_the_date(store, commit):
    earn(store, commit)

    with pytest.raises(AlreadyNoted):
        earn(store, commit)
    purse, standing = earn(store, commit, 700, "earned#tr_2")

    assert (purse.available_minor, purse.due_at, standing.ended_orders) == (5_700, LATER, 2)
    assert [each.fact for each in store.entries_of(SELLER, "eur", 1, None, 10).items] == ["earned#tr_1", "earned#tr_2"]


def test_a_payout_takes_a_balance_as_it_was_read_and_no_other(store, commit):
    before, _ = earn(store, commit)
    earn(store, commit, 100, "earned#tr_2")
    payout = Payout(SELLER, "eur", 1, 5_000, 0, 0, NOW)

    with pytest.raises(PurseMoved):
        commit(*store.begin(before, payout, None))

    begin(store, commit, 5_000)
    purse, _ = store.purse(SELLER, "eur")
    assert (purse.available_minor, purse.in_transit_minor, purse.number, purse.brought_minor) == (100, 5_000, 2, 100)
    assert purse.due_at is None


def test_a_payout_is_never_larger_than_the_balance(store, commit):
    purse, _ = earn(store, commit)

    with pytest.raises(PurseMoved):
        commit(*store.begin(purse, Payout(SELLER, "eur", 1, 5_001, 0, 0, NOW), None))


def test_an_earning_read_before_a_payout_belongs_to_the_next_one(store, commit):
    before, _ = earn(store, commit)
    begin(store, commit)

    with pytest.raises(PurseMoved):
        commit(store.add(before, [entry("earned#tr_2")], due_at=LATER))
    purse, _ = earn(store, commit, 300, "earned#tr_2")

    assert purse.available_minor == 300
    assert [each.fact for each in store.entries_of(SELLER, "eur", 2, None, 10).items] == ["earned#tr_2"]


def test_a_payout_goes_its_way_once(store, commit):
    earn(store, commit)
    payout = begin(store, commit)
    found = StripePayout("po_1", "pending", 5_000, "eur", payout.key, LATER)
    commit(store.sent(payout, found))
    with pytest.raises(PayoutMoved):
        commit(store.sent(payout, found))
    sent = store.payout(SELLER, "eur", 1)

    commit(*store.arrived(sent, LATER))
    with pytest.raises(PayoutMoved):
        commit(*store.arrived(sent, LATER))

    purse, _ = store.purse(SELLER, "eur")
    assert (store.payout(SELLER, "eur", 1).state, purse.paid_minor, purse.in_transit_minor) == ("paid", 5_000, 0)
    assert store.work(PayoutState.IN_TRANSIT, LATER + timedelta(days=9), 10) == []
    assert [each.number for each in store.history(SELLER, None, 10).items] == [1]


@pytest.mark.parametrize("arrived", [False, True])
def test_what_comes_back_is_in_the_balance_again(store, commit, arrived):
    earn(store, commit)
    payout = begin(store, commit)
    commit(store.sent(payout, StripePayout("po_1", "pending", 5_000, "eur", payout.key, LATER)))
    if arrived:
        commit(*store.arrived(store.payout(SELLER, "eur", 1), LATER))
    sent = store.payout(SELLER, "eur", 1)
    back = entry("returned#1", 5_000, 2, EntryKind.RETURNED)

    commit(*store.came_back(sent, back, "account_closed", LATER, LATER), store.note(back))

    purse, _ = store.purse(SELLER, "eur")
    buckets = (purse.available_minor, purse.in_transit_minor, purse.paid_minor, purse.due_at)
    assert buckets == (5_000, 0, 0, LATER)
    [failed] = store.listed(PayoutState.FAILED, None, 10).items
    assert (failed.reason, failed.state) == ("account_closed", PayoutState.FAILED)


def test_a_parked_payout_leaves_the_open_ones(store, commit):
    earn(store, commit)
    payout = begin(store, commit)
    assert store.work(PayoutState.OPEN, NOW, 10) == [(SELLER, "eur", 1)]

    commit(store.park(payout, "key_too_old"))

    assert store.work(PayoutState.OPEN, LATER, 10) == []
    assert store.work(PayoutState.PARKED, LATER, 10) == [(SELLER, "eur", 1)]


def test_reserved_parts_come_by_their_dates_and_are_taken_as_read(store, commit):
    early = ReservePart(SELLER, "eur", "ord_1", "tr_1", 500, "reserve-new-1", NOW, LATER)
    late = replace(early, stripe_object="tr_2", until=LATER + timedelta(days=30))
    commit(store.set_aside(late), store.set_aside(early))

    assert store.reserves(SELLER, "eur", limit=10) == [early, late]
    assert store.reserves(SELLER, "eur", until=LATER, limit=10) == [early]
    assert store.reserves(SELLER, "eur", until=LATER - timedelta(seconds=1), limit=10) == []
    commit(store.take_from(early, 200))
    with pytest.raises(PurseMoved):
        commit(store.take_from(early, 500))
    commit(store.take_from(replace(early, amount_minor=300), 300))
    assert store.reserves(SELLER, "eur", limit=10) == [late]


def test_a_hold_changes_what_a_payout_was_conditional_on(store, commit):
    standing = store.standing(SELLER)
    hold = Hold(Cause.MANUAL, "hold_1", NOW, LATER, reasons="A document.", by="acc_finance")
    commit(store.unchanged(standing))

    commit(*store.place(SELLER, hold))

    with pytest.raises(HoldMoved):
        commit(store.unchanged(standing))
    with pytest.raises(HoldMoved):
        commit(*store.place(SELLER, hold))
    assert store.holds(SELLER) == [hold]
    assert store.listed_holds(None, 10).items == ((SELLER, hold),)
    commit(*store.end(SELLER, hold, LATER, "acc_finance"))
    assert (store.holds(SELLER), store.listed_holds(None, 10).items) == ([], ())
    with pytest.raises(HoldMoved):
        commit(*store.end(SELLER, hold, LATER, "acc_finance"))


def test_bank_accounts_are_noted_as_read_and_forget_refusals(store, commit):
    commit(store.bank_refused(SELLER, 0), store.note(entry()))
    before = store.standing(SELLER)
    banks = BankAccounts(frozenset({"eur", "usd"}), "mark-1")

    commit(store.note_banks(before, banks))

    after = store.standing(SELLER)
    assert (before.failures, after.failures, after.settles, after.external_mark) == (1, 0, banks.currencies, "mark-1")
    with pytest.raises(HoldMoved):
        commit(store.note_banks(before, banks))


def test_a_switch_stops_and_resumes_as_read_and_remembers(store, commit):
    switches = DynamoSwitches()
    stop = Change("everything", True, "manual", "Looks wrong.", "acc_1", NOW, 1)
    commit(switches.is_open("everything"))

    commit(*switches.change(None, stop))

    with pytest.raises(PaymentsStopped):
        commit(switches.is_open("everything"))
    with pytest.raises(SwitchMoved):
        commit(*switches.change(None, stop))
    assert switches.stopped() == [stop]
    resume = Change("everything", False, "manual", "Fine.", "acc_1", LATER, 2, "acc_2")
    commit(*switches.change(stop, resume))
    commit(switches.is_open("everything"))
    assert (switches.stopped(), switches.read("everything")) == ([], resume)
    assert switches.history("everything", None, 10).items == (resume, stop)


def test_leave_is_noted_once_first_and_last_and_never_of_what_has_left(store, commit):
    earn(store, commit)
    payout = begin(store, commit)
    commit(store.let_go(payout, NOW))
    commit(store.let_go(payout, LATER))

    noted = store.payout(SELLER, "eur", 1)
    assert (noted.let_go_at, noted.allowed_at) == (NOW, LATER)
    commit(store.sent(payout, StripePayout("po_1", "pending", 5_000, "eur", payout.key, LATER)))
    with pytest.raises(PayoutMoved):
        commit(store.let_go(payout, LATER))


@pytest.mark.parametrize(
    ("banks", "takes"),
    [
        (None, True),
        (BankAccounts(frozenset(), ""), True),
        (BankAccounts(frozenset({"eur", "usd"}), "m"), True),
        (BankAccounts(frozenset({"usd"}), "m"), False),
    ],
)
def test_a_currency_is_taken_when_a_bank_account_takes_it_or_none_is_known(store, commit, banks, takes):
    if banks is not None:
        commit(store.note_banks(store.standing(SELLER), banks))

    if takes:
        commit(store.takes(SELLER, "eur"))
    else:
        with pytest.raises(CurrencyWaits):
            commit(store.takes(SELLER, "eur"))


def test_what_clears_is_listed_until_its_moment_and_lessened_as_read(store, commit):
    part = Clearing(SELLER, "eur", "ord_1", "tr_1", 900, NOW, LATER)
    other = replace(part, stripe_object="tr_2", until=LATER + timedelta(days=1))
    commit(store.note_clearing(part), store.note_clearing(other), store.note_clearing(replace(part, currency="usd")))

    assert store.clearing(SELLER, "eur", NOW, 10) == [part, other]
    assert store.clearing(SELLER, "eur", LATER, 10) == [other]
    with pytest.raises(AlreadyNoted):
        commit(store.note_clearing(part))
    commit(store.lessen(part, 300))
    with pytest.raises(PurseMoved):
        commit(store.lessen(part, 300))
    commit(store.lessen(replace(part, amount_minor=600), 600))
    assert store.clearing(SELLER, "eur", NOW, 10) == [other]


def test_payouts_of_a_time_are_those_that_began_in_it(store, commit):
    earn(store, commit)
    begin(store, commit)
    months = DynamoPayoutMonths()

    assert [each.number for each in months.begun_between(SELLER, "eur", NOW, LATER)] == [1]
    assert months.begun_between(SELLER, "usd", NOW, LATER) == []
    assert months.begun_between(SELLER, "eur", NOW - timedelta(days=1), NOW) == []


def test_all_of_a_seller_is_read_at_once_and_no_more_than_one_look_may_take(store, commit):
    earn(store, commit)
    part = ReservePart(SELLER, "eur", "ord_1", "tr_1", 500, "reserve-new-1", NOW, LATER)
    clears = Clearing(SELLER, "eur", "ord_1", "tr_1", 5_000, NOW, LATER)
    stands, ended = (Hold(Cause.MANUAL, f"hold_{nth}", NOW, LATER) for nth in (1, 2))
    commit(store.set_aside(part), store.note_clearing(clears), *store.place(SELLER, stands))
    commit(*store.place(SELLER, ended))
    commit(*store.end(SELLER, ended, NOW, "acc_finance"))
    payout = begin(store, commit, 4_000)

    books = DynamoSellerBooks().of(SELLER, 2)

    assert books == Books([store.purse(SELLER, "eur")[0]], [entry()], [part], [clears], [payout], [stands])
    assert DynamoSellerBooks().of("acc_nobody", 1) == Books([], [], [], [], [], [])
    with pytest.raises(TooManyRows):
        DynamoSellerBooks().of(SELLER, 1)


def test_whose_payout_is_on_its_way_or_came_back_since_is_named(store, commit):
    earn(store, commit)
    books, payout = DynamoSellerBooks(), begin(store, commit)

    assert books.moving(NOW) == [SELLER]
    commit(store.sent(payout, StripePayout("po_1", "pending", 5_000, "eur", payout.key, LATER)))
    assert books.moving(NOW) == [SELLER]
    sent = store.payout(SELLER, "eur", 1)
    commit(*store.arrived(sent, LATER))
    assert books.moving(NOW) == []
    paid, back = store.payout(SELLER, "eur", 1), entry("returned#1", 5_000, 2, EntryKind.RETURNED)
    commit(*store.came_back(paid, back, "no_account", LATER, LATER))
    assert (books.moving(LATER), books.moving(LATER + timedelta(seconds=1))) == ([SELLER], [])


def test_a_night_s_progress_is_kept_by_its_day(store):
    nights, day = DynamoNights(), NOW.date()

    assert nights.of(day) == Progress()
    nights.note(day, Progress("acc_1"))
    assert (nights.of(day), nights.of(LATER.date())) == (Progress("acc_1"), Progress())
    nights.note(day, Progress("", done=True))
    assert nights.of(day) == Progress("", done=True)
