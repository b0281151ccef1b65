"""Journey (f): something is wrong with the goods; both sides speak and show, and an operator decides."""

import base64
import hashlib
import secrets
from typing import Any

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import LENS
from infra.local.journeys.people import Person
from infra.local.journeys.story import JourneyFailed, Story, money
from infra.local.journeys.trading import buy, offer_for_sale, require, ship, until_order

SPLIT_REFUND_MINOR = 11_000
# A picture of one pixel, which is still a whole PNG file.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
WRONG = "El enfoque automático no funciona: el anillo gira, pero la cámara no reconoce el objetivo."
ANSWERED = "It focused when I packed it, see my photo. The parcel was insured; I will not take it back as mine to fix."
REASONS = (
    "El objetivo llegó con el motor de enfoque dañado; la óptica está intacta y el vendedor lo embaló correctamente. "
    "Se devuelve el coste de la reparación."
)


def split_award(story: Story, cast: Cast) -> None:
    """Show a dispute freeze the money, evidence go up as announced, and an award split it."""
    operator = cast.operator()  # before the dispute begins: its deadlines are short in this run
    seller = cast.seller("Liam Walsh", "en", kind="private", country="IE")
    buyer = cast.buyer("Sofía Campos", "es")
    story.tell(seller, f"offers “{LENS.title}”", money(LENS.price_minor))
    (order_id,) = buy(story, buyer, offer_for_sale(seller, LENS))
    ship(story, seller, order_id, "DHL", "JD0146 0000 7712")
    said = {"reason": "damaged", "statement": WRONG, "wanted_minor": SPLIT_REFUND_MINOR}
    dispute = buyer.post(f"/orders/{order_id}/disputes", said)
    dispute_id = dispute["dispute_id"]
    story.tell(buyer, f"opens a dispute and asks {money(SPLIT_REFUND_MINOR)} back", f"{dispute['order_state']}: frozen")
    show(story, buyer, dispute_id, "Foto del contacto roto")
    refused = buyer.ask("POST", f"/orders/{order_id}/confirm")
    require(refused.json.get("code") == "order_transition_refused", f"confirm got {refused.status} {refused.json}")
    answered = seller.post(f"/disputes/{dispute_id}/answer", {"statement": ANSWERED})
    story.tell(seller, "answers: it worked when it was packed", answered["order_state"])
    show(story, seller, dispute_id, "The lens on my camera, in focus")
    asked = buyer.post(f"/disputes/{dispute_id}/escalate")
    story.tell(buyer, "asks the marketplace to decide", asked["order_state"])
    _decide(story, operator, dispute_id)
    accepted = seller.post(f"/disputes/{dispute_id}/accept-decision")  # the buyer got what they asked for
    story.tell(seller, "accepts the decision instead of appealing", accepted["order_state"])
    order = until_order(buyer, order_id, "split")
    require(order["refund_minor"] == SPLIT_REFUND_MINOR, f"{order['refund_minor']} came back to the buyer")
    result = f"split: {money(order['refund_minor'])} back, {money(order['seller_minor'])} to the seller's side"
    story.tell(buyer, "reads the decision and its reasons", result)


def show(story: Story, person: Person, dispute_id: str, description: str) -> None:
    """Upload a photo to a dispute, and show that other bytes than the announced ones are refused."""
    photo = PHOTO + secrets.token_bytes(8)  # what follows a picture's end is ignored, and makes each one different
    announced = {
        "content_type": "image/png",
        "size_bytes": len(photo),
        "sha256": hashlib.sha256(photo).hexdigest(),
        "description": description,
    }
    form = person.post(f"/disputes/{dispute_id}/evidence", announced)
    require(not upload(person, form, photo[:-1] + b"!"), "other bytes than the announced ones were taken")
    require(upload(person, form, photo), "the announced photo was not taken")
    seen = person.post(f"/disputes/{dispute_id}/evidence/{form['evidence']['evidence_id']}/confirm")
    require(seen["uploaded_at"], "the uploaded photo does not count")
    story.tell(person, f"uploads a photo: “{description}”", "taken; other bytes than announced: refused")


def _decide(story: Story, operator: Person, dispute_id: str) -> None:
    waiting = operator.get("/operator/disputes")["items"]
    require(any(each["dispute_id"] == dispute_id for each in waiting), "the dispute is not in the operators' queue")
    file = operator.get(f"/disputes/{dispute_id}")
    require(len(file["evidence"]) == 2, f"the file shows {len(file['evidence'])} pieces of evidence")  # noqa: PLR2004
    award = {"refund_minor": SPLIT_REFUND_MINOR, "clause": "5.2", "reasons": REASONS}
    decided = operator.post(f"/disputes/{dispute_id}/decision", award)["decision"]
    rest = money(decided["seller_minor"])
    story.tell(
        operator, "reads both sides and awards a split", f"{money(decided['refund_minor'])} / {rest}, clause 5.2"
    )


def upload(person: Person, form: dict[str, Any], content: bytes) -> bool:
    """Post a file with the fields of its form, and tell whether it was taken."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in form["fields"].items()
    ]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.png"\r\n\r\n')
    body = "".join(parts).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    reply = person.send("POST", form["url"], headers, body)
    if reply.status >= 500:  # noqa: PLR2004
        raise JourneyFailed(f"the upload to {form['url']} was answered with {reply.status}: {reply.body[:200]!r}")
    return reply.ok
