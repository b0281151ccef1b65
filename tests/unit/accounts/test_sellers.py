"""From the application to selling, whatever breaks on the way."""

from datetime import timedelta

import pytest

from marketplace.accounts.errors import CountryNotServed, NameInvalid, ReturnAddressForeign, SellerExists, SellerMissing
from marketplace.accounts.model import Rating, SellerProfile
from marketplace.kit.errors import Unavailable
from tests.unit.accounts.scene import START, Scene

HOME = "https://aval.example"
DAY = timedelta(days=1)


def test_an_application_makes_a_stripe_account_and_does_not_sell_yet(scene: Scene) -> None:
    account_id = scene.register()

    seller = scene.apply(account_id)

    assert seller == scene.sellers.of(account_id)
    assert (seller.seller_id, seller.stripe_account_id, seller.active) == (account_id, "acct_1", False)
    caller = scene.sessions.authenticate(scene.token())
    assert (caller.has_applied, caller.seller_active) == (True, False)
    assert [row["subject"] for row in scene.events("seller.applied")] == [account_id]


def test_an_application_costs_the_person_s_key_two_writes_and_one_call(scene: Scene) -> None:
    account_id = scene.register()
    scene.round_trips()

    scene.apply(account_id)

    assert (scene.round_trips(), scene.connect.calls) == (["GetItem", *["TransactWriteItems"] * 2], ["create"])


def test_an_account_is_one_seller(scene: Scene) -> None:
    account_id = scene.register()
    scene.apply(account_id)

    with pytest.raises(SellerExists):
        scene.apply(account_id, legal_name="Otra SL")

    assert scene.connect.calls == ["create"]


@pytest.mark.parametrize("country", ["BR", "XX", "es", "KP"])
def test_a_country_that_cannot_be_paid_is_refused_before_anything_is_stored(scene: Scene, country: str) -> None:
    account_id = scene.register()

    with pytest.raises(CountryNotServed):
        scene.apply(account_id, country=country)

    assert scene.sellers.of(account_id) is None


def test_a_name_that_cannot_be_shown_is_refused(scene: Scene) -> None:
    with pytest.raises(NameInvalid):
        scene.apply(scene.register(), legal_name=" \u200b ")


def test_an_application_stands_when_stripe_is_away_and_onboarding_finishes_it(scene: Scene) -> None:
    account_id = scene.register()
    scene.connect.down = True

    assert scene.apply(account_id).stripe_account_id is None
    with pytest.raises(Unavailable):
        scene.sellers.onboarding(account_id, return_url=HOME, refresh_url=HOME)

    scene.connect.down = False
    link = scene.sellers.onboarding(account_id, return_url=f"{HOME}/back", refresh_url=f"{HOME}/again")
    assert "acct_1" in link.url
    assert scene.sellers.mine(account_id).stripe_account_id == "acct_1"


def test_an_account_whose_record_was_lost_is_the_same_account(scene: Scene) -> None:
    account_id = scene.register()
    commit, dying = scene.transactions.commit, iter([False, True])

    def die_before_recording(writes, **options):
        if next(dying, False):
            raise Unavailable
        commit(writes, **options)

    scene.transactions.commit = die_before_recording  # type: ignore[method-assign]
    scene.apply(account_id)
    scene.transactions.commit = commit  # type: ignore[method-assign]
    assert scene.sellers.mine(account_id).stripe_account_id is None

    assert scene.sellers.finish_application(account_id).stripe_account_id == "acct_1"
    assert len(scene.connect.by_key) == 1


@pytest.mark.parametrize(("hours", "calls"), [(22.9, ["create"]), (23, ["find"])])
def test_a_key_that_stripe_may_have_forgotten_is_not_trusted(scene: Scene, hours: float, calls: list[str]) -> None:
    account_id = scene.register()
    scene.connect.down = True
    seller = scene.apply(account_id)
    scene.connect.down = False
    scene.connect.create_account(seller, key=f"seller-account#{account_id}")  # applied, and the answer lost
    scene.connect.calls.clear()
    scene.clock.advance(hours=hours)

    finished = scene.sellers.finish_application(account_id)

    assert (finished.stripe_account_id, scene.connect.calls) == ("acct_1", calls)


def test_an_old_application_that_never_reached_stripe_is_made_then(scene: Scene) -> None:
    account_id = scene.register()
    scene.connect.down = True
    scene.apply(account_id)
    scene.connect.down = False
    scene.connect.calls.clear()
    scene.clock.advance(days=2)

    assert scene.sellers.finish_application(account_id).stripe_account_id == "acct_1"
    assert scene.connect.calls == ["find", "create"]


def test_finishing_twice_changes_nothing(scene: Scene) -> None:
    account_id = scene.register()
    first = scene.apply(account_id)

    assert scene.sellers.finish_application(account_id) == first
    assert scene.connect.calls == ["create"]


def test_two_who_finish_at_once_agree(scene: Scene) -> None:
    account_id = scene.register()
    scene.connect.down = True
    waiting = scene.apply(account_id)
    scene.connect.down = False
    scene.sellers.finish_application(account_id)
    scene.store.seller = rereading(scene, waiting)  # type: ignore[method-assign]

    assert scene.sellers.finish_application(account_id).stripe_account_id == "acct_1"


def rereading(scene: Scene, first: SellerProfile):
    read, earlier = scene.store.seller, iter([first])
    return lambda seller_id: next(earlier, None) or read(seller_id)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://aval.example/",
        "https://aval.example.evil.example/",
        "https://aval.example@evil",
        "//aval.example/",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_seller_returns_to_our_own_site_only(scene: Scene, url: str) -> None:
    account_id = scene.register()
    scene.apply(account_id)

    with pytest.raises(ReturnAddressForeign) as refused:
        scene.sellers.onboarding(account_id, return_url=f"{HOME}/ok", refresh_url=url)

    assert refused.value.fields == {"refresh_url": "foreign"}


