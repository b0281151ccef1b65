"""Balances, payouts, holds and the kill switch as JSON. Amounts are integers in the currency's minor unit."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from marketplace.kit.clock import to_text
from marketplace.kit.rows import Rows
from marketplace.payouts import model, reserve, schedule
from marketplace.payouts.causes import explained, in_words
from marketplace.payouts.model import Cause, Entry, Hold, Payout
from marketplace.payouts.service import CurrencyBalance, Overview
from marketplace.web.wire import Page

Moment = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
_BRINGS: dict[str, tuple[str, str]] = {
    "earned": ("Your part of a released order.", "Tu parte de un pedido liberado."),
    "reversed": ("Taken back after a refund.", "Recuperado tras un reembolso."),
    "reserved": ("Set aside by the reserve rules.", "Apartado según las reglas de reserva."),
    "reserve_released": ("Free again from the reserve.", "Liberado de la reserva."),
    "returned": ("A payout that your bank did not take.", "Un pago que tu banco no aceptó."),
}


class Body(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is sent."""


class ScheduleChoice(Body, frozen=True, kw_only=True):
    """When to be paid."""

    interval: Literal["daily", "weekly", "monthly"]


class HoldShown(msgspec.Struct):
    """Money that waits: the cause, since when, until when (null: until its condition is met), and how much of it.

    `amount_minor` is what it asks for (null: everything), `kept_minor` what of the balance it keeps at this moment: the
    parts of all holds and what is available sum to the balance.
    """

    cause: str
    key: str
    explanation: str
    since: str | None
    until: str | None
    amount_minor: int | None
    order_id: str | None
    reasons: str | None
    kept_minor: int | None = None


class ReserveShown(msgspec.Struct):
    """A part of an earning that is free on its date, and the rule that set it aside."""

    order_id: str
    amount_minor: int
    rule: str
    since: Moment
    until: Moment


class BalanceShown(msgspec.Struct):
    """One currency. earned - reversed = on hold + available + reserved + in transit + paid, always.

    balance = available + what every hold keeps, the reserve among them, always.
    """

    currency: str
    balance_minor: int
    available_minor: int
    on_hold_minor: int
    reserved_minor: int
    in_transit_minor: int
    paid_minor: int
    earned_minor: int
    reversed_minor: int
    minimum_minor: int
    next_payout_at: str | None
    holds: list[HoldShown]
    reserves: list[ReserveShown]


class BalancesShown(msgspec.Struct):
    """A seller's money, when it is paid, and which reserve rule applies to what is earned now."""

    balances: list[BalanceShown]
    interval: str
    interval_chosen: bool
    next_payout_at: Moment
    reserve_rule: str


class PayoutShown(msgspec.Struct):
    """One payout; `reason` says in plain words why a bank did not take it."""

    payout_id: str
    currency: str
    amount_minor: int
    state: str
    created_at: Moment
    arrives_at: str | None
    ended_at: str | None
    reason: str | None


class PartShown(msgspec.Struct):
    """One line of a payout, signed: what it brought, or what it took."""

    kind: str
    meaning: str
    amount_minor: int
    at: Moment
    order_id: str | None
    rule: str | None


class PayoutExplained(msgspec.Struct):
    """A payout to the cent: brought_minor + all its parts - kept_minor = amount_minor."""

    payout: PayoutShown
    brought_minor: int
    kept_minor: int
    parts: Page[PartShown]


class RuleShown(msgspec.Struct):
    """One reserve rule; the first that applies counts."""

    rule: str
    basis_points: int
    days: int
    applies: str


class HoldRule(msgspec.Struct):
    """One cause for which money may wait."""

    cause: str
    explanation: str


class RulesShown(msgspec.Struct):
    """Everything by which payouts are made; in `smaller_in_months` the lower minimum counts."""

    version: str
    reserve: list[RuleShown]
    minimum_minor: dict[str, int]
    smaller_minor: dict[str, int]
    smaller_in_months: list[int]
    intervals: list[str]
    interval_when_new: str
    interval_otherwise: str
    new_below_orders: int
    new_below_days: int
    holds: list[HoldRule]


