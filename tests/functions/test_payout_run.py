"""The schedule of payouts: what it makes, what it says, and what it leaves alone."""

import json
from pathlib import Path

import pytest

from functions.payout_run import handler as payout_run
from functions.payout_run.handler import run, watch
from marketplace.kit.errors import Unavailable
from tests.crash.payout_deeds import with_factor
from tests.functions.story import FINANCE_ID, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "payout_run").glob("*.json"))


class Unheard:
    """Stripe that takes no payout, and shows none."""

    def create(self, _payout):
        raise Unavailable

    def find(self, _payout):
        return None


def due(story):
    with_factor(story.trade, SELLER)
    bring_to(story, "released")
    story.world.drain()
    story.world.clock.advance(days=8)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_schedule_does_what_it_says(story, path):
    held = json.loads(path.read_text())
    with_factor(story.trade, SELLER)
    bring_to(story, held["given"])
    story.world.drain()
    story.world.clock.advance(seconds=held["after_seconds"])

    done = run(story.services)

    assert {name: count for name, count in done.items() if count} == held["expect"]["did"]
    story.world.drain()


def test_the_log_names_each_payout_that_is_not_understood(story, monkeypatch, capsys):
    due(story)
    monkeypatch.setattr(story.services.paying, "begin", lambda *_: {}["currency"])

    with pytest.raises(ExceptionGroup):
        run(story.services)

    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "broken" in line]
    assert (line["service"], line["error"], line["level"]) == ("payout_run", "KeyError", "ERROR")
    assert SELLER in line["about"][0]


def test_one_line_carries_the_metrics_that_the_alarms_watch(story, capsys):
    story.services.switch.stop("currency:eur", "manual", "Looks wrong.", by="acc_finance")
    capsys.readouterr()

    watch(story.services)

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    names = {each["Name"] for each in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert names == {"payouts_unknown", "payouts_parked", "payments_stopped"}
    assert (line["payments_stopped"], line["level"]) == (1, "WARNING")


def test_a_payout_of_unknown_outcome_rings_on_when_it_is_parked(story, monkeypatch):
    due(story)
    with monkeypatch.context() as silence:
        silence.setattr(story.services.payout_desk, "_stripe", Unheard())
        run(story.services)
    told = [watch(story.services)]
    story.world.clock.advance(minutes=30)
    told.append(watch(story.services))

    story.world.clock.advance(hours=23)
    run(story.services)
    told.append(watch(story.services))

    assert [(each["payouts_unknown"], each["payouts_parked"]) for each in told] == [(0, 0), (1, 0), (0, 1)]
    assert [each["level"] for each in told] == ["INFO", "WARNING", "WARNING"]


def test_a_parked_payout_is_in_the_list_of_what_waits_for_staff(story, monkeypatch):
    due(story)
    with monkeypatch.context() as silence:
        silence.setattr(story.services.payout_desk, "_stripe", Unheard())
        run(story.services)
    story.world.clock.advance(hours=24)
    run(story.services)

    [case] = story.get("/operator/cases", FINANCE_ID, query={"kind": "payout"}).json["items"]

    assert (case["state"], case["accounts"], case["amount_minor"] > 0) == ("parked", [SELLER], True)


def test_the_metrics_are_said_although_the_round_fails(story, monkeypatch, capsys):
    def broken() -> None:
        raise ExceptionGroup("a payout run met what it does not understand", [ValueError()])

    monkeypatch.setattr(story.services.payout_run, "run", broken)
    monkeypatch.setattr(payout_run, "_services", lambda: story.services)

    with pytest.raises(ExceptionGroup):
        payout_run.handler({}, None)

    assert json.loads(capsys.readouterr().out.splitlines()[-1])["payouts_parked"] == 0
