"""Every route of the API, for every part in a seller's team: as this table says, and nothing else."""

from typing import Any

import pytest

from marketplace.accounts.table_store import filled
from marketplace.kit.team import DUTIES
from marketplace.selling.model import Member
from marketplace.selling.store import SellingItem
from marketplace.web import Route
from tests.fakes.http import all_routes
from tests.functions.story import (
    BIKE,
    BUYER,
    DISPUTE,
    LAMP,
    ORDER,
    OTHER_BUYER,
    OTHER_SELLER,
    SELLER,
    STRANGER,
    Story,
    bring_to,
)

HELPER = OTHER_BUYER
PARTS = tuple(DUTIES)
ALL, SENDERS, MANAGERS = set(PARTS), {"manager", "shipper"}, {"manager"}
DRAFT = "lst_01kkn3v2w0m6r8t4x9z7c5b3g9"
PHOTO = {"content_type": "image/png", "size_bytes": 1_000, "sha256": "ab" * 32}

# Route -> who may, the state that the order must be in, the object, and what is sent. Every other route is the owner's.
TABLE: dict[str, tuple[set[str], str, str, Any]] = {
    "GET /sellers/me/checklist": (ALL, "", "", None),
    "POST /listings": (MANAGERS, "", "", {"title": "Lamp", "currency": "eur", "language": "en"}),
    "GET /listings/mine": (ALL, "", "", None),
    "GET /listings/{listing_id}": (ALL, "", DRAFT, None),
    "PATCH /listings/{listing_id}": (MANAGERS, "", BIKE, {"title": "Another"}),
    "POST /listings/{listing_id}/publish": (MANAGERS, "", DRAFT, None),
    "POST /listings/{listing_id}/withdraw": (MANAGERS, "", BIKE, None),
    "POST /listings/{listing_id}/photos": (MANAGERS, "", BIKE, PHOTO),
    "GET /orders": (ALL, "paid", "", None),
    "GET /orders/{order_id}": (ALL, "paid", ORDER, None),
    "POST /orders/{order_id}/shipment": (SENDERS, "paid", ORDER, {"carrier": "correos", "tracking_number": "PK1"}),
    "POST /orders/{order_id}/cancel": (MANAGERS, "paid", ORDER, {"reason": "It broke."}),
    "GET /disputes/{dispute_id}": (ALL, "disputed", DISPUTE, None),
    "POST /disputes/{dispute_id}/answer": (MANAGERS, "disputed", DISPUTE, {"statement": "It was whole."}),
    "POST /disputes/{dispute_id}/evidence": (MANAGERS, "disputed", DISPUTE, {**PHOTO, "description": "The box."}),
    "GET /disputes/{dispute_id}/messages": (ALL, "disputed", DISPUTE, None),
    "POST /disputes/{dispute_id}/messages": (MANAGERS, "disputed", DISPUTE, {"text": "Please look at the photo."}),
}
ROUTES = {str(route): route for routes in all_routes().values() for route in routes}
WITH_SESSION = {name: route for name, route in ROUTES.items() if route.access.session != "ignored"}


@pytest.fixture
def team(story: Story) -> Story:
    story.put_on_sale(DRAFT, SELLER, state="draft", listed_at=None)
    return story


def make_member(story: Story, role: str, seller_id: str = SELLER) -> None:
    member = Member(seller_id, HELPER, role, story.world.clock.now())
    filled(SellingItem(seller_id, f"member#{HELPER}"), member).save()


def ask(story: Story, route: Route, thing: str, body: Any, *, who: str = HELPER, seller: str = SELLER) -> Any:
    path = route.path.format(**dict.fromkeys(route.parameters, thing))
    key = {"key": "attempt"} if route.idempotent else {}
    return story.call(route.method, path, who, body, headers={"Aval-Seller": seller}, **key)


def test_the_table_names_every_route_that_takes_a_team_and_the_duty_gives_what_it_says() -> None:
    declared = {name: route.team for name, route in ROUTES.items() if route.team}

    assert set(TABLE) <= set(declared)
    assert {name: {part for part in PARTS if declared[name] in DUTIES[part]} for name in TABLE} == {
        name: allowed for name, (allowed, *_) in TABLE.items()
    }


