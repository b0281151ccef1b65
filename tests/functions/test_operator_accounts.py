"""/operator/accounts with whole gateway events: roles, suspensions, visits, and the record of all of it."""

from pathlib import Path

import pytest

from tests.functions.staffing import run
from tests.functions.story import (
    ADMIN_ID,
    BUYER,
    COLLEAGUE,
    KEY,
    OPERATOR_ID,
    ORDER,
    SELLER,
    SUPPORT_ID,
    token_of,
)

EVENTS = sorted((Path(__file__).parents[2] / "events" / "operator_accounts").glob("*.json"))
WHY = {"reasons": "Case 7."}
PERSONAL = {"email", "display_name", "legal_name", "address", "phone", "name"}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    answer, expected = run(story, path)

    assert answer == expected


def test_staff_reads_how_an_account_stands_and_nothing_that_says_whose_it_is(story):
    reply = story.get(f"/operator/accounts/{SELLER}", SUPPORT_ID)

    assert reply.json["seller"] == "active"
    assert set(reply.json) & PERSONAL == set()
    assert "@" not in reply.text


def test_looking_stands_in_the_record(story):
    story.get(f"/operator/accounts/{SELLER}", SUPPORT_ID)

    [act] = story.get("/operator/audit", ADMIN_ID).json["items"]

    assert (act["kind"], act["by"], act["subject"]) == ("account.read", SUPPORT_ID, SELLER)


def test_a_new_moderator_moderates_and_an_administrator_does_not(story):
    before = story.get("/operator/appeals", COLLEAGUE).status

    story.post(f"/operator/accounts/{COLLEAGUE}/roles", ADMIN_ID, {"role": "moderator", **WHY}, key="1")

    after = story.get("/operator/appeals", COLLEAGUE).status
    assert (before, after, story.get("/operator/appeals", ADMIN_ID).status) == (403, 200, 403)


def test_a_visit_reads_what_the_buyer_reads_and_changes_nothing(story):
    story.reach("shipped")
    begun = story.post(f"/operator/accounts/{BUYER}/visits", SUPPORT_ID, {"case": "7", **WHY}).json
    api, token = story.api, begun["token"]

    own = api.get(f"/orders/{ORDER}", token=token_of(BUYER), headers={"Accept-Language": "en"}).json
    seen = api.get(f"/orders/{ORDER}", token=token, headers={"Accept-Language": "en"}).json
    touched = api.post(f"/orders/{ORDER}/confirm", token=token)
    opened = api.get(f"/checkouts/{KEY}", token=token)

    assert seen == own
    assert (touched.status, touched.json["code"]) == (403, "visitor_may_not")
    assert (opened.status, opened.json["code"]) == (403, "visitor_may_not")


def test_the_owner_sees_the_visit_among_the_sessions_and_ends_it(story):
    token = story.post(f"/operator/accounts/{BUYER}/visits", SUPPORT_ID, {"case": "7", **WHY}).json["token"]
    [visit] = [
        each for each in story.get("/sessions", BUYER).json["items"] if each["device"] == "Aval support / soporte"
    ]

    story.call("DELETE", f"/sessions/{visit['session_id']}", BUYER)

    assert story.api.get("/account", token=token).status == 401


def test_the_visitor_ends_the_visit(story):
    begun = story.post(f"/operator/accounts/{BUYER}/visits", SUPPORT_ID, {"case": "7", **WHY}).json

    reply = story.call("DELETE", f"/operator/accounts/{BUYER}/visits/{begun['visit_id']}", SUPPORT_ID)

    assert reply.status == 204
    assert story.api.get("/account", token=begun["token"]).status == 401


def test_a_suspension_locks_the_account_out_at_once_and_an_appeal_lets_it_in_again(story):
    said = {"clause": "3.1", "scope": "account", **WHY}
    made = story.post(f"/operator/accounts/{BUYER}/suspension", ADMIN_ID, said)
    locked = story.get("/account", BUYER)
    story.services.suspensions.appeal(BUYER, "They are real.")

    decided = story.post(
        f"/operator/accounts/{BUYER}/suspension/appeal", OPERATOR_ID, {"outcome": "granted", **WHY}
    ).json

    assert (made.status, locked.status) == (201, 401)
    assert (decided["in_force"], decided["appeal"]) == (False, "granted")
    assert story.get(f"/operator/accounts/{BUYER}", SUPPORT_ID).json["suspended"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("roles", {"role": "support", **WHY}),
        ("suspension", {"clause": "3.1", **WHY}),
        ("suspension/lift", WHY),
    ],
)
def test_an_old_session_steps_up_first(story, path, body):
    story.world.clock.advance(minutes=5, seconds=1)

    reply = story.post(f"/operator/accounts/{BUYER}/{path}", ADMIN_ID, body, key="1")

    assert (reply.status, reply.json["code"]) == (403, "step_up_required")


def test_the_record_is_read_page_by_page_newest_first(story):
    for _ in range(3):
        story.get(f"/operator/accounts/{SELLER}", SUPPORT_ID)
        story.world.clock.advance(seconds=1)

    first = story.get("/operator/audit", ADMIN_ID, query={"limit": 2}).json
    rest = story.get("/operator/audit", ADMIN_ID, query={"limit": 2, "cursor": first["cursor"]}).json

    moments = [act["at"] for act in (*first["items"], *rest["items"])]
    assert len(moments) == 3
    assert moments == sorted(moments, reverse=True)
