"""/listings through its Chalice app, with whole API Gateway events, on the real wiring."""

import json
from pathlib import Path

import pytest

from functions.listings import handler
from marketplace.catalog.model import PHOTO_BYTES_MAX
from marketplace.kit.errors import Unauthenticated
from marketplace.kit.principal import Principal
from marketplace.kit.settings import Settings
from marketplace.wiring import Services
from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.http import Api, invoke_file
from tests.unit.catalog.making import (
    OTHER_SELLER,
    SELLER,
    CountedIds,
    FrozenClock,
    MadeUpGate,
    MadeUpSellers,
    MadeUpUploads,
    photo_of,
)

EVENTS = sorted((Path(__file__).parents[2] / "events" / "listings").glob("*.json"))
BIKE = {
    "title": "Bicicleta de paseo",
    "description": "Poco uso, frenos nuevos.",
    "category": "sports",
    "price_minor": 12_000,
    "currency": "eur",
    "stock": 3,
    "language": "es",
}


class MadeUpSessions:
    """Tokens that are the account's id."""

    def __init__(self, **active: bool) -> None:
        self._active = active

    def authenticate(self, token: str) -> Principal:
        if token not in self._active:
            raise Unauthenticated
        selling = self._active[token]
        return Principal(token, f"ses_{token}", email_verified=True, locale="en", seller_active=selling)


@pytest.fixture
def api():
    with MemoryDynamo().installed() as dynamo:
        create_tables(dynamo, "infra/data.yaml", {"Stage": "local"})
        services = Services(
            Settings(),
            clock=FrozenClock(),
            ids=CountedIds(),
            sessions=MadeUpSessions(**{SELLER: True, OTHER_SELLER: True, "acc_buyer": False}),
            sellers=MadeUpSellers(),
            traders=MadeUpGate(MadeUpSellers()),
            uploads=MadeUpUploads(),
        )
        yield Api(services, {"listings": handler.ROUTES})


def create(api: Api, key: str = "first", token: str = SELLER, **said):
    return api.post("/listings", {**BIKE, **said}, token=token, key=key)


def create_live(api: Api, key: str = "first", **said) -> str:
    listing_id = create(api, key, **said).json["listing_id"]
    assert api.post(f"/listings/{listing_id}/publish", token=SELLER).status == 200
    return listing_id


def test_a_listing_goes_from_draft_to_sale_and_off_it_again(api) -> None:
    made = create(api)
    assert (201, "draft", 1) == (made.status, made.json["state"], made.json["revision"])
    path = f"/listings/{made.json['listing_id']}"
    assert api.get(path).status == 404
    assert api.get(path, token=SELLER).json == made.json

    published = api.post(f"{path}/publish", token=SELLER)
    assert (200, "live") == (published.status, published.json["state"])
    assert api.get(path).json == published.json
    assert api.get("/listings").json["items"] == [published.json]

    withdrawn = api.post(f"{path}/withdraw", token=SELLER)
    assert (200, "withdrawn") == (withdrawn.status, withdrawn.json["state"])
    assert api.get(path).status == 404
    assert api.get("/listings").json == {"items": [], "cursor": None}
    assert api.get("/listings/mine", token=SELLER).json["items"] == [withdrawn.json]


def test_amounts_are_integers_and_times_are_utc(api) -> None:
    made = create(api).json

    assert type(made["price_minor"]) is int
    assert made["created_at"] == "2026-03-02T09:30:00.000Z"
    assert made["listed_at"] is None


def test_categories_are_named_in_the_readers_language(api) -> None:
    path = f"/listings/{create_live(api)}"

    labels = [api.get(path, headers={"Accept-Language": it}).json["category_label"] for it in ("es", "en")]

    assert labels == ["Deporte y bicicletas", "Sports and bicycles"]


def test_a_replay_answers_the_same_and_another_body_is_refused(api) -> None:
    first, again = create(api), create(api)
    other = create(api, title="Otra")

    assert (first.status, first.json) == (again.status, again.json)
    assert (409, "idempotency_key_reused") == (other.status, other.json["code"])
    assert len(api.get("/listings/mine", token=SELLER).json["items"]) == 1


def test_creating_needs_a_key(api) -> None:
    reply = api.post("/listings", BIKE, token=SELLER)

    assert (400, "idempotency_key_required") == (reply.status, reply.json["code"])


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("forged", 401), ("acc_buyer", 403)])
def test_who_is_no_seller_writes_nothing(api, token, status) -> None:
    path = f"/listings/{create_live(api)}"
    replies = [
        create(api, token=token),
        api.patch(path, {"title": "x"}, token=token),
        api.post(f"{path}/publish", token=token),
        api.post(f"{path}/withdraw", token=token),
        api.post(f"{path}/photos", photo_of("x"), token=token),
        api.get("/listings/mine", token=token),
    ]

    assert {status} == {reply.status for reply in replies}


