"""The published schedules, the oldest first. A new version is a new entry: orders keep the one of their placement."""

from collections.abc import Sequence
from datetime import UTC, datetime

from marketplace.fees.model import ESTABLISHED, FeeSchedule, Rule

SCHEDULES: Sequence[FeeSchedule] = (
    FeeSchedule(
        "2026-11",
        datetime(2026, 11, 1, tzinfo=UTC),
        rules=(
            Rule("2026-11.trader", 800, kind="trader"),
            Rule("2026-11.private", 500, kind="private"),
            Rule("2026-11.trader.established", 700, kind="trader", tier=ESTABLISHED),
            Rule("2026-11.trader.books", 600, kind="trader", category="books"),
            Rule(
                "2026-11.trader.collectibles",
                900,
                kind="trader",
                category="collectibles",
                max_minor={"eur": 25_000, "usd": 25_000, "gbp": 25_000, "jpy": 40_000},
            ),
        ),
        established_from_orders=100,
    ),
)


def schedule_at(moment: datetime) -> FeeSchedule:
    """Return the schedule in force; the first one also covers what came before it."""
    in_force = [schedule for schedule in SCHEDULES if schedule.valid_from <= moment]
    return in_force[-1] if in_force else SCHEDULES[0]


def rule_named(rule_id: str) -> Rule | None:
    """Return a published rule by its id, of whatever version; an agreement is not published."""
    return next((rule for schedule in SCHEDULES for rule in schedule.rules if rule.rule_id == rule_id), None)
