"""/claims with whole gateway events: the policy, evidence beforehand, and a buyer's own limit."""

from pathlib import Path

import pytest

from marketplace.disputes.claims import CLAIM_RULES, LIMITED, ClaimStanding
from marketplace.disputes.clauses import CLAUSES
from marketplace.disputes.reasons import OPENABLE
from tests.functions.events import expected, run_event
from tests.functions.story import BUYER, OPERATOR_ID

EVENTS = sorted((Path(__file__).parents[2] / "events" / "claims").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


def test_the_policy_is_the_tables(story):
    policy = story.get("/claims/policy", None).json

    assert [each["code"] for each in policy["reasons"]] == list(OPENABLE)
    assert [each["clause_id"] for each in policy["clauses"]] == list(CLAUSES)
    assert len(policy["claim_rules"]) == len(CLAIM_RULES)
    assert all(each["en"] and each["es"] for each in (*policy["reasons"], *policy["clauses"]))


def test_a_limit_is_seen_appealed_and_lifted(story):
    before = ClaimStanding(BUYER)
    limited = ClaimStanding(BUYER, level=LIMITED, since=story.world.clock.now(), claims=6, purchases=7, revision=1)
    story.services.transactions.commit([story.services.case_records.change_standing(before, limited, ValueError())])

    shown = story.get("/claims", BUYER).json
    assert (shown["level"], shown["claims"], shown["purchases"]) == ("limited", 6, 7)
    assert story.post("/claims/appeal", BUYER, {"statement": "I was unlucky."}).json["appealed_at"]
    said = {"outcome": "lift", "reasons": "They were unlucky."}
    assert story.post(f"/operator/claims/{BUYER}/decision", OPERATOR_ID, said).json["level"] == "lifted"
    story.world.drain()
    assert story.post(f"/operator/claims/{BUYER}/decision", OPERATOR_ID, said).json["code"] == "claim_limit_not_found"
