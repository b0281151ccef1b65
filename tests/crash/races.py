"""Two at once: who they are, what they do, and where the order may end, whoever is faster.

An actor is a Lambda of its own: it has services of its own, and may be interrupted before each of its calls.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import stripe

from marketplace.kit.errors import DomainError
from marketplace.orders.model import Order
from tests.crash.aftersales_deeds import AFTERSALES_CONTESTS
from tests.crash.authorisation_deeds import AUTHORISATION_CONTESTS
from tests.crash.beside_deeds import BESIDE_CONTESTS
from tests.crash.chargeback_deeds import CHARGEBACK_CONTESTS
from tests.crash.collection_deeds import COLLECTION_CONTESTS
from tests.crash.correction_deeds import CORRECTION_CONTESTS
from tests.crash.dispute_deeds import DISPUTE_CONTESTS
from tests.crash.flows import (
    Flow,
    dispute_charge,
    in_first_process,
    prepare_checkout,
    prepare_paid_at_stripe,
    prepare_placed,
    prepare_reviewed_dispute,
    prepare_unpaid,
)
from tests.crash.harness import FaultyWorlds, faulty_worlds, hold_at_all_times, settle
from tests.crash.money_back_deeds import MONEY_BACK_CONTESTS
from tests.crash.owner_deeds import OWNER_CONTESTS
from tests.crash.payout_deeds import PAYOUT_CONTESTS
from tests.crash.process_deeds import PROCESS_CONTESTS
from tests.crash.refund_deeds import REFUND_CONTESTS
from tests.crash.return_deeds import RETURN_CONTESTS
from tests.crash.stop_deeds import STOP_CONTESTS
from tests.crash.twice_deeds import TWICE_CONTESTS
from tests.crash.write_off_deeds import WRITE_OFF_CONTESTS
from tests.fakes.faults import Failures
from tests.fakes.scheduler import Outcome, Race, all_interleavings, distinct_interleavings
from tests.fakes.trade import Trade
from tests.fakes.world import World

ENDED = frozenset({"released", "refunded", "split"})


@dataclass(frozen=True)
class Contest:
    """What two do to the same thing at the same time; each actor gets its own services, the world and what was made."""

    prepare: Callable[[Trade], Any]
    actors: Mapping[str, Callable[[Any, Trade, Any], object]]
    ends: frozenset[str]
    may_park: bool = False  # Stripe gives nothing back of a charge that the bank has taken back
    between: Callable[[World, Any, Outcome], Iterator[str]] | None = None  # the race and the recovery: what was wrong
    ordered: bool = False  # the order of calls itself is looked at: no schedule stands for another one


def _confirm(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.confirm(order.order_id, order.buyer_id)
    services.order_clock.settle(order.order_id)


def _settle(services: Any, _trade: Trade, order: Order) -> None:
    services.order_clock.settle(order.order_id)


def _dispute(services: Any, _trade: Trade, order: Order) -> None:
    services.disputes.open(order.order_id, order.buyer_id, "damaged", "It came broken.", None)


def _time_is_up(services: Any, _trade: Trade, order: Order) -> None:
    services.order_clock.tick(order.order_id)
    services.order_clock.settle(order.order_id)


def _refuse(services: Any, _trade: Trade, order: Order) -> None:
    services.transactions.commit(
        services.mover.plan(services.order_store.read(order.order_id), "refuse", "operator").writes
    )
    services.order_clock.settle(order.order_id)


def _cancel(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.cancel(order.order_id, order.buyer_id, "changed my mind")
    services.order_clock.settle(order.order_id)


def _ship(services: Any, _trade: Trade, order: Order) -> None:
    services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")


def _pay(services: Any, trade: Trade, placed: Any) -> None:
    """The buyer's browser pays at Stripe at some moment, and tells us at some later one."""
    nothing = Failures(TimeoutError, lambda: None)
    with suppress(stripe.InvalidRequestError):  # cancelled meanwhile: the browser is told so
        trade.world.faults.cross("browser.pay", lambda: trade.pay(placed), nothing)
    services.payments.complete(placed.payment.payment_id)


