"""/disputes with whole gateway events: what each side may say and show, and what a decision does with the money."""

from pathlib import Path

import pytest

from marketplace.disputes.model import (
    EVIDENCE_BYTES_MAX,
    EVIDENCE_MAX,
    EVIDENCE_TYPES,
    SELLER_PART_MIN_MINOR,
    STATEMENT_LENGTH_MAX,
)
from tests.functions.events import expected, run_event
from tests.functions.story import (
    BUYER,
    DISPUTE,
    OPERATOR_ID,
    ORDER,
    OTHER_SELLER,
    PLAIN_OPERATOR,
    SELLER,
    STRANGER,
    bring_to,
)

EVENTS = sorted((Path(__file__).parents[2] / "events" / "disputes").glob("*.json"))
TOTAL = 12_000
COMPLAINT = {"reason": "damaged", "statement": "It came broken."}
FILE = {"content_type": "image/png", "size_bytes": 1_024, "sha256": "a" * 64, "description": "The broken wheel."}
VERDICT = {"refund_minor": TOTAL, "clause": "5.2", "reasons": "The photos show it."}


def open_dispute(story, **said):
    return story.post(f"/orders/{ORDER}/disputes", BUYER, {**COMPLAINT, **said})


def show(story, who=BUYER, **said):
    return story.post(f"/disputes/{DISPUTE}/evidence", who, {**FILE, **said})


def decide(story, who=OPERATOR_ID, **said):
    return story.post(f"/disputes/{DISPUTE}/decision", who, {**VERDICT, **said})


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_gets_the_answer_it_expects(story, path):
    assert expected(path) == run_event(story, path)


# Opening.


@pytest.mark.parametrize("state", ["shipped", "delivery_unproven", "delivered", "held"])
def test_opening_a_dispute_freezes_the_release(story, state):
    bring_to(story, state)

    reply = open_dispute(story)
    story.world.drain()

    assert (reply.status, reply.json["dispute_id"], reply.json["order_state"]) == (201, DISPUTE, "disputed")
    for days, later in ((2, "disputed"), (29, "dispute_review")):  # longer than the time to look at the goods
        story.world.clock.advance(days=days)
        story.world.sweep()
        assert story.order().state == later
        assert story.world.stripe.objects("transfer") == []


def test_a_dispute_is_over_everything_unless_less_is_asked(story):
    bring_to(story, "shipped")

    assert open_dispute(story).json["wanted_minor"] == TOTAL


@pytest.mark.parametrize(("wanted", "status"), [(0, 422), (1, 201), (TOTAL, 201), (TOTAL + 1, 422)])
def test_no_more_can_be_asked_back_than_was_paid(story, wanted, status):
    bring_to(story, "shipped")

    reply = open_dispute(story, wanted_minor=wanted)

    assert reply.status == status
    assert story.order().state == ("disputed" if status == 201 else "shipped")


@pytest.mark.parametrize("said", [{"reason": "charged_back"}, {"reason": "bored"}, {"statement": ""}])
def test_a_complaint_needs_a_known_reason_and_a_statement(story, said):
    bring_to(story, "shipped")

    reply = open_dispute(story, **said)

    assert (reply.status, list(reply.json["fields"])) == (422, list(said))


@pytest.mark.parametrize(("length", "status"), [(STATEMENT_LENGTH_MAX, 201), (STATEMENT_LENGTH_MAX + 1, 422)])
def test_a_statement_has_a_longest_length(story, length, status):
    bring_to(story, "shipped")

    assert open_dispute(story, statement="x" * length).status == status


def test_a_dispute_cannot_be_opened_twice(story):
    bring_to(story, "shipped")
    open_dispute(story)

    again = open_dispute(story)

    assert (again.status, again.json["code"]) == (409, "order_transition_refused")


def test_nothing_that_was_paid_out_can_be_disputed_here_any_more(story):
    bring_to(story, "released")

    assert open_dispute(story).status == 409


# Both sides speak and show.


@pytest.mark.parametrize(("version", "next_state"), [(1, "dispute_review"), (2, "negotiating")])
def test_the_seller_answers_once_and_the_sides_talk_or_at_first_an_operator_was_next(story, version, next_state):
    story.world.place_under(version)
    bring_to(story, "disputed")
    said = {"statement": "It was whole when it left."}

    answered = story.post(f"/disputes/{DISPUTE}/answer", SELLER, said)
    again = story.post(f"/disputes/{DISPUTE}/answer", SELLER, said)

    assert (answered.status, answered.json["answer"]) == (200, said["statement"])
    assert (answered.json["order_state"], answered.json["answered"]) == (next_state, True)
    assert (again.status, again.json["code"]) == (409, "order_transition_refused")


