"""Appeals with whole gateway events, and one from the decision to its overturning."""

from pathlib import Path

import pytest

from tests.fakes.stored_files import FakeBucket
from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, DISPUTE, OPERATOR_ID, SELLER, bring_to
from tests.unit.disputes.making import CONTENT, FILE

EVENTS = sorted((Path(__file__).parents[2] / "events" / "appeals").glob("*.json"))
VERDICT = {"refund_minor": 0, "clause": "5.7", "reasons": "The photos show it."}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


@pytest.fixture
def decided(story):
    """A decision for the seller, by somebody of the staff, that waits."""
    bucket = FakeBucket()
    story.world.given.update(uploads=bucket, stored_files=bucket)
    story.world.place_under(2)
    bring_to(story, "disputed")
    story.bucket = bucket
    story.post(f"/disputes/{DISPUTE}/answer", SELLER, {"statement": "Whole."})
    story.post(f"/disputes/{DISPUTE}/escalate", BUYER)
    story.services.disputes.decide(DISPUTE, "acc_first", 0, "5.7", "The photos show it.")
    story.world.drain()
    return story


def show(story) -> str:
    upload = story.post(f"/disputes/{DISPUTE}/evidence", BUYER, {**FILE, "kind": "photo"}).json
    story.bucket.put(upload["fields"]["key"], CONTENT)
    evidence_id = upload["evidence"]["evidence_id"]
    assert story.post(f"/disputes/{DISPUTE}/evidence/{evidence_id}/confirm", BUYER).json["uploaded_at"]
    return evidence_id


def test_a_decision_says_when_it_is_carried_out_and_until_when_it_can_be_appealed(decided):
    found = decided.get(f"/disputes/{DISPUTE}", BUYER).json

    assert found["order_state"] == "decided"
    assert found["carried_out_at"] < found["appeal_until"]
    assert found["decision"]["clause_es"]


def test_an_appeal_is_decided_by_somebody_else(decided):
    path = f"/disputes/{DISPUTE}/appeal"
    said = {"statement": "Look at the second photo."}
    assert decided.post(path, BUYER, said).json["code"] == "new_evidence_needed"
    assert decided.post(path, SELLER, said).json["code"] == "won_already"
    evidence_id = show(decided)
    assert decided.get(f"/disputes/{DISPUTE}/evidence/{evidence_id}", SELLER).json["url"]
    assert decided.get(f"/disputes/{DISPUTE}/evidence/{evidence_id}", OPERATOR_ID).status == 200

    assert decided.post(path, BUYER, said).json["order_state"] == "appeal_review"
    assert decided.post(path, BUYER, said).json["code"] == "appeal_twice"
    [queued] = decided.get("/operator/disputes", OPERATOR_ID, query={"appeals": "true"}).json["items"]
    assert (queued["appealed"], queued["order_state"]) == (True, "appeal_review")
    done = decided.post(f"{path}/decision", OPERATOR_ID, {**VERDICT, "refund_minor": 12_000, "clause": "5.2"})
    decided.world.drain()

    assert done.status == 200
    assert decided.order().state == "refunded"
    assert done.json["appeal"]["decision"]["decided_by"] == "operator"


def test_the_queue_is_filtered_by_reason_state_and_deadline(decided):
    def listed(query: str) -> int:
        name, value = query.split("=")
        return len(decided.get("/operator/disputes", OPERATOR_ID, query={name: value}).json["items"])

    assert listed("reason=damaged") == 0  # decided: nothing waits for an operator
    show(decided)
    decided.post(f"/disputes/{DISPUTE}/appeal", BUYER, {"statement": "Look."})

    assert [listed(f"reason={reason}") for reason in ("damaged", "other")] == [1, 0]
    assert [listed(f"state={state}") for state in ("appeal_review", "disputed")] == [1, 0]
    assert [listed(f"due_before={day}") for day in ("2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z")] == [1, 0]


@pytest.mark.parametrize(
    "wrong", [{"reasons": "Short."}, {"clause": "9.9"}, {"lines": [{"line": 0, "refund_minor": 1}]}]
)
def test_a_decision_needs_reasons_a_clause_of_the_policy_and_lines_that_sum(decided, wrong):
    show(decided)
    decided.post(f"/disputes/{DISPUTE}/appeal", BUYER, {"statement": "Look."})

    reply = decided.post(f"/disputes/{DISPUTE}/appeal/decision", OPERATOR_ID, {**VERDICT, **wrong})

    assert (reply.status, list(reply.json["fields"])) == (422, list(wrong))
    assert decided.order().state == "appeal_review"
