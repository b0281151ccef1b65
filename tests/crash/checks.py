"""What must hold besides the audit's invariants, seen from outside of the code: nothing lost on the way, nothing told
twice, no goods gained or lost, nothing left half done."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from marketplace.audit.view import View
from marketplace.ledger.model import STRIPE_FEES, LedgerTransaction
from marketplace.ledger.refunds import COST
from marketplace.notifications.model import INBOX, MAIL
from marketplace.notifications.rendering import render
from marketplace.notifications.templates import notices_of
from marketplace.orders.model import Order
from marketplace.orders.process import Effect
from marketplace.orders.rules import process_of
from marketplace.outbox.model import Event, queues_for
from marketplace.outbox.store import event_from_image
from marketplace.payments.intents import KEY_TOO_OLD
from marketplace.payments.model import IntentKind, IntentState, PaymentStatus
from marketplace.payments.refund_costs import SELLER
from marketplace.payouts.desk import ENDED_AT_STRIPE
from marketplace.payouts.model import PayoutState
from tests.fakes.asl import SUCCEEDED
from tests.fakes.collect import PARSED
from tests.fakes.world import TABLE_PREFIX, World

_FINAL = {"canceled", "succeeded"}
_LATE = {"late_payment": "refund.late_payment", "late_refund": "refund.late_done"}


def rows(world: World, area: str) -> Mapping[Any, Any]:
    """The stored items of a table by key; they are never changed in place, so nothing is copied."""
    return world.dynamo.snapshot_items(f"{TABLE_PREFIX}-{area}")


def events_of(world: World) -> list[Event]:
    return [PARSED.of(item, event_from_image) for item in rows(world, "outbox").values()]


def problems(world: World, view: View, goods: Mapping[str, int]) -> Iterator[str]:
    """Everything that is not as it should be once all is quiet; `goods` is what there was of each listing."""
    yield from _left_open(world, view)
    events = events_of(world)
    yield from _unpaid_intents(view)
    yield from _closed_unknown(view)
    yield from _untold_moves(view, events)
    yield from _untold_late_payments(view, events)
    yield from _lost_events(world, events)
    yield from _lost_webhooks(world, events)
    yield from _ignored_holds(view, events)
    yield from _notices(world, events)
    yield from _unsent_payouts(view)
    yield from _costs(view)
    yield from _answers(world)
    yield from _payment_intents(world, view)
    yield from _executions(world, view)
    now = goods_of(world, view)
    yield from (
        f"{listing}: {goods[listing]} pieces became {now.get(listing)}"
        for listing in goods
        if goods[listing] != now.get(listing)
    )


def goods_of(world: World, view: View) -> dict[str, int]:
    """Count each listing's pieces: on sale, and in orders that did not give them back."""
    found = {
        item["pk"]["S"]: int(item["stock"]["N"])
        for item in rows(world, "catalog").values()
        if item["sk"]["S"] == "listing" and "stock" in item
    }
    given_back = {move.order_id for move in view.moves if _restocks(view.orders, move)}
    given_back |= {order.order_id for order in view.orders if _stayed(order)}
    for order in view.orders:
        for line in () if order.order_id in given_back else order.lines:
            found[line.listing_id] += line.quantity
    for each in view.returns:
        for line in each.lines if each.restocked else ():
            found[line.listing_id] -= line.quantity  # on sale again, and in the order that it was bought with
        for line in each.lines if each.reserved else ():
            found[line.listing_id] += line.quantity  # taken to be sent for what comes back, or sent
    return found


def _stayed(order: Order) -> bool:
    """Goods that were never sent, of an order whose money is the buyer's again, are the seller's still."""
    all_back = order.award is not None and order.award.seller_minor == 0
    return order.shipped_at is None and order.delivered_at is None and (all_back or order.state == "lost_to_chargeback")


def _restocks(orders: Sequence[Order], move: Any) -> bool:
    order = next(each for each in orders if each.order_id == move.order_id)
    ways = (each for each in process_of(order).leaving(move.came_from) if move.came_from)
    return any(Effect.RESTOCK in way.effects and (way.name, way.target) == (move.name, move.went_to) for way in ways)


def _left_open(world: World, view: View) -> Iterator[str]:
    parked = parked_orders(view)  # the leg after a parked one waits with it
    left = (each for each in view.intents if each.state is IntentState.OPEN and each.order_id not in parked)
    yield from (f"intent {each.intent_id} is still open" for each in left)
    yield from (f"{len(waiting)} messages wait in {name}" for name, waiting in world.queues.waiting.items() if waiting)
    if world.records or world.dynamo.stream(f"{TABLE_PREFIX}-outbox"):
        yield "the outbox's stream was not read to its end"
    for each in world.stripe.webhooks.pending():
        yield f"webhook {each.event_type} was never taken"