def test_somebody_elses_listing_answers_as_one_that_never_was(api) -> None:
    mine = create_live(api)
    replies = []
    for listing_id in (mine, "lst_never"):
        path = f"/listings/{listing_id}"
        replies.append(
            [
                api.patch(path, {"title": "x"}, token=OTHER_SELLER),
                api.post(f"{path}/publish", token=OTHER_SELLER),
                api.post(f"{path}/withdraw", token=OTHER_SELLER),
                api.post(f"{path}/photos", photo_of("x"), token=OTHER_SELLER),
            ]
        )

    def shape(reply):
        return reply.status, {name: reply.json[name] for name in reply.json if name not in {"instance", "request_id"}}

    assert list(map(shape, replies[0])) == list(map(shape, replies[1]))
    assert {404} == {reply.status for reply in replies[0]}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"price_minor": -1}, "price_minor"),
        ({"price_minor": 10.5}, "price_minor"),
        ({"price_minor": "12000"}, "price_minor"),
        ({"price_minor": 100_000_000}, "price_minor"),
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": " \n "}, "title"),
        ({"title": "nul\x00"}, "title"),
        ({"description": "x" * 5_001}, "description"),
        ({"category": "weapons"}, "category"),
        ({"currency": "chf"}, "currency"),
        ({"stock": 10_001}, "stock"),
        ({"stock": True}, "stock"),
        ({"language": "fr"}, "language"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_field_is_named(api, wrong, field) -> None:
    reply = create(api, **wrong)

    assert reply.status == 422
    assert field in reply.json["fields"]


@pytest.mark.parametrize(
    ("body", "status"), [("{", 400), ("", 400), ("[]", 422), ("null", 422), (b"x" * 1_000_000, 413)]
)
def test_a_body_that_is_no_listing_is_refused(api, body, status) -> None:
    assert status == api.post("/listings", body, token=SELLER, key="first").status


def test_another_content_type_is_refused(api) -> None:
    reply = api.post(
        "/listings", json.dumps(BIKE), token=SELLER, key="first", headers={"Content-Type": "application/xml"}
    )

    assert reply.status == 415


def test_an_incomplete_listing_says_what_it_lacks(api) -> None:
    listing_id = create(api, description="", stock=0).json["listing_id"]

    reply = api.post(f"/listings/{listing_id}/publish", token=SELLER)

    assert (409, "listing_incomplete") == (reply.status, reply.json["code"])
    assert reply.json["fields"] == {"description": "required", "stock": "out_of_range"}


def test_an_edit_of_an_older_revision_is_refused(api) -> None:
    path = f"/listings/{create_live(api)}"
    first = api.patch(path, {"price_minor": 9_900, "revision": 2}, token=SELLER)
    late = api.patch(path, {"price_minor": 9_000, "revision": 2}, token=SELLER)

    assert (200, 3, 9_900) == (first.status, first.json["revision"], first.json["price_minor"])
    assert (409, "listing_revision_passed") == (late.status, late.json["code"])


def test_an_empty_edit_changes_nothing(api) -> None:
    path = f"/listings/{create_live(api)}"

    assert api.get(path).json == api.patch(path, {}, token=SELLER).json


def test_a_photo_is_declared_uploaded_by_form_and_can_be_removed(api) -> None:
    path = f"/listings/{create_live(api)}"
    upload = api.post(f"{path}/photos", photo_of("front"), token=SELLER)

    assert upload.status == 201
    assert upload.json["photo"]["key"] == upload.json["fields"]["key"]
    assert [upload.json["photo"]] == api.get(path).json["photos"]
    assert api.patch(path, {"photo_ids": []}, token=SELLER).json["photos"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"content_type": "image/gif"},
        {"size_bytes": PHOTO_BYTES_MAX + 1},
        {"size_bytes": 0},
        {"sha256": "abc"},
        {"sha256": "Z" * 64},
    ],
)
def test_a_bad_photo_is_refused_by_field(api, wrong) -> None:
    path = f"/listings/{create_live(api)}"

    reply = api.post(f"{path}/photos", {**photo_of("x"), **wrong}, token=SELLER)

    assert reply.status == 422
    assert list(wrong) == list(reply.json["fields"])


def test_lists_are_paged_and_filtered(api) -> None:
    ids = [create_live(api, f"key-{number}", category="home" if number % 2 else "toys") for number in range(5)]

    first = api.get("/listings", query={"limit": 2}).json
    second = api.get("/listings", query={"limit": 50, "cursor": first["cursor"]}).json
    home = api.get("/listings", query={"category": "home"}).json
    of_seller = api.get("/listings", query={"seller_id": SELLER, "category": "toys"}).json

    assert set(ids) == {it["listing_id"] for it in first["items"] + second["items"]}
    assert len(first["items"]) == 2
    assert second["cursor"] is None
    assert {"home"} == {it["category"] for it in home["items"]}
    assert {"toys"} == {it["category"] for it in of_seller["items"]}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 51}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"category": "weapons"}, "category"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_query_is_refused_by_field(api, query, field) -> None:
    reply = api.get("/listings", query=query)

    assert reply.status == 422
    assert [field] == list(reply.json["fields"])


def test_refusals_speak_the_callers_language(api) -> None:
    replies = [api.get("/listings/lst_never", headers={"Accept-Language": it}) for it in ("es", "en")]

    assert ["No existe ese anuncio.", "There is no such listing."] == [reply.json["title"] for reply in replies]


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(api, path) -> None:
    held = json.loads(path.read_text())
    for given in held.get("given", []):
        invoke_file(api.apps["listings"], path.with_name(given))

    reply = invoke_file(api.apps["listings"], path)

    assert held["expect"]["status"] == reply.status
    assert held["expect"].get("code") == (reply.json or {}).get("code")
