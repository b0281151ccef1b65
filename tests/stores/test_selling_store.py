"""What comes with selling, stored: on the in-memory DynamoDB and on moto the same answers."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.accounts.model import Account, SellerProfile
from marketplace.accounts.store import DynamoAccounts
from marketplace.selling.model import (
    Invitation,
    InvitationInvalid,
    InvitationMissing,
    Member,
    MemberMissing,
    TeamFull,
    TeamMoved,
    TraderData,
)
from marketplace.selling.ports import Bound
from marketplace.selling.store import DynamoSelling
from marketplace.storage.transaction import DynamoTransactions
from marketplace.verification.model import Identity, VerificationMoved
from marketplace.verification.store import DynamoIdentities
from tests.fakes.trade import TRADER_DATA
from tests.fakes.vault import vault_for
from tests.stores.backends import NAMES, backend_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SELLER, HELPER = "acc_seller", "acc_helper"
FULL = TeamFull()


class Standing:
    """A clock that stands still."""

    def now(self):
        return NOW


@pytest.fixture(params=NAMES)
def vault(request):
    with backend_of(request.param):
        yield vault_for(Standing())


@pytest.fixture
def store(vault):
    accounts = DynamoAccounts(vault)
    for account_id in (SELLER, HELPER):
        account = Account(account_id, f"{account_id}@x.example", account_id, "es", "h", NOW, email_verified=True)
        commit(*accounts.open(account))
    commit(*accounts.apply(SellerProfile(SELLER, "Vega SL", "trader", "ES", NOW, active=True)))
    return DynamoSelling(vault)


def commit(*writes):
    DynamoTransactions(pause=lambda _: None).commit(writes)


def told(at=NOW, **changes):
    return TraderData(SELLER, **{**TRADER_DATA, **changes}, attested_at=at)


def asked(invite_id="inv_1"):
    return Invitation(SELLER, invite_id, "lin@x.example", "en", "viewer", NOW, NOW + timedelta(days=7))


def member(account_id=HELPER, role="viewer"):
    return Member(SELLER, account_id, role, NOW)


def test_trader_data_comes_back_as_it_was_said_and_the_last_word_counts(store):
    commit(store.declare(told()))
    commit(store.declare(told(NOW + timedelta(days=1), register_name="", register_number="")))

    assert store.trader(SELLER) == told(NOW + timedelta(days=1), register_name="", register_number="")
    assert store.facts(SELLER).trader == store.trader(SELLER)
    assert store.facts("acc_nobody") is None
    assert store.facts(HELPER) is None


def test_who_may_sell_now_is_met_with_tier_and_team(store):
    commit(*store.invite(asked()))
    commit(*store.join(member(), asked()))

    [(seller_id, shop)] = store.shops_for(HELPER, {SELLER, HELPER, "acc_nobody"}).items()

    assert (seller_id, shop.kind, shop.country, shop.tier, shop.is_buyers_team) == (SELLER, "trader", "ES", 0, True)
    assert not store.shops_for("acc_other", {SELLER})[SELLER].is_buyers_team
    assert store.shops_for(HELPER, set()) == {}


def test_listings_are_counted_up_to_a_bound_and_down_without_one(store):
    commit(store.list_one_more(SELLER, 1, FULL))
    with pytest.raises(TeamFull):
        commit(store.list_one_more(SELLER, 1, FULL))

    commit(store.list_one_less(SELLER))
    commit(store.list_one_less(SELLER))
    commit(store.list_one_more(SELLER, 1, FULL))


def test_an_invitation_is_found_by_its_token_spent_once_and_makes_a_member(store):
    commit(*store.invite(asked()))
    commit(store.put_token("hash", asked()))
    found = store.invitation_of("hash")

    commit(*store.join(member(), found))

    assert found == asked()
    assert store.seller_of_invitation("inv_1") == SELLER
    assert store.invitation_of("hash") is None
    assert store.member(SELLER, HELPER)[1] == member()
    assert store.members(SELLER) == [(member(), HELPER)]
    assert store.teams_of(HELPER) == [member()]
    assert store.invitations(SELLER) == []
    with pytest.raises(InvitationInvalid):
        commit(*store.join(member("acc_other"), found))


def test_a_withdrawn_invitation_is_gone(store):
    commit(*store.invite(asked()))
    commit(*store.withdraw(asked()))

    assert store.invitation(SELLER, "inv_1") is None
    with pytest.raises(InvitationMissing):
        commit(*store.withdraw(asked()))


def test_a_member_changes_part_and_leaves_once(store):
    commit(*store.invite(asked()))
    commit(*store.join(member(), asked()))
    commit(*store.change_role(member(), "manager"))

    assert store.member(SELLER, HELPER)[1].role == "manager"
    commit(*store.leave(member()))
    assert store.member(SELLER, HELPER) is None
    assert store.teams_of(HELPER) == []
    for late in (store.leave(member()), store.change_role(member(), "viewer")):
        with pytest.raises(MemberMissing):
            commit(*late)


def test_a_team_is_full_at_its_bound(store, monkeypatch):
    monkeypatch.setattr("marketplace.selling.store.MEMBERS_MAX", 1)
    for number in (1, 2):
        commit(*store.invite(asked(f"inv_{number}")))
    commit(*store.join(member(), asked("inv_1")))

    with pytest.raises(TeamFull):
        commit(*store.join(member("acc_other"), asked("inv_2")))


@pytest.mark.parametrize(
    ("bound", "fits"),
    [
        (Bound(3, 300, FULL), True),
        (Bound(2, 300, FULL), False),
        (Bound(3, 299, FULL), False),
        (Bound(3, None, FULL), True),
    ],
)
def test_what_is_under_way_is_bounded_in_number_and_money(store, bound, fits):
    commit(store.add("open#x", SELLER, {"ord_1": 100, "ord_2": 100}, bound=Bound(9, 900, FULL)))
    write = store.add("open#x", SELLER, {"ord_3": 100}, bound=bound)

    if fits:
        commit(write)
    else:
        with pytest.raises(TeamFull):
            commit(write)

    assert len(store.held("open#x", SELLER)[0]) == 2 + fits


def test_a_row_keeps_what_is_still_open_unless_it_changed_since(store):
    bound = Bound(2, 200, FULL)
    commit(store.add("open#x", SELLER, {"ord_1": 100, "ord_2": 100}, bound=bound))
    _, revision = store.held("open#x", SELLER)

    commit(store.keep("open#x", SELLER, {}, revision))
    with pytest.raises(TeamMoved):
        commit(store.keep("open#x", SELLER, {}, revision))
    commit(store.add("open#x", SELLER, {"ord_3": 200}, bound=bound))

    assert store.held("open#x", SELLER)[0] == {"ord_3"}
    assert store.held("open#y", SELLER) is None


# Identity


@pytest.fixture
def identities(vault, store):
    return DynamoIdentities(vault)


def begun(revision=0, attempt="idv_1"):
    return Identity(SELLER, attempt, "fingerprint", "opening", "https://x.example/", NOW, revision)


def test_a_check_is_begun_bound_and_found_by_stripes_id(identities):
    commit(identities.begin(begun(), None))
    commit(*identities.record_session(begun(), "vs_1"))

    found = identities.read(SELLER)
    assert (found.status, found.identity_session_id, found.revision) == ("open", "vs_1", 1)
    assert identities.account_of("vs_1") == SELLER
    assert identities.account_of("vs_2") is None
    with pytest.raises(VerificationMoved):
        commit(*identities.record_session(begun(), "vs_2"))


def test_a_check_replaces_only_the_one_that_was_read(identities):
    commit(identities.begin(begun(), None))
    with pytest.raises(VerificationMoved):
        commit(identities.begin(begun(attempt="idv_2"), None))
    with pytest.raises(VerificationMoved):
        commit(identities.begin(begun(attempt="idv_2"), begun(revision=5)))

    commit(identities.begin(begun(1, "idv_2"), begun()))

    assert identities.read(SELLER) == begun(1, "idv_2")


def test_a_verified_identity_raises_the_accounts_tier(identities):
    assert (identities.tier_of(SELLER), identities.tier_of("acc_nobody")) == (0, 0)

    commit(identities.mark_verified(SELLER, NOW))

    assert identities.tier_of(SELLER) == 2


@pytest.mark.parametrize("currencies", [frozenset({"eur", "usd"}), frozenset()])
def test_a_checkout_meets_a_seller_with_the_currencies_of_their_bank_accounts(store, currencies):
    assert store.shops_for("acc_other", {SELLER})[SELLER].settles is None

    commit(store.note_settles(SELLER, currencies))

    assert store.shops_for("acc_other", {SELLER})[SELLER].settles == (currencies or None)
