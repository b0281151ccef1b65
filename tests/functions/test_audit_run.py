"""The schedule of every night and a person's question: what is judged, what is told, and in which lines."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from functions.audit_run.handler import DONE_BY, TIME_TO_END_SECONDS, TOLD_MAX, ends_at, run
from marketplace.audit.report import LIFTED, NOT_STOPPED, STANDING, STOPPED, TOLD, Found, Report
from marketplace.kit.errors import DomainError, Unavailable
from tests.fakes.grants import only_its_grants
from tests.fakes.world import START
from tests.functions.story import BUYER, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "audit_run").glob("*.json"))


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


class Judged:
    """An audit that has found this."""

    def __init__(self, *found: str, left: tuple[str, ...] = ()) -> None:
        what = [Found("order:ord_1", "M3", "ord_1", "a cent", done) for done in found]
        self.report = Report(START, orders=3, sellers=2, found=what, left=list(left), ran_at=START)

    def go_on(self, _until=None):
        return self.report


def judged(story, event, until=None):
    with only_its_grants("audit_run"):
        return run(event, story.services.audit, story.services.nightly_audit, until)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_judges_what_it_says(story, path):
    held = json.loads(path.read_text())
    bring_to(story, "shipped")
    story.world.clock.advance(days=1)

    try:
        told = judged(story, held["event"])
        answer = {"orders": told["orders"], "sellers": told["sellers"]}
    except DomainError as refused:
        answer = {"code": refused.code}

    assert answer == held["expect"]


def test_one_line_carries_the_metrics_and_no_name(story, capsys):
    bring_to(story, "shipped")
    story.world.clock.advance(days=1)
    capsys.readouterr()

    judged(story, {})

    [told] = lines(capsys)
    [metrics] = told["_aws"]["CloudWatchMetrics"]
    assert (metrics["Namespace"], metrics["Dimensions"], told["service"]) == ("aval", [["service"]], "audit")
    assert {each["Name"] for each in metrics["Metrics"]} <= set(told)
    assert (told["level"], told["invariant_violations"], told["audit_left"], told["audit_orders"]) == ("INFO", 0, 0, 1)
    assert told["audit_lag_seconds"] == 9 * 3_600  # the day ended at midnight, and it is nine
    assert not {BUYER, SELLER} & set(json.dumps(told).split('"'))


@pytest.mark.parametrize(
    ("done", "left", "level", "violations"),
    [
        (STOPPED, (), "ERROR", 1),
        (STANDING, (), "ERROR", 1),
        (TOLD, (), "ERROR", 1),
        (LIFTED, (), "INFO", 0),
        (LIFTED, ("acc_1 unavailable",), "ERROR", 0),
    ],
)
def test_what_two_people_let_go_on_rings_no_more_and_all_the_rest_does(capsys, done, left, level, violations):
    found = Judged(done, left=left)

    run({}, found, found)

    whole, told, *rest = lines(capsys)
    assert (whole["level"], whole["invariant_violations"], whole["audit_left"]) == (level, violations, len(left))
    assert (told["message"], told["scope"], told["rule"], told["done"]) == ("violation", "order:ord_1", "M3", done)
    assert [each["subject"] for each in rest] == list(left)


def test_a_run_that_could_not_stop_something_fails_after_it_was_told(capsys):
    found = Judged(STOPPED, NOT_STOPPED)

    with pytest.raises(Unavailable):
        run({}, found, found)

    assert [each["message"] for each in lines(capsys)] == ["audit", "violation", "violation"]


def test_a_flood_is_counted_whole_and_told_in_part(capsys):
    flood = Judged(*[TOLD] * (TOLD_MAX + 1))

    told = run({}, flood, flood)

    whole, *rest = lines(capsys)
    assert whole["invariant_violations"] == TOLD_MAX + 1
    assert len(rest) == len(told["found"]) == TOLD_MAX


@pytest.mark.parametrize(("seconds", "orders", "rest"), [(TIME_TO_END_SECONDS, 0, 2), (TIME_TO_END_SECONDS + 1, 1, 0)])
def test_nothing_is_begun_when_the_function_s_time_is_nearly_over(story, seconds, orders, rest):
    bring_to(story, "shipped")
    story.world.clock.advance(days=1)
    until = ends_at(story.world.clock.now(), seconds * 1_000)

    told = judged(story, {"day": "2026-11-02"}, until)

    assert (told["orders"], told["rest"]) == (orders, rest)


def test_the_night_s_next_run_goes_on_and_the_one_after_has_nothing_to_do(story, capsys):
    bring_to(story, "shipped")
    story.world.clock.set(START.replace(day=3, hour=2))
    out_of_time = story.world.clock.now()
    capsys.readouterr()

    runs = [judged(story, {}, out_of_time), judged(story, {}), judged(story, {})]

    assert [each.get("orders") for each in runs] == [0, 1, None]
    assert [(each["level"], each["audit_left"]) for each in lines(capsys)] == [("INFO", 0), ("INFO", 0)]


def test_what_the_last_run_of_the_night_leaves_is_rung_for(story, capsys):
    bring_to(story, "shipped")
    story.world.clock.set(datetime.combine(START.date() + timedelta(days=1), time(), UTC) + DONE_BY)
    capsys.readouterr()

    judged(story, {}, story.world.clock.now())

    [told] = lines(capsys)
    assert (told["level"], told["audit_left"]) == ("ERROR", 2)