def _complete(services: Any, _trade: Trade, placed: Any) -> None:
    services.payments.complete(placed.payment.payment_id)


def _expire(services: Any, _trade: Trade, placed: Any) -> None:
    services.payments.expire(placed.payment.payment_id)


def _buy(services: Any, _trade: Trade, made: Any, *, buyer: int) -> None:
    buyers, listing = made
    trade = Trade(_With(_trade.world, services), _attempts=100 * buyer)
    trade.place(buyers[buyer], (listing, 1), key=f"buyer-{buyer}")


def _place_again(services: Any, _trade: Trade, made: Any) -> None:
    Trade(_With(_trade.world, services)).place(made[0], (made[1], 1), key="the-one-attempt")


def _decide(services: Any, _trade: Trade, order: Order) -> None:
    services.disputes.decide(order.dispute_id, "acc_operator", 3_333, "5.2", "Both are a little right.")
    services.order_clock.settle(order.order_id)


def _charged_back(services: Any, trade: Trade, _made: Any) -> None:
    dispute = next(each for each in trade.world.stripe.objects("dispute"))
    services.chargebacks.follow(dispute["id"])


def _screen(services: Any, _trade: Trade, made: Any) -> None:
    services.screening.screen(made[1])


def _of_first(deed: Callable[..., object]) -> Callable[..., object]:
    return lambda services, trade, made: deed(services, trade, made[0])


@dataclass(frozen=True)
class _With:
    """A world seen through other services."""

    world: Any
    services: Any


def _two_buyers(trade: Trade) -> Any:
    return (trade.person("One"), trade.person("Other")), trade.listing(trade.seller(), stock=1)


def _settling(trade: Trade) -> Order:
    return trade.awarded(prepare_reviewed_dispute(trade), 3_333)


def _disputed_at_bank(trade: Trade) -> Order:
    order = prepare_reviewed_dispute(trade)
    dispute_charge(trade)
    return order


def _overdue(trade: Trade) -> Order:
    order = trade.delivered()
    trade.world.clock.set(order.due_at)
    return order


def _unscreened(trade: Trade) -> Any:
    """Shipped before anybody judged the payment, which is dear enough to be held."""
    listing = trade.listing(trade.seller(), price_minor=200_000)
    placed = trade.place(trade.person("Buyer"), (listing, 1))
    trade.world.drain()
    trade.pay(placed)
    trade.services.payments.complete(placed.payment.payment_id)
    trade.world._relay()
    paid = trade.world.queues.of("fraud").popleft()
    order = trade.order(placed.orders[0].order_id)
    trade.services.orders.ship(order.order_id, order.seller_id, "correos", "PK1")
    trade.world.drain()
    return trade.order(order.order_id), paid


