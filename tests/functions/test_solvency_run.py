"""The schedule of every night: one line with the metrics that the alarms watch, and nobody's name in it."""

import json
from pathlib import Path

import pytest

from functions.solvency_run.handler import run
from tests.functions.story import BUYER, SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "solvency_run").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_whoever_calls_gets_a_statement(story, path):
    assert isinstance(json.loads(path.read_text()), dict)  # the event says nothing that the run would read

    told = run(story.services.solvency)

    assert told["run_id"] == story.services.solvency.statement().run_id


def test_one_line_carries_the_metrics_and_no_name(story, capsys):
    bring_to(story, "shipped")
    capsys.readouterr()

    run(story.services.solvency)

    [line] = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    [metrics] = told["_aws"]["CloudWatchMetrics"]
    assert {each["Name"] for each in metrics["Metrics"]} <= set(told)
    assert (told["level"], told["solvency_shortfall"], told["solvency_anomalies"]) == ("INFO", 0, 0)
    assert BUYER not in line
    assert SELLER not in line


def test_a_shortfall_is_an_error_with_its_amount(story, capsys):
    bring_to(story, "shipped")

    class Robbed:
        def balances(self):
            return {"eur": 5_000}

    story.world.given["stripe_balances"] = Robbed()
    story.world.restart()
    capsys.readouterr()

    run(story.services.solvency)

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["level"], told["solvency_shortfall"]) == ("ERROR", 7_000)
