"""/sellers through its Chalice app, with whole API Gateway events."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.sellers import handler
from tests.fakes.http import Api
from tests.fakes.trade import TRADER_DATA
from tests.unit.accounts.events import event_files, run_file
from tests.unit.accounts.scene import Scene, accounts_scene


@pytest.fixture
def scene() -> Iterator[Scene]:
    with accounts_scene() as built:
        yield built


@pytest.fixture
def api(scene: Scene) -> Api:
    return Api(scene.services, {"sellers": handler.ROUTES})


@pytest.mark.parametrize("path", event_files("sellers"), ids=lambda path: path.stem)
def test_an_event_gets_the_answer_its_file_expects(path: Path) -> None:
    reply, expected = run_file(path, handler.ROUTES)

    assert reply.status == expected["status"]
    assert (reply.json or {}).get("code") == expected.get("code")


FORM = {"legal_name": "Vega Bicicletas SL", "kind": "trader", "country": "ES"}
RETURN = {"return_url": "https://aval.example/done", "refresh_url": "https://aval.example/again"}


def test_from_the_application_to_the_storefront(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()

    applied = api.post("/sellers", FORM, token=token)
    link = api.post("/sellers/me/onboarding", RETURN, token=token)
    hidden = api.get(f"/sellers/{account_id}")
    scene.activate()
    mine = api.get("/sellers/me", token=token)
    seen = api.get(f"/sellers/{account_id}")

    assert (applied.status, applied.json["status"]) == (201, "onboarding")
    assert link.json["url"].startswith("https://connect.stripe.test/acct_1/")
    assert hidden.status == 404
    assert mine.json["status"] == "active"
    assert seen.json == {
        "seller_id": account_id,
        "name": "Vega Bicicletas SL",
        "kind": "trader",
        "country": "ES",
        "active": True,
        "since": "2026-03-02T09:00:10.000Z",
        "rating": None,
        "punctuality": {"shipped_on_time": 0, "shipped_late": 0, "delivered_on_time": 0, "delivered_late": 0},
        "trader": None,  # it has not said what the law shows, and so has nothing on sale
    }


def test_what_the_law_shows_of_a_trader_is_shown_to_everybody(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    scene.apply(account_id)
    scene.activate()
    before = api.get("/sellers/me/checklist", token=token, headers={"Accept-Language": "en"})
    said = api.put("/sellers/me/trader-data", dict(TRADER_DATA), token=token)
    mine = api.get("/sellers/me/trader-data", token=token)
    seen = api.get(f"/sellers/{account_id}")

    assert (before.json["complete"], said.json["complete"], said.json["applies"]) == (False, True, "dsa_article_30")
    assert [item["to_do"] for item in before.json["items"] if item["name"] == "phone"] == [
        "Give it with PUT /sellers/me/trader-data."
    ]
    assert mine.json["data"] == TRADER_DATA
    assert mine.json["confirm_by"] == "2027-03-02T09:00:10.000Z"
    shown = {name: value for name, value in TRADER_DATA.items() if name != "contact_email"}
    assert seen.json["trader"] == {**shown, "email": TRADER_DATA["contact_email"]}


def test_a_private_seller_shows_no_address_and_is_asked_for_none(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    scene.apply(account_id, kind="private", legal_name="Lucía Vega Montenegro")
    scene.activate()

    refused = api.put("/sellers/me/trader-data", dict(TRADER_DATA), token=token)
    listed = api.get("/sellers/me/checklist", token=token)

    assert (refused.status, refused.json["code"]) == (409, "not_a_trader")
    assert (listed.json["applies"], listed.json["complete"]) == ("private_seller", True)
    assert api.get(f"/sellers/{account_id}").json["trader"] is None


def test_a_private_seller_s_legal_name_is_not_shown(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    scene.apply(account_id, kind="private", legal_name="Lucía Vega Montenegro")
    scene.activate()

    reply = api.get(f"/sellers/{account_id}")

    assert reply.json["name"] == "Lucía Vega"
    assert "Montenegro" not in reply.text
    assert "acct_" not in reply.text


def test_nobody_applies_before_the_address_is_proved(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    scene.unprove(account_id)

    reply = api.post("/sellers", FORM, token=token)

    assert (reply.status, reply.json["code"]) == (403, "email_not_verified")


def test_a_stripe_that_is_away_leaves_the_application_and_says_to_come_back(api: Api, scene: Scene) -> None:
    scene.register()
    token = scene.token()
    scene.connect.down = True

    applied = api.post("/sellers", FORM, token=token)
    waiting = api.post("/sellers/me/onboarding", RETURN, token=token)
    scene.connect.down = False
    going_on = api.post("/sellers/me/onboarding", RETURN, token=token)

    assert (applied.status, applied.json["status"]) == (201, "applied")
    assert (waiting.status, waiting.headers["retry-after"]) == (503, "2")
    assert going_on.status == 200


def test_a_seller_paused_by_stripe_sees_it_and_stays_in_sight(api: Api, scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()
    scene.apply(account_id)
    scene.activate()
    scene.connect.ready = False
    scene.sellers.stripe_account_updated("acct_1")

    assert api.get("/sellers/me", token=token).json["status"] == "paused"
    assert api.get(f"/sellers/{account_id}").json["active"] is False


@pytest.mark.parametrize("change", [{"kind": "firm"}, {"country": "es"}, {"country": "ESP"}, {"legal_name": ""}])
def test_an_application_with_a_wrong_value_is_refused(api: Api, scene: Scene, change: dict[str, str]) -> None:
    scene.register()

    assert api.post("/sellers", FORM | change, token=scene.token()).status == 422
