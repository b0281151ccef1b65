"""Journey (n): money waits after a change of factors, says until when, and is paid to the bank; the reserve follows."""

from datetime import UTC, datetime
from typing import Any

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import GUITAR
from infra.local.journeys.payers import CLEARED_CARD, StripeSide
from infra.local.journeys.people import Person
from infra.local.journeys.schedules import PAYOUT_RUN, Schedules
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import Answer, buy, confirm, offer_for_sale, require, ship

MARGIN_SECONDS = 0.5  # a date has come only once it is past


def held_then_paid(story: Story, cast: Cast) -> None:
    """Show a payout that waits with its cause and date, and each cent of the one that follows."""
    seller = cast.seller("Irene Pascual", "es", kind="private", country="ES")
    buyer = cast.buyer("Jonas Weber", "en")
    story.tell(seller, f"offers “{GUITAR.title}”", money(GUITAR.price_minor))
    (order_id,) = buy(story, buyer, offer_for_sale(seller, GUITAR), card=CLEARED_CARD)
    ship(story, seller, order_id, "Seur", "0331 8870 4412")
    seller.enrol_second_factor()
    story.tell(seller, "adds an authenticator app", "on; whoever did it, payouts cool down first")
    confirm(story, buyer, order_id)
    held = _is_held(story, cast, seller)
    wait_until(seller, held["until"])
    first = paid_out(cast, seller, 1)
    story.tell("(the payout run)", "comes again after that date", f"{money(first['amount_minor'])} is on its way")
    _explained(story, seller, first["payout_id"])
    bank_takes(cast, seller)
    story.tell(seller, "sees it at the bank", until_paid(seller, first["payout_id"])["state"])
    _reserve_follows(story, cast, seller)


def _is_held(story: Story, cast: Cast, seller: Person) -> Answer:
    balance = earned(seller)
    require(balance["on_hold_minor"] > 0 and balance["available_minor"] == 0, f"nothing is held: {balance}")
    cooling: list[Answer] = [hold for hold in balance["holds"] if hold["cause"] == "cooling"]
    require(cooling and cooling[0]["until"], f"the holds are {balance['holds']}")
    (held,) = cooling
    story.tell(seller, f"reads the balance: {money(balance['on_hold_minor'])} on hold", f"“{held['explanation']}”")
    (part,) = balance["reserves"]
    told = f"{money(part['amount_minor'])} by rule {part['rule']}, free {_time(part['until'])}"
    story.tell(seller, "reads the balance: in reserve", told)
    wait_until(seller, balance["next_payout_at"])
    Schedules(cast.stage).run(PAYOUT_RUN)
    require(not seller.get("/payouts")["items"], "a payout was made while payouts cool down")
    story.tell("(the payout run)", "comes on the payout date", f"nothing leaves before {_time(held['until'])}")
    return held


def _explained(story: Story, seller: Person, payout_id: str) -> None:
    shown = seller.get(f"/payouts/{payout_id}")
    parts = shown["parts"]["items"]
    whole = shown["brought_minor"] + sum(part["amount_minor"] for part in parts) - shown["kept_minor"]
    require(whole == shown["payout"]["amount_minor"], f"the parts of the payout sum to {whole}: {shown}")
    terms = ", ".join(f"{part['kind']} {money(part['amount_minor'])}" for part in parts)
    story.tell(seller, "asks what is in it", f"{terms}: {money(whole)}")


def _reserve_follows(story: Story, cast: Cast, seller: Person) -> None:
    parts = earned(seller)["reserves"]
    if parts:
        wait_until(seller, parts[0]["until"])
    second = paid_out(cast, seller, 2)
    story.tell("(the payout run)", "frees the reserve on its date", f"{money(second['amount_minor'])} follows")
    balance = earned(seller)
    left = balance["available_minor"] + balance["on_hold_minor"] + balance["reserved_minor"]
    require(left == 0, f"something is left: {balance}")
    whole = money(balance["earned_minor"])
    bank_takes(cast, seller)
    story.tell(seller, "has nothing left to wait for", f"{whole} earned, all of it sent")


def earned(seller: Person) -> Answer:
    """Wait until a balance in euros has something in it, and return it."""

    def look() -> Any:
        return next((each for each in seller.get("/payouts/balance")["balances"] if each["currency"] == "eur"), None)

    balance: Answer = seller.stage.until(
        f"something on {seller.name}'s balance", look, lambda found: bool(found) and found["earned_minor"] > 0
    )
    return balance


def paid_out(cast: Cast, seller: Person, count: int) -> Answer:
    """Run what the schedule runs until a seller has so many payouts at Stripe, and return the newest."""
    schedules = Schedules(cast.stage)

    def look() -> list[Answer]:
        schedules.run(PAYOUT_RUN)
        found: list[Answer] = seller.get("/payouts")["items"]
        return found

    payouts = cast.stage.until(
        f"payout {count} of {seller.name}",
        look,
        lambda found: len(found) >= count and found[0]["state"] in ("in_transit", "paid"),
    )
    return payouts[0]


def bank_takes(cast: Cast, seller: Person) -> None:
    """Let a seller's bank take what is on its way, which it else does some days later."""
    stripe = StripeSide(cast.stage)
    for payout in stripe.list_all("/v1/payouts", account=stripe.account_of(seller.account_id)):
        if payout["status"] in ("pending", "in_transit"):
            stripe.take_payout(payout["id"])


def until_paid(seller: Person, payout_id: str) -> Answer:
    """Wait until Stripe's webhook has told that the bank took a payout."""

    def look() -> Answer:
        payout: Answer = seller.get(f"/payouts/{payout_id}")["payout"]
        return payout

    return seller.stage.until(f"{payout_id} to be paid", look, lambda payout: payout["state"] == "paid")


def wait_until(person: Person, moment: str | None) -> None:
    """Let time pass until a date that the marketplace named."""
    if moment:
        seconds = datetime.fromisoformat(moment).timestamp() - person.stage.time() + MARGIN_SECONDS
        person.stage.pause(max(0.0, seconds))


def _time(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%H:%M:%S")
