"""Journey (t): a decision is appealed with new evidence, and somebody else decides otherwise."""

from urllib.parse import quote

from infra.local.journeys.cast import OPERATOR, Cast
from infra.local.journeys.disputing import show
from infra.local.journeys.offers import COAT
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, offer_for_sale, require, ship, until_order

WRONG = "El abrigo tiene la espalda apolillada."
ANSWERED = "It has no holes. I looked at every seam before I packed it."
FIRST = "La reclamación no se apoya en ninguna foto, y el vendedor describe el estado con detalle."
NEW = "Ahora aporto la foto de la espalda, con el forro levantado y la etiqueta del anuncio a la vista."
SECOND = "La foto nueva muestra cuatro agujeros en la espalda y la etiqueta del anuncio: no es como se describió."


def overturned_on_appeal(story: Story, cast: Cast) -> None:
    """Show the money wait for an appeal, which needs new evidence and another moderator."""
    first, second = cast.operator(), _second_moderator(cast)
    seller = cast.seller("Conor Byrne", "en", kind="private", country="IE")
    buyer = cast.buyer("Marina Soto", "es")
    (order_id,) = buy(story, buyer, offer_for_sale(seller, COAT))
    ship(story, seller, order_id, "Royal Mail", "GB 5520 3344 1")
    said = {"reason": "not_as_described", "statement": WRONG}
    path = f"/disputes/{buyer.post(f'/orders/{order_id}/disputes', said)['dispute_id']}"
    seller.post(f"{path}/answer", {"statement": ANSWERED})
    asked = seller.post(f"{path}/escalate")
    story.tell(seller, "denies it, and asks the marketplace to decide", asked["order_state"])
    _take(story, first, order_id)
    decided = first.post(f"{path}/decision", {"refund_minor": 0, "clause": "5.7", "reasons": FIRST})
    require(decided["order_state"] == "decided", f"the order is {decided['order_state']}")
    waits_until = decided["carried_out_at"][:10]
    story.tell(first, "refuses the claim, clause 5.7", f"decided; not carried out before {waits_until}")
    _appeal(story, buyer, path)
    award = {"refund_minor": COAT.price_minor, "clause": "5.2", "reasons": SECOND}
    first.refused("POST", f"{path}/appeal/decision", "same_moderator", award)
    story.tell(first, "wants to decide the appeal too", "same_moderator: refused")
    ended = second.post(f"{path}/appeal/decision", award)
    story.tell(second, "overturns it, clause 5.2", f"{money(ended['appeal']['decision']['refund_minor'])} back")
    order = until_order(buyer, order_id, "refunded")
    require(order["refund_minor"] == COAT.price_minor, f"{order['refund_minor']} came back to the buyer")
    story.tell(buyer, "sees the order", f"refunded: {money(order['refund_minor'])}")
    _read(story, buyer, second, order_id)


def _second_moderator(cast: Cast) -> Person:
    person = cast.employee("Gonzalo Peña", OPERATOR)
    cast.appoint(cast.admin(), person, OPERATOR, "Decides appeals.")
    return person


def _take(story: Story, moderator: Person, order_id: str) -> None:
    """Find the case in the queue, with its deadline, and take it."""
    waiting = moderator.get("/operator/cases?kind=dispute")["items"]
    found = [each for each in waiting if each["order_id"] == order_id and each["due_at"]]
    require(len(found) == 1, f"of {len(waiting)} cases {len(found)} are the order's")
    path = f"/operator/cases/{quote(found[0]['case_id'], safe='')}/assignee"
    taken = moderator.put(path, None)["case"]
    require(taken["assignee"] == moderator.account_id, f"the case is {taken['assignee']}'s")
    story.tell(moderator, "finds the case in the queue, and takes it", "due in time: silence would decide it otherwise")


def _read(story: Story, buyer: Person, moderator: Person, order_id: str) -> None:
    """Read both decisions as the buyer, and everything about the order as staff."""
    items = buyer.get("/decisions")["items"]
    made = {each["kind"]: each for each in items if each["about"] == order_id}
    require({"dispute.decided", "appeal.decided"} <= set(made), f"the decisions are {[*made]}")
    require(all(each["reasons"] and not each["automated_decision"] for each in made.values()), f"{made}")
    last = made["appeal.decided"]
    story.tell(buyer, f"reads {len(made)} decisions, with clause and reasons", f"the last one: “{last['decision']}”")
    happened = moderator.get(f"/operator/orders/{order_id}/timeline")["items"]
    sources = sorted({each["source"] for each in happened})
    require({"order", "dispute"} <= set(sources), f"the timeline comes from {sources}")
    story.tell(moderator, "reads the order's timeline", f"{len(happened)} entries: {', '.join(sources)}")


def _appeal(story: Story, buyer: Person, path: str) -> None:
    buyer.refused("POST", f"{path}/appeal", "new_evidence_needed", {"statement": NEW})
    story.tell(buyer, "appeals with what was known already", "new_evidence_needed: refused")
    show(story, buyer, path.rpartition("/")[2], "La espalda del abrigo, con la etiqueta")
    appealed = buyer.post(f"{path}/appeal", {"statement": NEW})
    story.tell(buyer, "appeals with it", f"{appealed['order_state']}: another person decides")
