"""The fee schedule: versioned data, shown before anybody pays, frozen on each order at placement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from marketplace.kit.money import share_of


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """What the marketplace takes, by the kind of seller; the buyer pays no fee of ours."""

    version: str
    valid_from: datetime
    commission_bps: Mapping[str, int]  # ten-thousandths of the order's total
    buyer_fee_bps: int = 0

    def commission(self, total_minor: int, seller_kind: str) -> int:
        """Return the commission on an order, rounded half up; never more than the order."""
        return share_of(total_minor, self.commission_bps[seller_kind])


SCHEDULES: Sequence[FeeSchedule] = (
    FeeSchedule("2026-11", datetime(2026, 11, 1, tzinfo=UTC), {"trader": 800, "private": 500}),
)


def schedule_at(moment: datetime) -> FeeSchedule:
    """Return the schedule in force; the first one also covers what came before it."""
    in_force = [schedule for schedule in SCHEDULES if schedule.valid_from <= moment]
    return in_force[-1] if in_force else SCHEDULES[0]