CONTESTS = {
    "release x dispute": Contest(
        lambda trade: trade.delivered(), {"release": _confirm, "dispute": _dispute}, frozenset({"released", "disputed"})
    ),
    "refund x release": Contest(
        lambda trade: trade.shipped(), {"refund": _refuse, "release": _confirm}, frozenset({"released", "refunded"})
    ),
    "confirm x auto-release": Contest(_overdue, {"confirm": _confirm, "clock": _time_is_up}, frozenset({"released"})),
    "dispute x auto-release": Contest(
        _overdue, {"dispute": _dispute, "clock": _time_is_up}, frozenset({"released", "disputed"})
    ),
    "settle x settle": Contest(_settling, {"one": _settle, "other": _settle}, frozenset({"split"})),
    "cancel x ship": Contest(
        lambda trade: trade.bought(), {"cancel": _cancel, "ship": _ship}, frozenset({"refunded", "shipped"})
    ),
    "last item x last item": Contest(
        _two_buyers,
        {"one": partial(_buy, buyer=0), "other": partial(_buy, buyer=1)},
        frozenset({"awaiting_payment", "cancelled"}),
    ),
    "one attempt, twice": Contest(
        prepare_checkout, {"one": _place_again, "other": _place_again}, frozenset({"awaiting_payment", "cancelled"})
    ),
    "pay x expire": Contest(prepare_unpaid, {"pay": _pay, "expire": _expire}, frozenset({"paid", "cancelled"})),
    "pay x look": Contest(prepare_placed, {"pay": _pay, "look": _complete}, frozenset({"paid"})),
    "webhook x client": Contest(
        prepare_paid_at_stripe, {"webhook": _complete, "client": _complete}, frozenset({"paid"})
    ),
    "hold x confirm": Contest(
        _unscreened, {"hold": _screen, "confirm": _of_first(_confirm)}, frozenset({"held", "released", "shipped"})
    ),
    "decide x chargeback": Contest(
        _disputed_at_bank,
        {"decide": _decide, "bank": _charged_back},
        frozenset({"decided", "charged_back"}),
    ),
    "decide x chargeback, first process": Contest(
        in_first_process(_disputed_at_bank),
        {"decide": _decide, "bank": _charged_back},
        frozenset({"split", "charged_back"}),
        may_park=True,
    ),
    **{name: Contest(*parts) for name, parts in CHARGEBACK_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in OWNER_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in WRITE_OFF_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in CORRECTION_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in COLLECTION_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in DISPUTE_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in BESIDE_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in MONEY_BACK_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in PAYOUT_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in PROCESS_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in REFUND_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in RETURN_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in AFTERSALES_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in STOP_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in TWICE_CONTESTS.items()},
    **{name: Contest(*parts) for name, parts in AUTHORISATION_CONTESTS.items()},
}


def explore(name: str, preemptions: int, most: int | None = None, **given: Any) -> Iterator[tuple[Outcome, list[str]]]:
    """Every schedule of a contest that comes to a state of its own, each with what was wrong afterwards.

    Schedules that meet are gone on from once (`distinct_interleavings`), and an end that was looked at is known.
    """
    contest, known = CONTESTS[name], dict[str, list[str]]()
    flow = Flow(contest.prepare, lambda _trade, _made: None, contest.ends, contest.may_park)
    with faulty_worlds(flow, **given) as worlds:
        begin = partial(race_of, worlds, contest)
        merged = distinct_interleavings(begin, worlds.names.now, preemptions)
        schedules = all_interleavings(begin, preemptions) if contest.ordered else merged
        for outcome in islice(schedules, most):
            end = worlds.names.now()
            if end not in known or contest.between:
                known[end] = list(_wrong(worlds, outcome, contest))
            yield outcome, [*_dead(outcome), *known[end]]


def race_of(worlds: FaultyWorlds, contest: Contest) -> Race:
    """Begin a contest anew: each actor in a process of its own."""
    world = worlds.again()
    actors = {
        name: partial(deed, world.new_services(process=number), worlds.trade, worlds.made)
        for number, (name, deed) in enumerate(contest.actors.items(), 1)
    }
    return Race(worlds.faults, actors, world)


def _dead(outcome: Outcome) -> Iterator[str]:
    for name, result in outcome.results.items():
        if result.error is not None and not isinstance(result.error, DomainError):
            yield f"{name} died of {result.error!r}"


def _wrong(worlds: FaultyWorlds, outcome: Outcome, contest: Contest) -> Iterator[str]:
    world = worlds.world
    worlds.faults.reset()
    world.restart()
    try:
        hold_at_all_times(world)
        if contest.between:
            yield from contest.between(world, worlds.made, outcome)
        world.drain()
        settle(world)
        worlds.check(world)
    except Exception as error:  # noqa: BLE001 - any failure is a finding
        yield f"{type(error).__name__}: {error}"