@pytest.mark.parametrize(("who", "status"), [(BUYER, 403), (OTHER_SELLER, 404), (OPERATOR_ID, 403), (None, 401)])
def test_only_the_seller_of_the_order_answers(story, who, status):
    bring_to(story, "disputed")

    assert story.post(f"/disputes/{DISPUTE}/answer", who, {"statement": "x"}).status == status
    assert story.order().state == "disputed"


@pytest.mark.parametrize(("version", "days"), [(1, 5), (2, 3)])  # the second counts business days, from a Monday
def test_silence_of_the_seller_brings_the_case_to_an_operator(story, version, days):
    story.world.place_under(version)
    bring_to(story, "disputed")
    story.world.clock.advance(days=days, seconds=-1)
    story.world.drain()
    early = story.order().state
    story.world.clock.advance(seconds=2)
    story.world.drain()

    found = story.get(f"/disputes/{DISPUTE}", BUYER).json

    assert early == "disputed"
    assert (found["order_state"], found["answered"]) == ("dispute_review", False)


@pytest.mark.parametrize("content_type", EVIDENCE_TYPES)
def test_evidence_gets_a_form_that_uploads_exactly_it(story, content_type):
    bring_to(story, "disputed")

    reply = show(story, content_type=content_type)

    assert reply.status == 201
    assert reply.json["fields"]["key"] == f"evidence/{DISPUTE}/{reply.json['evidence']['evidence_id']}"
    assert reply.json["fields"]["Content-Type"] == content_type
    assert story.get(f"/disputes/{DISPUTE}", SELLER).json["evidence"] == [reply.json["evidence"]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"content_type": "text/html"}, "content_type"),
        ({"content_type": "image/svg+xml"}, "content_type"),
        ({"size_bytes": 0}, "size_bytes"),
        ({"size_bytes": EVIDENCE_BYTES_MAX + 1}, "size_bytes"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "a" * 63}, "sha256"),
        ({"description": ""}, "description"),
        ({"description": "x" * 501}, "description"),
    ],
)
def test_evidence_of_another_kind_or_size_is_refused_by_field(story, wrong, field):
    bring_to(story, "disputed")

    reply = show(story, **wrong)

    assert (reply.status, list(reply.json["fields"])) == (422, [field])
    assert story.get(f"/disputes/{DISPUTE}", BUYER).json["evidence"] == []


def test_the_largest_file_is_taken(story):
    bring_to(story, "disputed")

    assert show(story, size_bytes=EVIDENCE_BYTES_MAX).status == 201


def test_each_side_may_show_so_much_and_no_more(story):
    bring_to(story, "disputed")

    statuses = [show(story, BUYER).status for _ in range(EVIDENCE_MAX)]
    full, other_side = show(story, BUYER), show(story, SELLER)

    assert set(statuses) == {201}
    assert (full.status, full.json["code"]) == (409, "evidence_full")
    assert other_side.status == 201


def test_nothing_is_shown_after_the_decision_of_the_first_process(story):
    story.world.place_under(1)
    bring_to(story, "split")

    reply = show(story)

    assert (reply.status, reply.json["code"]) == (409, "dispute_decided")


def test_after_a_decision_only_who_may_appeal_shows_more(story):
    bring_to(story, "dispute_review")
    decide(story)

    assert show(story, SELLER).status == 201
    assert show(story, BUYER).status == 409  # got all that was asked for


# Deciding.


@pytest.mark.parametrize(
    ("refund", "status"),
    [
        (0, 200),
        (1, 200),
        (TOTAL - SELLER_PART_MIN_MINOR, 200),
        (TOTAL - SELLER_PART_MIN_MINOR + 1, 422),
        (TOTAL - 1, 422),
        (TOTAL, 200),
        (TOTAL + 1, 422),
        (-1, 422),
    ],
)
def test_a_decision_sums_to_what_was_paid_and_leaves_the_seller_nothing_or_enough(story, each_version, refund, status):
    bring_to(story, "dispute_review")

    reply = decide(story, refund_minor=refund)
    story.world.drain()

    assert reply.status == status, reply.json
    if status == 422:
        assert story.order().state == "dispute_review"
        return
    story.trade.stands(ORDER)
    assert (story.order().award.refund_minor, story.order().award.seller_minor) == (refund, TOTAL - refund)
    refunds = [each["amount"] for each in story.world.stripe.objects("refund")]
    transfers = [each["amount"] for each in story.world.stripe.objects("transfer")]
    assert refunds == ([refund] if refund else [])
    assert len(transfers) == (1 if refund < TOTAL else 0)
    expected_state = "released" if refund == 0 else "refunded" if refund == TOTAL else "split"
    assert story.order().state == expected_state


def test_a_split_takes_commission_on_the_sellers_part_only(story):
    bring_to(story, "split")

    [transfer] = story.world.stripe.objects("transfer")
    assert transfer["amount"] == 9_000 - 720


