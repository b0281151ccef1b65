"""Payouts, debts, money that waits, and what schedules do."""

from collections.abc import Mapping

from bench import money, story
from bench.minima.steps import (
    A_MINUTE,
    FRESH,
    LEAVES,
    PAYEE,
    RUN_COUNTS,
    RUN_QUESTIONS,
    SESSION,
    SWEEP_COUNTS,
    SWEEP_QUESTIONS,
    WEBHOOK,
    hint,
    mailed,
    told,
    unfollowed,
)
from bench.minima.words import Parts, beyond, read, tx

PAYOUTS: Mapping[str, Parts] = {
    story.PAYOUT_RUN: (
        RUN_QUESTIONS,
        *PAYEE,
        tx("standing, 6 x condition, payout begun, balance with another date"),
        tx("payout sent"),
        *beyond(again=4, twice=(1, 15), stuck=RUN_COUNTS),
        *hint(2),
    ),
    money.PAYOUT_ARRIVED: (
        WEBHOOK,
        read("whose account it is"),
        read("payout"),
        tx("event, payout arrived, balance, standing"),
        *told(1),
        *beyond(again=1),
        *hint(2),
    ),
    money.PAYOUT_REFUSED: (
        WEBHOOK,
        read("whose account it is"),
        read("payout, balance, standing, hold"),
        tx("part of the balance, event, payout failed, balance, standing"),
        *mailed(1),
        *beyond(sealed=1, apart=2, again=1),
        *hint(2),
    ),
    money.HOLD: (
        SESSION,
        read("account, profile, cooling"),
        tx("hold, 2 x event, act of staff, decision, standing"),
        *told(1),
        *mailed(1),
        *beyond(sealed=1, apart=1),
    ),
    money.HELD_RUN: (
        RUN_QUESTIONS,
        *PAYEE,
        tx("event, balance with another date"),
        *mailed(1),
        *beyond(again=1, apart_tx=1, stuck=RUN_COUNTS),
    ),
    money.RESUME: (
        SESSION,
        read("hold"),
        tx("proposal, act of staff"),
        SESSION,
        read("proposal"),
        read("hold"),
        tx("proposal decided, act of staff, 2 x event, decision, hold, standing"),
        *told(1),
        *mailed(1),
    ),
    money.COLLECTED: (
        read("debts whose collection is due"),
        read("debt"),
        read("balance, standing, profile"),
        read("holds"),
        read("last payout"),
        read("which orders brought what lies there: this payout's and the last", 2),
        read("order"),
        read("its ledger, its refunds", 2),
        tx("2 x condition, intent opened, seller's ledger entry, hold for a debt, debt, standing"),
        read("balance, standing, hold: as they are behind the call"),
        read("reserve, what clears", 2),
        tx(
            "condition, event, seller's ledger entry, 2 x part of the balance, intent ended, balance, "
            "reserve, debt noted, hold for a debt, standing"
        ),
        *mailed(1),
        *beyond(sealed=1, apart=2, again=3, apart_tx=(1, 2)),
        *A_MINUTE,
        *unfollowed(3),
    ),
    money.UNCLAIMED: (
        SESSION,
        read("what waits, its order, its intent"),
        tx("proposal, act of staff"),
        SESSION,
        read("proposal"),
        read("what waits, its order, its intent"),
        read("debt of the seller"),
        tx("proposal decided, act of staff, unclaimed money, seller's ledger entry, intent opened, decision, event"),
        *told(1),
        *beyond(apart=4, again=1),
    ),
    money.SENT_AGAIN: (
        read("open intents"),
        read("intent"),
        read("order"),
        read("payment, profile"),
        LEAVES,
        FRESH,
        tx(
            "condition, seller's ledger entry, 2 x part of the balance, reserve, what clears, intent ended, "
            "balance with a first date, standing"
        ),
        *beyond(apart=2),
        *A_MINUTE,
        *unfollowed(1),
    ),
    money.RECONCILED: (
        read("ledger of the day, and of its neighbours, as clocks differ", 3),
        read("payments of what has to be explained"),
    ),
    money.STATED: (
        read("last statement"),
        read("ledger since, by day", 2),
        read("intents that are open or parked", 2),
        read("ledger of the day again: nothing was booked meanwhile"),
        read("orders"),
        tx("seed, claims, base"),
        tx("statement"),
    ),
    money.IDLE_SWEEP: (SWEEP_QUESTIONS, *beyond(stuck=SWEEP_COUNTS)),
    money.IDLE_PAYOUT_RUN: (RUN_QUESTIONS, *beyond(stuck=RUN_COUNTS)),
}
