"""Journey (o): a refund when the money has left for the seller's bank: it is debt, and the next sale pays it."""

from datetime import UTC, datetime

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import PRINT, TELESCOPE, Offer
from infra.local.journeys.payers import CLEARED_CARD
from infra.local.journeys.payouts import bank_takes, earned, paid_out, wait_until
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import Answer, buy, commission_of, new_key, offer_for_sale, require, ship, until_order

REFUND_MINOR = 900
REASON = "Faltaba un ocular; se devuelve su precio."


def refund_after_payout(story: Story, cast: Cast) -> None:
    """Show that the buyer gets their money at once, and that every cent of the seller's debt is explained."""
    seller = cast.seller("Tomás Rey", "es", kind="private", country="ES")
    seller.enrol_second_factor()
    buyer = cast.buyer("Ana Belmonte", "es")
    order_id = _sold(story, seller, buyer, TELESCOPE, "PK7 2210 0098")
    holds = earned(seller)["holds"]
    for hold in holds:
        wait_until(seller, hold["until"])
    sent = paid_out(cast, seller, 1)
    bank_takes(cast, seller)
    story.tell(seller, "is paid to the bank", f"{money(sent['amount_minor'])}; the rest is in reserve")
    debt_minor = _refund(story, seller, buyer, order_id)
    (hold,) = [each for each in earned(seller)["holds"] if each["cause"] == "debt"]
    require(hold["amount_minor"] == debt_minor, f"the debt shown is {hold['amount_minor']}, not {debt_minor}")
    story.tell(seller, "reads the balance", f"“{hold['explanation']}”")
    second_id = _sold(story, seller, buyer, PRINT, "PK7 2210 0099")
    _netted(story, seller, second_id, debt_minor)
    _statement(story, seller)


def _sold(story: Story, seller: Person, buyer: Person, offer: Offer, tracking_number: str) -> str:
    (order_id,) = buy(story, buyer, offer_for_sale(seller, offer), card=CLEARED_CARD)
    ship(story, seller, order_id, "Correos", tracking_number)
    buyer.confirm(order_id)
    order = until_order(buyer, order_id, "released")
    story.tell(buyer, "confirms that all is well", f"released: {money(order['seller_minor'] - commission_of(order))}")
    return order_id


def _refund(story: Story, seller: Person, buyer: Person, order_id: str) -> int:
    """Refund a part of a paid order, and return what the seller owes for it."""
    asked = {"amount_minor": REFUND_MINOR, "reason": REASON, "cause": "missing"}
    refund_id = seller.post(f"/orders/{order_id}/refunds", asked, key=new_key())["refund_id"]

    def look() -> Answer:
        items = seller.get(f"/orders/{order_id}/refunds")["items"]
        found: Answer = next(each for each in items if each["refund_id"] == refund_id)
        return found

    refund = seller.stage.until(f"refund {refund_id} to be done", look, lambda found: found["state"] == "done")
    bearing = refund["bearing"]
    whole = bearing["seller_minor"] + bearing["commission_returned_minor"]
    require(whole == REFUND_MINOR, f"the refund is borne as {bearing}")
    require(bearing["debt_minor"] > 0, f"nothing became debt: {bearing}")
    story.tell(seller, f"refunds {money(REFUND_MINOR)}: “{REASON}”", refund["state"])
    borne = (
        f"{money(bearing['taken_back_minor'])} taken back, {money(bearing['debt_minor'])} owed, "
        f"{money(bearing['commission_returned_minor'])} commission and VAT returned"
    )
    story.tell(seller, "reads who bears it: the money has left already", borne)
    receipt = buyer.get(f"/orders/{order_id}/receipt")
    back = sum(entry["amount_minor"] for entry in receipt["entries"] if entry["fact"] == "refund")
    require(back == -REFUND_MINOR, f"the receipt shows {back} back")
    story.tell(buyer, "reads the receipt", f"{money(-back)} back; {money(receipt['total_minor'])} paid in all")
    return int(bearing["debt_minor"])


def _netted(story: Story, seller: Person, order_id: str, debt_minor: int) -> None:
    earning = seller.get(f"/orders/{order_id}/earning")
    settled = {entry["fact"]: entry for entry in earning["settled"]}
    require("netted" in settled and "transfer" in settled, f"the next sale was settled by {sorted(settled)}")
    netted, sent = settled["netted"], settled["transfer"]
    require(abs(netted["amount_minor"]) == debt_minor, f"{netted['amount_minor']} was netted, {debt_minor} owed")
    require(earning["open_minor"] == 0, f"{earning['open_minor']} is still open")
    story.tell(
        seller,
        f"reads the earning of the next sale: {money(earning['total_minor'])}",
        f"“{netted['title']}” {money(abs(netted['amount_minor']))}, "
        f"“{sent['title']}” {money(abs(sent['amount_minor']))}",
    )
    owing = [each for each in earned(seller)["holds"] if each["cause"] == "debt"]
    require(not owing, f"there is still debt: {owing}")


def _statement(story: Story, seller: Person) -> None:
    month = datetime.now(UTC).strftime("%Y-%m")
    statement = seller.get(f"/statements?month={month}")
    moved = sum(entry["amount_minor"] for entry in statement["entries"])
    whole = statement["opening_minor"] + moved
    require(whole == statement["closing_minor"] == 0, f"the month does not add up: {whole}, {statement}")
    kinds: dict[str, int] = {}
    for entry in statement["entries"]:
        require(entry["title"], f"an entry has no words: {entry}")
        kinds[entry["title"]] = kinds.get(entry["title"], 0) + entry["amount_minor"]
    count = statement["entries_in_all"]
    story.tell(seller, f"reads the statement of {month}: {count} entries", "every cent of them:")
    for title, amount_minor in kinds.items():
        story.tell("", f"  {title}", money(amount_minor))
    story.tell("", "  owed before and after", f"{money(statement['opening_minor'])} and {money(whole)}")