def test_a_dispute_is_decided_once(story, each_version):
    bring_to(story, "dispute_review")
    decide(story, refund_minor=0)

    again = decide(story, refund_minor=TOTAL)

    assert (again.status, again.json["code"]) == (409, "dispute_decided")
    assert story.trade.stands(ORDER).state == "released"


def test_a_decision_waits_for_an_appeal_before_it_is_carried_out(story):
    bring_to(story, "dispute_review")
    decide(story, refund_minor=3_000)
    story.world.drain()

    assert story.order().state == "decided"
    assert [story.world.stripe.objects(kind) for kind in ("refund", "transfer")] == [[], []]


def test_a_decision_of_the_first_process_is_carried_out_at_once(story):
    story.world.place_under(1)
    bring_to(story, "dispute_review")
    decide(story, refund_minor=3_000)
    story.world.drain()

    assert story.order().state == "split"
    assert [len(story.world.stripe.objects(kind)) for kind in ("refund", "transfer")] == [1, 1]


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (BUYER, 403, "forbidden"),
        (SELLER, 403, "forbidden"),
        (STRANGER, 403, "forbidden"),
        (PLAIN_OPERATOR, 403, "step_up_required"),
        (None, 401, "unauthenticated"),
    ],
)
def test_only_an_operator_with_a_second_factor_decides(story, who, status, code):
    bring_to(story, "dispute_review")

    replies = [decide(story, who), story.get("/operator/disputes", who)]

    assert {(reply.status, reply.json["code"]) for reply in replies} == {(status, code)}
    assert story.order().state == "dispute_review"


def test_a_decision_before_the_seller_spoke_is_refused(story):
    bring_to(story, "disputed")

    reply = decide(story)

    assert (reply.status, reply.json["code"]) == (409, "order_transition_refused")


@pytest.mark.parametrize("said", [{"clause": ""}, {"reasons": ""}, {"refund_minor": 1.5}, {"seller_minor": 1}])
def test_a_decision_needs_a_clause_and_reasons(story, said):
    bring_to(story, "dispute_review")

    reply = decide(story, **said)

    assert (reply.status, list(reply.json["fields"])) == (422, list(said))


def test_what_nobody_decides_goes_back_to_the_buyer_and_says_so(story):
    bring_to(story, "dispute_review")
    story.world.clock.advance(days=60, seconds=1)
    story.world.drain()

    found = story.get(f"/disputes/{DISPUTE}", BUYER).json

    assert found["order_state"] == "refunded"
    assert (found["decision"]["refund_minor"], found["decision"]["decided_by"]) == (TOTAL, "clock")


def test_both_sides_read_the_decision_with_its_reasons_and_no_operators_name(story):
    bring_to(story, "split")

    found = [story.get(f"/disputes/{DISPUTE}", who).json["decision"] for who in (BUYER, SELLER)]

    assert found[0] == found[1]
    assert (found[0]["refund_minor"], found[0]["seller_minor"], found[0]["clause"]) == (3_000, 9_000, "5.2")
    assert found[0]["decided_by"] == "operator"


# Who sees what.


@pytest.mark.parametrize("who", [STRANGER, OTHER_SELLER, PLAIN_OPERATOR])
def test_somebody_elses_dispute_answers_as_one_that_never_was(story, who):
    bring_to(story, "disputed")

    def shapes(dispute_id: str) -> list:
        path = f"/disputes/{dispute_id}"
        replies = [story.get(path, who), story.post(f"{path}/evidence", who, FILE)]
        if who == OTHER_SELLER:
            replies.append(story.post(f"{path}/answer", who, {"statement": "x"}))
        unlike = {"instance", "request_id"}
        return [(each.status, {name: each.json[name] for name in each.json if name not in unlike}) for each in replies]

    assert shapes(DISPUTE) == shapes("dsp_never")
    assert {status for status, _ in shapes(DISPUTE)} == {404}


def test_operators_list_what_is_undecided_the_oldest_first(story):
    bring_to(story, "disputed")

    before = story.get("/operator/disputes", OPERATOR_ID).json
    story.services.disputes.answer(DISPUTE, SELLER, "No.")
    story.services.disputes.escalate(DISPUTE, BUYER)
    decide(story)
    after = story.get("/operator/disputes", OPERATOR_ID).json
    story.world.drain()

    assert [each["dispute_id"] for each in before["items"]] == [DISPUTE]
    assert after == {"items": [], "cursor": None}


def test_an_operator_reads_a_dispute_but_shows_no_evidence_of_their_own(story):
    bring_to(story, "disputed")

    assert story.get(f"/disputes/{DISPUTE}", OPERATOR_ID).status == 200
    assert show(story, OPERATOR_ID).status == 404
