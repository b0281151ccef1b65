"""The schedule of every night: one line with the metrics that the alarms watch, and nobody's name in it."""

import json
from pathlib import Path

import pytest

from functions.solvency_run.handler import run
from marketplace.payouts.model import Purse
from marketplace.payouts.purse_store import purse_key
from marketplace.payouts.table_store import PurseItem
from tests.fakes.world import new_world
from tests.functions.story import BUYER, SELLER, Story, bring_to

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


def test_what_is_missing_of_a_sellers_balance_rings_and_names_nobody(story, capsys):
    bring_to(story, "released")
    story.services.stripe_payouts.held = lambda _account_id: {"eur": 10_000}
    capsys.readouterr()

    run(story.services.solvency)

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["level"], told["solvency_shortfall"]) == ("ERROR", 1_040)
    assert told["balances_claims_compared_missing_status"] == {"eur": [11_040, 1, 1, 1_040, "short"]}
    assert SELLER not in json.dumps(told)


def test_a_balance_that_does_not_say_what_the_books_say_rings(capsys):
    with new_world() as world:  # whose promises do not hold at the end
        story = Story(world)
        bring_to(story, "released")
        purse_key(Purse(SELLER, "eur")).update([PurseItem.available_minor.add(1)])
        capsys.readouterr()

        run(story.services.solvency)

    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["level"], told["solvency_anomalies"]) == ("ERROR", 1)
