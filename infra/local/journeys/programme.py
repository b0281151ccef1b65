"""The journeys, and how they are played: a few at once, because some mostly wait, and printed in order."""

import queue
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.local.journeys import (
    accounts,
    agreeing,
    appealing,
    carts,
    chargebacks,
    clocks,
    disputing,
    downloading,
    exchanging,
    holding,
    main_trade,
    milestones,
    payouts,
    recovering,
    refunding,
    returning,
    selling_team,
    sheets,
    staffing,
    stopping,
    takeover,
    webhooks,
)
from infra.local.journeys.cast import Cast
from infra.local.journeys.exchange import Unreachable
from infra.local.journeys.stage import CurtainFell, Stage
from infra.local.journeys.story import JourneyFailed, Story

# Two of them wait for the clock most of the time. Each journey more at once starts a container more of every function.
AT_ONCE = 3
FRAMES_SHOWN = 3
NOTICED_SECONDS = 1.0  # by then the runner knows that a server is gone, and says so itself

Act = Callable[[Story, Cast], None]
Write = Callable[[str], None]


@dataclass(frozen=True)
class Journey:
    """One journey of the programme. Those that wait for the clock begin early, wherever they are printed.

    The `last` ones begin when all others have ended, because they leave a loss: the proof of solvency counts it.
    """

    letter: str
    title: str
    act: Act
    waits: bool = False
    last: bool = False


PROGRAMME = (
    Journey("a", "A whole trade between strangers, step by step", main_trade.whole_trade),
    Journey("b", "One cart, two sellers", carts.two_sellers),
    Journey("c", "The buyer stays silent: released by the clock", clocks.silent_buyer, waits=True),
    Journey("d", "The seller never ships: refunded by the clock", clocks.seller_who_never_ships, waits=True),
    Journey("e", "A declined card, then one whose bank asks (3D Secure)", carts.declined_then_asked),
    Journey("f", "A dispute with evidence, and a split award", disputing.split_award),
    Journey("g", "The same webhook three times and out of order", webhooks.repeated_webhooks),
    Journey("h", "A suspicious order: held, explained, cleared", holding.held_and_cleared),
    Journey("i", "Second factors, a passkey by itself, and one more proof", accounts.enrolment),
    Journey("j", "A takeover, stopped by one click", takeover.stopped),
    Journey("k", "Everything lost: called off once, then recovered", recovering.lost_everything, waits=True),
    Journey("l", "Staff: appointed, two to agree, a visit that only looks", staffing.appointed_and_watched),
    Journey("m", "A trader who is known, and a helper who ships", selling_team.known_and_helped),
    Journey("n", "A payout held, then paid; the reserve follows", payouts.held_then_paid, waits=True),
    Journey("o", "A refund after the payout: debt, paid by the next sale", refunding.refund_after_payout, waits=True),
    Journey("p", "Receipts, and a proof of solvency checked at home", sheets.proved),
    Journey("q", "Payments stopped by one, resumed by two", stopping.stopped_and_resumed),
    Journey("s", "A dispute settled by offer and counter-offer", agreeing.settled_by_offer),
    Journey("t", "A decision overturned on appeal, by somebody else", appealing.overturned_on_appeal),
    Journey("u", "A dispute that nobody answers or decides", clocks.nobody_answers_or_decides, waits=True),
    Journey("v", "A part of an order returned, refunded in part", returning.returned_in_part),
    Journey("w", "Withdrawn from the contract, without signing in", returning.withdrawn_without_signing_in),
    Journey("x", "A service in two parts, released one by one", milestones.done_in_parts),
    Journey("y", "A file sold: there at once, and whole", downloading.sold_and_downloaded),
    Journey("z", "Exchanged, then a lower price under the guarantee", exchanging.exchanged_then_reduced),
    Journey("r", "A chargeback after the release, lost", chargebacks.lost_after_release, last=True),
)


@dataclass
class Played:
    """One journey with its story and how it went."""

    journey: Journey
    story: Story
    done: threading.Event
    failure: str | None = None
    seconds: float = 0.0


def play_all(
    stage: Stage,
    cast: Cast,
    write: Write,
    programme: Sequence[Journey] = PROGRAMME,
    after_first: Callable[[], None] = lambda: None,
) -> list[Played]:
    """Play every journey, print them in order, and return how they went.

    The first is played alone: it starts a container of nearly every function, which the others find warm.
    """
    plays = [Played(each, Story(_heading(each), write), threading.Event()) for each in programme]
    first, last = plays[:1], [play for play in plays[1:] if play.journey.last]
    rest = sorted((play for play in plays[1:] if not play.journey.last), key=lambda play: not play.journey.waits)
    try:
        _begin(first, stage, cast)
        for play in plays:
            if play in last[:1]:
                _begin(last, stage, cast)
            play.story.take_turn()
            play.done.wait()
            if play in first:
                after_first()
                _begin(rest, stage, cast)
    except BaseException:
        stage.end()
        raise
    return plays


def _begin(plays: Sequence[Played], stage: Stage, cast: Cast) -> None:
    waiting: queue.SimpleQueue[Played] = queue.SimpleQueue()
    for play in plays:
        waiting.put(play)
    for number in range(min(AT_ONCE, len(plays))):
        threading.Thread(target=_work, args=(waiting, stage, cast), name=f"journeys-{number}", daemon=True).start()


def _work(waiting: "queue.SimpleQueue[Played]", stage: Stage, cast: Cast) -> None:
    while not stage.over:
        try:
            play = waiting.get_nowait()
        except queue.Empty:
            return
        _play(play, stage, cast)


def _play(play: Played, stage: Stage, cast: Cast) -> None:
    began = time.monotonic()
    try:
        play.journey.act(play.story, cast)
    except CurtainFell:
        return
    except JourneyFailed as failed:
        play.failure = str(failed)
    except Unreachable as failed:
        if stage.ends_within(NOTICED_SECONDS):
            return
        play.failure = str(failed)
    except Exception as broken:  # noqa: BLE001 - one journey's end must not be another's
        play.failure = _where(broken)
    if stage.over:
        return
    play.seconds = time.monotonic() - began
    name = f"journey ({play.journey.letter})"
    play.story.say(f"{name} FAILED: {play.failure}" if play.failure else f"{name} ok, {play.seconds:.1f} s")
    play.story.say("")
    play.done.set()


def _heading(journey: Journey) -> str:
    return f"journey ({journey.letter}) {journey.title}"


def _where(broken: Exception) -> str:
    frames = traceback.extract_tb(broken.__traceback__)[-FRAMES_SHOWN:]
    places = ", ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
    return f"{type(broken).__name__}: {broken} (at {places})"
