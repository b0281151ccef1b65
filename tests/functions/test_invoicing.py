"""The schedule of every month's first days: each seller's commission is invoiced once, however often it runs."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from functions.invoicing.handler import run
from marketplace.kit.errors import DomainError
from marketplace.statements.monthly import Month
from tests.functions.story import SELLER, bring_to

EVENTS = sorted((Path(__file__).parents[2] / "events" / "invoicing").glob("*.json"))


@pytest.fixture
def december(story):
    bring_to(story, "released")
    story.world.clock.set(Month("2026-12").begins + timedelta(hours=4))
    return story


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_recorded_event_asks_for_the_month_it_says(december, path):
    held = json.loads(path.read_text())

    try:
        answer = {"month": run(held["event"], december.services.billing)["month"]}
    except DomainError as refused:
        answer = {"code": refused.code}

    assert answer == held["expect"]


def test_each_seller_is_invoiced_once(december, capsys):
    first, again = run({}, december.services.billing), run({}, december.services.billing)

    assert first == again | {"told": 1} == {"month": "2026-11", "sellers": 1, "invoices": 1, "told": 1}
    assert again["told"] == 0
    assert december.services.statements.invoice(SELLER, "2026-11", "eur").number == "AV-2026-11-000001"
    assert december.services.statement_store.last_invoice("2026-11").count == 1
    assert SELLER not in capsys.readouterr().out


def test_a_month_that_has_not_ended_has_no_invoices(story):
    bring_to(story, "released")

    assert run({"month": "2026-11"}, story.services.billing) == {
        "month": "2026-11",
        "sellers": 0,
        "invoices": 0,
        "told": 0,
    }