def test_nobody_is_onboarded_who_has_not_applied(scene: Scene) -> None:
    with pytest.raises(SellerMissing):
        scene.sellers.onboarding(scene.register(), return_url=HOME, refresh_url=HOME)


def test_each_link_is_a_new_one(scene: Scene) -> None:
    account_id = scene.register()
    scene.apply(account_id)

    links = {scene.sellers.onboarding(account_id, return_url=HOME, refresh_url=HOME).url for _ in range(3)}

    assert len(links) == 3


def test_selling_unlocks_when_stripe_says_so(scene: Scene) -> None:
    account_id = scene.register()
    scene.apply(account_id)
    token = scene.token()
    scene.sellers.stripe_account_updated("acct_1")
    before = scene.sessions.authenticate(token).seller_active
    scene.connect.ready = True

    scene.sellers.stripe_account_updated("acct_1")

    seller = scene.sellers.mine(account_id)
    assert before is False
    assert (seller.active, seller.activated_at) == (True, scene.clock.now())
    assert scene.sessions.authenticate(token).seller_active
    assert [row["subject"] for row in scene.events("seller.activated")] == [account_id]


def test_an_update_costs_two_calls_two_reads_and_one_write(scene: Scene) -> None:
    scene.apply(scene.register())
    scene.connect.ready = True
    scene.connect.calls.clear()
    scene.round_trips()

    scene.sellers.stripe_account_updated("acct_1")

    assert scene.connect.calls == ["read", "read"]
    assert scene.round_trips() == ["GetItem", "GetItem", "TransactWriteItems"]


def test_the_same_update_again_changes_nothing(scene: Scene) -> None:
    scene.apply(scene.register())
    scene.connect.ready = True

    for _ in range(3):
        scene.sellers.stripe_account_updated("acct_1")

    assert len(scene.events("seller.activated")) == 1


def test_two_deliveries_at_once_activate_once(scene: Scene) -> None:
    account_id = scene.register()
    idle = scene.apply(account_id)
    scene.connect.ready = True
    scene.sellers.stripe_account_updated("acct_1")
    scene.store.seller = rereading(scene, idle)  # type: ignore[method-assign]

    scene.sellers.stripe_account_updated("acct_1")

    assert len(scene.events("seller.activated")) == 1


def test_stripe_can_stop_a_seller_and_let_them_go_on(scene: Scene) -> None:
    account_id = scene.register()
    scene.apply(account_id)
    states = []
    for ready in (True, False, True):
        scene.clock.advance(days=1)
        scene.connect.ready = ready
        scene.sellers.stripe_account_updated("acct_1")
        states.append(scene.sessions.authenticate(scene.token()).seller_active)

    seller = scene.sellers.mine(account_id)
    assert states == [True, False, True]
    assert (seller.activations, (seller.activated_at or START) - START) == (2, scene.clock.now() - START - 2 * DAY)
    assert len(scene.events("seller.activated")) == 2


def test_an_update_about_an_account_that_is_nobody_s_changes_nothing(scene: Scene) -> None:
    scene.connect.create_account(SellerProfile("acc_gone", "X", "trader", "ES", START), key="other")
    scene.connect.ready = True

    scene.sellers.stripe_account_updated("acct_1")
    scene.sellers.stripe_account_updated("acct_unknown")

    assert scene.events("seller.activated") == []


def test_an_update_that_comes_before_the_record_finds_the_seller_by_its_metadata(scene: Scene) -> None:
    account_id = scene.register()
    scene.connect.down = True
    seller = scene.apply(account_id)
    scene.connect.down = False
    scene.connect.create_account(seller, key=f"seller-account#{account_id}")
    scene.connect.ready = True

    scene.sellers.stripe_account_updated("acct_1")

    finished = scene.sellers.mine(account_id)
    assert (finished.stripe_account_id, finished.active) == ("acct_1", True)


def test_a_second_stripe_account_of_the_same_seller_counts_for_nothing(scene: Scene) -> None:
    seller = scene.apply(scene.register())
    scene.connect.create_account(seller, key="twin")
    scene.connect.ready = True

    scene.sellers.stripe_account_updated("acct_2")

    assert not scene.sellers.mine(seller.seller_id).active


@pytest.mark.parametrize(("kind", "name"), [("trader", "Vega Bicicletas SL"), ("private", "Lucía Vega")])
def test_buyers_see_a_trader_s_legal_name_and_a_private_seller_s_chosen_one(scene: Scene, kind: str, name: str) -> None:
    account_id = scene.register()
    scene.apply(account_id, kind=kind)
    scene.connect.ready = True
    scene.sellers.stripe_account_updated("acct_1")
    scene.ratings.known[account_id] = Rating(3, 14)
    scene.round_trips()

    seen = scene.sellers.storefront(account_id)

    assert (seen.name, seen.kind, seen.country, seen.since) == (name, kind, "ES", scene.clock.now())
    assert seen.rating == Rating(3, 14)
    assert scene.round_trips() == ["BatchGetItem"]


def test_who_never_sold_is_not_to_be_seen(scene: Scene) -> None:
    account_id = scene.register()
    scene.apply(account_id)

    for seller_id in (account_id, "acc_nobody", scene.register("marco@example.com")):
        with pytest.raises(SellerMissing):
            scene.sellers.storefront(seller_id)