def parked_orders(view: View) -> set[str]:
    """Orders that wait for a person, because Stripe said no or the key was too old and nothing was found."""
    return {str(each.order_id) for each in view.intents if each.state is IntentState.PARKED}


def _unpaid_intents(view: View) -> Iterator[str]:
    """What is noted as done was done: its object is at Stripe, with its amount."""
    there = {each.object_id: each.amount_minor for each in view.stripe}
    for each in view.intents:
        if each.state is IntentState.DONE and there.get(str(each.result_id)) != each.amount_minor:
            shown = there.get(str(each.result_id))
            yield f"intent {each.intent_id} is done for {each.amount_minor}, Stripe shows {shown}"


def _closed_unknown(view: View) -> Iterator[str]:
    """What nobody knows is no refusal: people decide it, and nothing is booked for it before."""
    closed = (each for each in view.intents if each.state is IntentState.CLOSED and each.reason == KEY_TOO_OLD)
    yield from (f"intent {each.intent_id} was closed although nobody knows of its call" for each in closed)


def _unsent_payouts(view: View) -> Iterator[str]:
    """What is noted as sent is at Stripe, with its amount; what was given back is not; and nothing is left to send."""
    there = {each.key: each.amount_minor for each in view.stripe_payouts}
    left = {each.key: each.status for each in view.stripe_payouts if each.status not in ENDED_AT_STRIPE}
    for each in view.payouts:
        stopped = any(ended_at is None for _, _, ended_at in view.stops)  # then it waits, as it should
        if each.state is PayoutState.OPEN and not stopped:
            yield f"{each.key} is still open"
        if each.state in {PayoutState.IN_TRANSIT, PayoutState.PAID} and there.get(each.key) != each.amount_minor:
            yield f"{each.key} is {each.state} for {each.amount_minor}, Stripe shows {there.get(each.key)}"
        if each.state is PayoutState.FAILED and each.key in left:
            yield f"{each.key} was given back, and Stripe shows it as {left[each.key]}"


def _costs(view: View) -> Iterator[str]:
    """Who bears what Stripe keeps of refunds bears its part of what was given back, once."""
    fees = {each.book: _on_fees(each) for each in view.ledger if each.kind == "processing_fee"}
    for order in view.orders:
        borne = -sum(_on_fees(each) for each in view.ledger if (each.book, each.kind) == (order.order_id, COST))
        done = [each for each in view.intents if each.order_id == order.order_id and each.state is IntentState.DONE]
        given_minor = sum(each.amount_minor for each in done if each.kind is IntentKind.REFUND)
        [payment] = [each for each in view.payments if each.payment_id == order.payment_id]
        due = Fraction(fees.get(order.payment_id, 0) * given_minor, payment.amount_minor)
        if order.refund_cost_bearer != SELLER:
            due = Fraction(0)
        if abs(borne - due) >= 1:
            yield f"{order.order_id} costs its seller {borne} for {given_minor} given back, {float(due):.2f} is due"


def _on_fees(booked: LedgerTransaction) -> int:
    return sum(each.amount_minor for each in booked.postings if each.account == STRIPE_FEES)


def _answers(world: World) -> Iterator[str]:
    """A bank got one answer, or none; what is noted as sent is there, as refused is not; nothing is left to send."""
    at_stripe = {each["id"]: each for each in world.stripe.objects("dispute")}
    for item in rows(world, "payments").values():
        if item["sk"]["S"] != "chargeback":
            continue
        answer, found = item["answer"]["S"], at_stripe[item["pk"]["S"]]
        count = found["evidence_details"]["submission_count"]
        if answer == "wanted":
            yield f"the answer to {item['pk']['S']} was never sent"
        if answer == "sent" and not found["evidence"]["product_description"]:
            yield f"the answer to {item['pk']['S']} is noted as sent, and the bank has none"
        asked_twice = not item["inquiry"]["BOOL"] and found["id"] in _inquiries(world)
        if answer == "refused" and count and not asked_twice:
            yield f"the answer to {item['pk']['S']} is noted as refused, and the bank has it"
        limit = 2 if asked_twice else 1  # an inquiry, and then a chargeback
        if count > limit:
            yield f"{count} answers to {item['pk']['S']}"


def _inquiries(world: World) -> set[str]:
    """Name the disputes that once were inquiries."""
    told = (each["data"]["object"] for each in world.stripe.events() if each["type"].startswith("charge.dispute."))
    return {each["id"] for each in told if each["status"].startswith("warning_")}


def _untold_moves(view: View, events: Sequence[Event]) -> Iterator[str]:
    told = {(event.subject, event.kind, event.data.get("step")) for event in events}
    for move in view.moves:
        if (move.order_id, f"order.{move.went_to}", move.step) not in told:
            yield f"{move.order_id} moved to {move.went_to} and no event says so"