def balances_to_wire(found: Overview, locale: str) -> BalancesShown:
    """Show a seller their money."""
    balances = [_balance(each, locale) for each in found.balances]
    return BalancesShown(balances, found.interval, found.chosen, to_text(found.next_at), found.rule.rule_id)


def _balance(found: CurrencyBalance, locale: str) -> BalanceShown:
    purse = found.purse
    parts = [
        ReserveShown(part.order_id, part.amount_minor, part.rule, to_text(part.since), to_text(part.until))
        for part in found.reserves
    ]
    return BalanceShown(
        currency=purse.currency,
        balance_minor=purse.at_stripe_minor,
        available_minor=found.payable_minor,
        on_hold_minor=found.on_hold_minor,
        reserved_minor=purse.reserved_minor,
        in_transit_minor=purse.in_transit_minor,
        paid_minor=purse.paid_minor,
        earned_minor=purse.earned_minor,
        reversed_minor=purse.reversed_minor,
        minimum_minor=found.least_minor,
        next_payout_at=_text(purse.due_at),
        holds=[hold_to_wire(each.hold, locale, each.kept_minor) for each in found.division.kept],
        reserves=parts,
    )


def hold_to_wire(hold: Hold, locale: str, kept_minor: int | None = None) -> HoldShown:
    """Show a hold."""
    return HoldShown(
        cause=hold.cause.value,
        key=hold.key,
        explanation=explained(hold.cause, locale),
        since=_text(hold.since),
        until=_text(hold.until),
        amount_minor=hold.amount_minor,
        order_id=hold.order_id,
        reasons=hold.reasons,
        kept_minor=kept_minor,
    )


def payout_to_wire(payout: Payout, locale: str) -> PayoutShown:
    """Show a payout."""
    return PayoutShown(
        payout_id=payout.payout_id,
        currency=payout.currency,
        amount_minor=payout.amount_minor,
        state=payout.state.value,
        created_at=to_text(payout.created_at),
        arrives_at=_text(payout.arrives_at),
        ended_at=_text(payout.ended_at),
        reason=in_words(payout.reason, locale) if payout.state is model.PayoutState.FAILED else payout.reason,
    )


def payouts_to_wire(rows: Rows[Payout], locale: str) -> Page[PayoutShown]:
    """Show a page of payouts."""
    return Page(items=[payout_to_wire(each, locale) for each in rows.items], cursor=rows.cursor)


def explained_to_wire(payout: Payout, rows: Rows[Entry], locale: str) -> PayoutExplained:
    """Show a payout with a page of what is in it."""
    parts = [
        PartShown(
            kind=each.kind.value,
            meaning=_BRINGS[each.kind.value][locale == "es"],
            amount_minor=each.amount_minor,
            at=to_text(each.at),
            order_id=each.order_id,
            rule=each.rule,
        )
        for each in rows.items
    ]
    page = Page(items=parts, cursor=rows.cursor)
    return PayoutExplained(payout_to_wire(payout, locale), payout.brought_minor, payout.kept_minor, page)


def rules_to_wire(locale: str) -> RulesShown:
    """Publish the rules."""
    spanish = locale == "es"
    rules = [
        RuleShown(rule.rule_id, rule.basis_points, rule.days, rule.when_es if spanish else rule.when_en)
        for rule in reserve.RULES
    ]
    return RulesShown(
        version=reserve.RULES_VERSION,
        reserve=rules,
        minimum_minor=dict(model.MINIMUM_MINOR),
        smaller_minor=dict(model.SMALLEST_MINOR),
        smaller_in_months=list(model.SMALL_MONTHS),
        intervals=list(schedule.INTERVALS),
        interval_when_new=schedule.WEEKLY,
        interval_otherwise=schedule.DAILY,
        new_below_orders=reserve.NEW_ORDERS,
        new_below_days=reserve.NEW_DAYS,
        holds=[HoldRule(cause.value, explained(cause, locale)) for cause in Cause],
    )


def _text(moment: datetime | None) -> str | None:
    return to_text(moment) if moment else None
