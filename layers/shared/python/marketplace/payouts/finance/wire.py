"""Holds, parked payouts and the kill switch as finance sends and reads them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from marketplace.kit.clock import from_text, to_text
from marketplace.kit.money import AMOUNT_MAX_MINOR
from marketplace.kit.rows import Rows
from marketplace.payouts import switch
from marketplace.payouts.errors import HoldTooLong
from marketplace.payouts.model import REASONS_LENGTH_MAX, Hold
from marketplace.payouts.wire import Body, HoldShown, Moment, hold_to_wire
from marketplace.web.wire import Page, PageQuery

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Reasons = Annotated[str, msgspec.Meta(min_length=1, max_length=REASONS_LENGTH_MAX)]
Until = Annotated[str, msgspec.Meta(min_length=1, max_length=40, extra_json_schema={"format": "date-time"})]


class NewPayoutHold(Body, frozen=True, kw_only=True):
    """Whose payouts wait, until when, and why: the seller reads it."""

    seller_id: Name
    reasons: Reasons
    until: Until

    def ends_at(self) -> datetime:
        """Return the moment; a day that no calendar has, or a time without its zone, is no moment at all.

        Raises: HoldTooLong.
        """
        try:
            found = from_text(self.until)
        except ValueError:
            raise HoldTooLong(fields={"until": "not_a_moment"}) from None
        if found.tzinfo is None:
            raise HoldTooLong(fields={"until": "not_a_moment"})
        return found


class PayoutHoldRelease(Body, frozen=True, kw_only=True):
    """Which hold should end, and why."""

    seller_id: Name
    cause: Literal["manual", "bank_refused"]
    key: Name
    reasons: Reasons


class ManualPayout(Body, frozen=True, kw_only=True):
    """Whose balance should be paid out now, and why; what can be sent of it is what no hold keeps back."""

    seller_id: Name
    currency: Literal["eur", "usd", "gbp", "jpy"]
    reasons: Reasons


class NewWriteOff(Body, frozen=True, kw_only=True):
    """How much of a debt should be given up, and why; the seller reads the reasons."""

    currency: Literal["eur", "usd", "gbp", "jpy"]
    amount_minor: Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX_MINOR)]
    reasons: Reasons


class DebtShown(msgspec.Struct):
    """What a seller owes in one currency: later earnings pay it."""

    currency: str
    owed_minor: int


class Stop(Body, frozen=True, kw_only=True):
    """What is stopped (`everything`, `currency:eur`, `seller:acc_...`), and why."""

    scope: Name
    reasons: Reasons


class Reasoned(Body, frozen=True, kw_only=True):
    """Why: the record keeps it."""

    reasons: Reasons


class PayoutStateQuery(PageQuery, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Which payouts."""

    state: Literal["open", "in_transit", "failed", "parked"] = "parked"


class HeldSeller(msgspec.Struct):
    """A hold in finance's list."""

    seller_id: str
    hold: HoldShown
    placed_by: str | None


class SwitchShown(msgspec.Struct):
    """A stop or a resumption, who and why, and how a stop ends."""

    scope: str
    stopped: bool
    cause: str
    reasons: str
    by: str
    approved_by: str | None
    at: Moment
    how_to_resume: str | None
    runbook: str | None


def held_to_wire(rows: Rows[tuple[str, Hold]], locale: str) -> Page[HeldSeller]:
    """Show finance a page of holds."""
    held = [HeldSeller(seller_id, hold_to_wire(hold, locale), hold.by) for seller_id, hold in rows.items]
    return Page(items=held, cursor=rows.cursor)


def switch_to_wire(change: switch.Change, locale: str) -> SwitchShown:
    """Show a stop, or a resumption."""
    return SwitchShown(
        scope=change.scope,
        stopped=change.stopped,
        cause=change.cause,
        reasons=change.reasons,
        by=change.by,
        approved_by=change.approved_by,
        at=to_text(change.at),
        how_to_resume=switch.HOW_TO_RESUME["es" if locale == "es" else "en"] if change.stopped else None,
        runbook=switch.RUNBOOK if change.stopped else None,
    )
