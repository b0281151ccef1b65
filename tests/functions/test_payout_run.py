"""The schedule of payouts: what it makes, what it says, and what it leaves alone."""

import json
from pathlib import Path

import pytest

from functions.payout_run.handler import run
from tests.crash.payout_deeds import with_factor
from tests.functions.story import SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "payout_run").glob("*.json"))


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


def test_one_line_carries_the_metrics_that_the_alarms_watch(story, capsys):
    story.services.switch.stop("currency:eur", "manual", "Looks wrong.", by="acc_finance")
    capsys.readouterr()

    run(story.services)

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    names = {each["Name"] for each in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert names == {"payouts_unknown", "payments_stopped"}
    assert line["payments_stopped"] == 1
