"""The ways of money beside the happy order, each measured in a marketplace of its own, where nothing else happens."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bench.stage import Done, Stage, answered, new_stage
from functions.reconcile.handler import run as reconcile
from functions.solvency_run.handler import run as state_solvency
from functions.sweep.handler import run as sweep
from functions.sweep.handler import watch
from marketplace.kit.clock import to_text
from marketplace.kit.principal import FINANCE
from tests.crash import chargeback_deeds, collection_deeds, flows, owner_deeds, payout_deeds, refund_deeds
from tests.fakes.trade import Trade

CANCEL, EXPIRED, LATE = "cancellation by the seller", "reservation expired", "late payment refunded"
INQUIRY, EVIDENCE, WARNING = (
    "a bank asks, answered from the record",
    "evidence sent by finance",
    "fraud warning, refunded",
)
CHARGEBACK_WON = "chargeback won"
PAYOUT_ARRIVED, PAYOUT_REFUSED = "payout arrived", "payout refused by the bank"
HOLD, HELD_RUN, RESUME = "hold payouts", "payout run, one seller held", "end a hold, two people"
NETTED, COLLECTED = "release that pays a debt", "debt collected"
UNCLAIMED, SENT_AGAIN = "unclaimed money decided, two people", "unclaimed money sent"
RECONCILED, STATED = "reconciliation of a day, one order", "solvency statement, two sellers"
IDLE_SWEEP, IDLE_PAYOUT_RUN = "sweep, nothing to do", "payout run, nothing to do"
HOLD_DAYS = 30
SETTLED = timedelta(days=3)  # after which a day is reconciled

Measured = Iterator[Done]


def live_all() -> Measured:
    """Live through every flow, and leave each world with its invariants held."""
    for flow in FLOWS:
        with new_stage() as stage:
            yield from flow(stage, Trade(stage))
            stage.check()


def _cancelled(stage: Stage, trade: Trade) -> Measured:
    order = trade.bought()
    seller = stage.token(order.seller_id)
    path, why = f"/orders/{order.order_id}/cancel", {"reason": "Se ha roto."}
    yield stage.lived(CANCEL, lambda: answered(stage.api.post(path, why, token=seller)))
    assert trade.order(order.order_id).state == "refunded"


def _expired(stage: Stage, trade: Trade) -> Measured:
    placed: Any = flows.prepare_unpaid(trade)
    yield stage.lived(EXPIRED, lambda: _sweep(stage))
    assert trade.order(placed.orders[0].order_id).state == "cancelled"


def _paid_late(stage: Stage, trade: Trade) -> Measured:
    flows.prepare_late(trade)
    yield stage.lived(LATE, lambda: None)
    assert [each["status"] for each in stage.stripe.objects("refund")] == ["succeeded"]


def _asked_by_a_bank(stage: Stage, trade: Trade) -> Measured:
    order = chargeback_deeds.inquired(trade)
    yield stage.lived(INQUIRY, lambda: None)
    assert trade.order(order.order_id).state == "delivered"


def _evidence(stage: Stage, trade: Trade) -> Measured:
    chargeback_deeds.unanswered(trade)
    finance, dispute = _finance(stage, trade), chargeback_deeds.dispute_of(trade)["id"]
    path = f"/operator/chargebacks/{dispute}/evidence"
    yield stage.lived(EVIDENCE, lambda: answered(stage.api.post(path, {"submit": True}, token=finance)))
    assert chargeback_deeds.dispute_of(trade)["evidence_details"]["submission_count"] == 1


def _won(stage: Stage, trade: Trade) -> Measured:
    order = flows.prepare_won_chargeback(trade)
    yield stage.lived(CHARGEBACK_WON, lambda: None)
    assert trade.order(order.order_id).state == "dispute_review"


def _warned(stage: Stage, trade: Trade) -> Measured:
    order = chargeback_deeds.warned_unsent(trade)
    yield stage.lived(WARNING, lambda: None)
    assert trade.order(order.order_id).state == "refunded"


def _arrived(stage: Stage, trade: Trade) -> Measured:
    yield _ended_at_the_bank(stage, trade, payout_deeds.due(trade), PAYOUT_ARRIVED, "paid")


def _refused(stage: Stage, trade: Trade) -> Measured:
    yield _ended_at_the_bank(stage, trade, payout_deeds.refused_by_bank(trade), PAYOUT_REFUSED, "failed")


def _ended_at_the_bank(stage: Stage, trade: Trade, order: Any, operation: str, status: str) -> Done:
    """Send a payout, let a day pass, and hear from Stripe how it ended."""
    stage.pay_out()
    stage.drain()
    stage.clock.advance(seconds=payout_deeds.ARRIVAL.total_seconds())
    stage.stripe.tick()
    done = stage.lived(operation, lambda: None)
    assert [each["status"] for each in stage.stripe.objects("payout", payout_deeds.account_of(trade, order))] == [
        status
    ]
    return done


def _held(stage: Stage, trade: Trade) -> Measured:
    order = payout_deeds.due(trade)
    _settle_stripe(stage)
    one, other = _finance(stage, trade), _finance(stage, trade)
    until = to_text(stage.clock.now() + timedelta(days=HOLD_DAYS))
    said = {"seller_id": order.seller_id, "reasons": "Falta un documento."}
    made: list[Any] = []

    def hold() -> None:
        made.append(answered(stage.api.post("/operator/payout-holds", {**said, "until": until}, token=one), 201))

    def resume() -> None:
        lifted = {**said, "cause": "manual", "key": made[0]["key"]}
        proposed = answered(stage.api.post("/operator/payout-holds/release", lifted, token=one), 201)
        _approve(stage, proposed, other)

    yield stage.lived(HOLD, hold)
    yield stage.lived(HELD_RUN, stage.pay_out)
    assert stage.stripe.objects("payout", payout_deeds.account_of(trade, order)) == []
    yield stage.lived(RESUME, resume)
    payout_deeds.next_date(trade, order)
    assert stage.pay_out()["begun"] == 1


def _netted(stage: Stage, trade: Trade) -> Measured:
    order = refund_deeds.prepare_in_debt(trade)
    buyer, path = stage.token(order.buyer_id), f"/orders/{order.order_id}/confirm"
    yield stage.lived(NETTED, lambda: answered(stage.api.post(path, token=buyer)))
    assert stage.services.debts.owed_minor(order.seller_id, order.currency) == 0


def _collected(stage: Stage, trade: Trade) -> Measured:
    order = collection_deeds.due(trade)
    yield stage.lived(COLLECTED, lambda: _sweep(stage))
    assert stage.services.debts.owed_minor(order.seller_id, order.currency) == 0


def _unclaimed(stage: Stage, trade: Trade) -> Measured:
    _, name, _ = owner_deeds.closed_transfer(trade)
    one, other = _finance(stage, trade), _finance(stage, trade)
    said = {"to": "seller", "reasons": "Ha vuelto a abrir su cuenta."}

    def decide() -> None:
        path = f"/operator/unclaimed/{name.replace('#', '.')}/decision"
        _approve(stage, answered(stage.api.post(path, said, token=one), 201), other)

    yield stage.lived(UNCLAIMED, decide)
    yield stage.lived(SENT_AGAIN, lambda: _sweep(stage))
    assert len(stage.stripe.objects("transfer")) == 1


def _reconciled(stage: Stage, trade: Trade) -> Measured:
    payout_deeds.released(trade)
    day = stage.clock.now().date().isoformat()
    stage.clock.advance(seconds=SETTLED.total_seconds())
    _settle_stripe(stage)
    services, told = stage.services, list[Any]()

    def run() -> None:
        told.append(reconcile({"day": day}, services.reconciliation, services.switch, services.owner_money))

    yield stage.lived(RECONCILED, lambda: stage.invoke("reconcile", "schedule", run))
    assert told[0]["matched"]
    assert not told[0]["differences"]


def _stated(stage: Stage, trade: Trade) -> Measured:
    trade.shipped()
    trade.shipped()

    def run() -> dict[str, Any]:
        return state_solvency(stage.services.solvency)

    yield stage.lived(STATED, lambda: stage.invoke("solvency_run", "schedule", run))


def _idle(stage: Stage, trade: Trade) -> Measured:
    trade.shipped()
    yield stage.lived(IDLE_SWEEP, lambda: _sweep(stage))
    yield stage.lived(IDLE_PAYOUT_RUN, stage.pay_out)


FLOWS: tuple[Callable[[Stage, Trade], Measured], ...] = (
    _cancelled,
    _expired,
    _paid_late,
    _asked_by_a_bank,
    _evidence,
    _won,
    _warned,
    _arrived,
    _refused,
    _held,
    _netted,
    _collected,
    _unclaimed,
    _reconciled,
    _stated,
    _idle,
)


def _settle_stripe(stage: Stage) -> None:
    """Let Stripe do what time alone does there, and hear of it, so that no later flow is charged for it."""
    stage.stripe.tick()
    stage.drain()


def _sweep(stage: Stage) -> None:
    """Do what the sweep's schedule starts each minute."""
    stage.invoke("sweep", "schedule", lambda: (sweep(stage.services), watch(stage.services)))


def _finance(stage: Stage, trade: Trade) -> str:
    """Return a session of somebody of finance who has just shown a second factor."""
    account_id = trade.staff(FINANCE)
    payout_deeds.with_factor(trade, account_id)
    return stage.token(account_id, factor=True)


def _approve(stage: Stage, proposal: Any, token: str) -> None:
    path = f"/operator/proposals/{proposal['proposal_id']}/approve"
    answered(stage.api.post(path, {"reasons": "Lo he leído también."}, token=token))