def _untold_late_payments(view: View, events: Sequence[Event]) -> Iterator[str]:
    """Whose payment came too late is told once that it came, and once of each refund of it."""
    booked = Counter((each.kind, each.book) for each in view.ledger if each.kind in _LATE)
    told = Counter((event.kind, event.subject) for event in events)
    for (kind, book), count in booked.items():
        if told[_LATE[kind], book] != count:
            yield f"{count} times {kind} of {book}, told {told[_LATE[kind], book]} times"


def _lost_events(world: World, events: Sequence[Event]) -> Iterator[str]:
    for event in events:
        for queue in queues_for(event.kind):
            if not world.queues.sent[queue, event.event_id]:
                yield f"{event.kind} of {event.subject} never reached {queue}"


def _lost_webhooks(world: World, events: Sequence[Event]) -> Iterator[str]:
    """A webhook that Stripe counts as taken is stored."""
    stored = {event.subject for event in events if event.kind == "stripe.event_received"}
    for record in world.stripe.world.store.owned("event"):
        if record.data["pending_webhooks"] and record.id not in stored:
            yield f"{record.data['type']} was taken from Stripe and is nowhere"


def _ignored_holds(view: View, events: Sequence[Event]) -> Iterator[str]:
    """Nobody is paid while a person has still to look, unless a dispute was decided meanwhile."""
    placed, lifted = ({e.subject for e in events if e.kind == kind} for kind in ("hold.placed", "hold.cleared"))
    decided = {move.order_id for move in view.moves if move.name == "decide"}
    for order in view.orders:
        if order.award and order.award.seller_minor and order.order_id in placed - lifted - decided:
            yield f"{order.order_id} was released although it is held"


def _notices(world: World, events: Sequence[Event]) -> Iterator[str]:
    """Each party finds each notice in the inbox once; a mail leaves at most once, and once where its claim says so."""
    stored = list(rows(world, "notifications").values())
    inbox = Counter((each["pk"]["S"], each["event_id"]["S"]) for each in stored if "event_id" in each)
    for event in events:
        for notice in notices_of(event):
            count = inbox[notice.account_id, event.event_id]
            if INBOX in notice.template.channels and count != 1:
                yield f"{event.kind} of {event.subject}: {count} entries in the inbox of {notice.account_id}"
    mails = Counter((mail.to, mail.subject, mail.body) for mail in world.mails)
    for (address, subject, body), count in mails.items():
        if count > 1 and count > _told_alike(world, events, address, subject, body):
            yield f"{count} times mailed to {address}: {subject}"
    claimed = sum(each["sk"]["S"].endswith(f"#{MAIL}") and each["state"]["S"] == "sent" for each in stored)
    if claimed > len(world.mails):
        yield f"{claimed} mails are noted as sent, {len(world.mails)} were"


def _told_alike(world: World, events: Sequence[Event], address: str, subject: str, body: str) -> int:
    """Count the events that make this very mail: what waits is told again each month, a dispute is decided anew."""
    count = 0
    for event in events:
        for notice in notices_of(event):
            contact = world.services.directory.contact(notice.account_id)
            if MAIL in notice.template.channels and contact is not None and contact.email == address:
                text = render(event.kind, notice.template.party, event.subject, event.data, contact.locale)
                count += text.title == subject and text.body in body
    return count


def _payment_intents(world: World, view: View) -> Iterator[str]:
    found = world.stripe.objects("payment_intent")
    for payment_id, count in Counter(each["metadata"].get("payment_id") for each in found).items():
        if count > 1:
            yield f"{count} PaymentIntents for {payment_id}"
    state = {each["metadata"].get("payment_id"): each["status"] for each in found}
    for payment in view.payments:
        if payment.status is PaymentStatus.EXPIRED and state.get(payment.payment_id, "canceled") not in _FINAL:
            yield f"{payment.payment_id} expired and can still be paid"
        if payment.status is PaymentStatus.AWAITING and state.get(payment.payment_id) == "succeeded":
            yield f"{payment.payment_id} was paid at Stripe and nobody noticed"


def _executions(world: World, view: View) -> Iterator[str]:
    executions = world.executions.machine.executions
    for order in view.orders:
        paid = any(move.order_id == order.order_id and move.name == "pay" for move in view.moves)
        execution = executions.get(f"{order.order_id}-v{order.process_version}")
        if paid and execution is None:
            yield f"{order.order_id} was paid and has no execution"
        if execution and order.ended_at and execution.status != SUCCEEDED:
            yield f"the execution of {order.order_id} ({order.state}) is {execution.status} in {execution.state}"