@pytest.mark.parametrize("name", TABLE)
def test_each_part_does_what_the_table_allows_and_nothing_else(team: Story, name: str) -> None:
    allowed, state, thing, body = TABLE[name]
    if state:
        bring_to(team, state)
    moment = team.world.snapshot()

    for part in PARTS:
        make_member(team, part)
        reply = ask(team, ROUTES[name], thing, body)
        expected = (ROUTES[name].status, None) if part in allowed else (403, "team_role")
        assert (reply.status, (reply.json or {}).get("code")) == expected, part
        team.world.restore(moment)


@pytest.mark.parametrize("name", TABLE)
def test_strangers_and_who_was_removed_find_no_team(team: Story, name: str) -> None:
    _, state, thing, body = TABLE[name]
    if state:
        bring_to(team, state)
    make_member(team, "manager")
    SellingItem(SELLER, f"member#{HELPER}").delete()

    replies = [
        ask(team, ROUTES[name], thing, body),
        ask(team, ROUTES[name], thing, body, who=STRANGER),
        ask(team, ROUTES[name], thing, body, seller="acc_00000000000000000000000000"),
        ask(team, ROUTES[name], thing, body, seller="not an id"),
    ]

    assert {(reply.status, reply.json["code"]) for reply in replies} == {(404, "team_not_found")}


@pytest.mark.parametrize("name", sorted(set(WITH_SESSION) - {n for n, route in ROUTES.items() if route.team}))
def test_everything_else_is_the_owners_alone(team: Story, name: str) -> None:
    make_member(team, "manager")
    before = len(team.world.dynamo.calls)

    reply = ask(team, ROUTES[name], "x", None)

    assert (reply.status, reply.json["code"]) == (403, "team_role")
    made = [call.operation for call in team.world.dynamo.calls[before:]]
    assert made == ["BatchGetItem"]  # the session's: nobody's team is looked at


@pytest.mark.parametrize("name", ["GET /orders/{order_id}", "GET /disputes/{dispute_id}"])
def test_what_the_seller_bought_themselves_is_not_the_teams(team: Story, name: str) -> None:
    """The owner is a buyer too: acting for the seller opens the seller's side and nothing else of theirs."""
    bring_to(team, "disputed")

    make_member(team, "manager", BUYER)
    thing = ORDER if "order" in name else DISPUTE

    reply = ask(team, ROUTES[name], thing, None, seller=BUYER)

    assert reply.status == 404


def test_a_list_of_orders_is_what_the_seller_sold(team: Story) -> None:
    bring_to(team, "paid")
    make_member(team, "viewer")

    reply = team.get("/orders", HELPER, headers={"Aval-Seller": SELLER}, query={"role": "buyer"})

    assert [item["order_id"] for item in reply.json["items"]] == [ORDER]


def test_a_foreign_sellers_things_are_not_found(team: Story) -> None:
    make_member(team, "manager")

    reply = ask(team, ROUTES["PATCH /listings/{listing_id}"], LAMP, {"title": "Mine"})

    assert (reply.status, reply.json["code"]) == (404, "listing_not_found")
    assert OTHER_SELLER != SELLER


def test_a_sellers_own_header_changes_nothing(team: Story) -> None:
    reply = team.get("/listings/mine", SELLER, headers={"Aval-Seller": SELLER})

    assert reply.status == 200


def test_the_log_of_an_order_says_which_member_acted(team: Story) -> None:
    bring_to(team, "paid")
    make_member(team, "shipper")

    ask(team, ROUTES["POST /orders/{order_id}/shipment"], ORDER, TABLE["POST /orders/{order_id}/shipment"][3])

    moves = team.services.order_store.moves(ORDER)
    assert moves[-1].name == "ship"
    assert (moves[-1].actor, moves[-1].facts["member_id"]) == ("seller", HELPER)


def test_acting_costs_exactly_one_more_read(team: Story) -> None:
    make_member(team, "viewer")
    team.world.dynamo.calls.clear()
    ask(team, ROUTES["GET /listings/mine"], "", None)
    acting = [call.operation for call in team.world.dynamo.calls]
    team.world.dynamo.calls.clear()
    team.get("/listings/mine", SELLER)
    alone = [call.operation for call in team.world.dynamo.calls]

    assert len(acting) == len(alone) + 1
