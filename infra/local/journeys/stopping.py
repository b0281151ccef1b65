"""Journey (q): one person stops payments to a seller; it takes two to let them go on, and nothing was lost."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import CLOCK
from infra.local.journeys.payouts import earned
from infra.local.journeys.schedules import SWEEP, Schedules
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, commission_of, offer_for_sale, require, ship, until_order

WHY = "The seller's bank called: a transfer was reported. We look before more is sent."
CHECKED = "The bank mixed up two accounts; the seller's are in order."


def stopped_and_resumed(story: Story, cast: Cast) -> None:
    """Show the kill switch hold a transfer back, and let it through after two people agreed."""
    seller = cast.seller("Henry Doyle", "en", kind="private", country="IE")
    buyer = cast.buyer("Carla Nieto", "es")
    admin, second = cast.admins()
    (order_id,) = buy(story, buyer, offer_for_sale(seller, CLOCK))
    ship(story, seller, order_id, "DPD", "1550 2280 9931")
    scope = f"seller:{seller.account_id}"
    admin.post("/operator/switches/stop", {"scope": scope, "reasons": WHY})
    story.tell(admin, "stops payments to this seller, alone", f"“{WHY}”")
    buyer.confirm(order_id)
    order = until_order(buyer, order_id, "settling")
    story.tell(buyer, "confirms that all is well", f"{order['state']}: the transfer waits, the clock is not asked")
    asked = admin.post("/operator/switches/resume", {"scope": scope, "reasons": CHECKED})
    proposal = f"/operator/proposals/{asked['proposal_id']}"
    admin.refused("POST", f"{proposal}/approve", "own_proposal", {"reasons": CHECKED})
    story.tell(admin, "proposes to resume", "their own approval: refused")
    still = buyer.get(f"/orders/{order_id}")["state"]
    require(still == "settling", f"the order went on to {still} while payments were stopped")
    second.post(f"{proposal}/approve", {"reasons": "I called the bank too."})
    story.tell(second, "calls the bank too, and agrees", "payments go on")
    Schedules(cast.stage).run(SWEEP)
    order = until_order(seller, order_id, "released")
    balance = earned(seller)
    net_minor = order["seller_minor"] - commission_of(order)
    require(balance["earned_minor"] == net_minor, f"the balance shows {balance['earned_minor']}")
    require(not [hold for hold in balance["holds"] if hold["cause"] == "kill_switch"], "the stop is still shown")
    story.tell(seller, "is paid, once", f"{order['state']}: {money(net_minor)}")
    changes = admin.get(f"/operator/switches/{scope}")["items"]
    require([each["stopped"] for each in changes] == [False, True], f"the history is {changes}")
