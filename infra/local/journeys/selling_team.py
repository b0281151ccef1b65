"""Journey (m): who sells must be known before anything is on sale; then somebody of the team ships."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.offers import KEYBOARD
from infra.local.journeys.people import TRADER_DATA, Person
from infra.local.journeys.stage import link_token
from infra.local.journeys.story import Story, money
from infra.local.journeys.trading import buy, confirm, new_key, require, ship


def known_and_helped(story: Story, cast: Cast) -> None:
    """Show the checklist gate a listing, an identity be verified, and a shipper do one thing and no other."""
    marta = cast.stranger("Marta Requena", "seller", "es")
    marta.sign_up()
    marta.apply_without_data("Requena Teclados S.L.", "trader", "ES")
    cast.note(marta)
    listing_id = _publish(story, marta)
    _verify(story, marta)
    leo = _invite(story, cast, marta)
    buyer = cast.buyer("Paula Ríos", "es")
    (order_id,) = buy(story, buyer, listing_id)
    leo.carried["Aval-Seller"] = marta.account_id
    ship(story, leo, order_id, "Correos", "PQ7K1M0700551122")
    leo.refused("PATCH", f"/listings/{listing_id}", "team_role", {"price_minor": 100})
    story.tell(leo, "tries to change the price", "403 team_role: a shipper ships")
    confirm(story, buyer, order_id)
    _let_go(story, marta, leo, order_id)


def _publish(story: Story, marta: Person) -> str:
    draft = marta.post("/listings", KEYBOARD.form(), key=new_key())
    path = f"/listings/{draft['listing_id']}/publish"
    problem = marta.refused("POST", path, "checklist_incomplete")
    missing = problem["facts"]["missing"].split(",")
    story.tell(marta, f"offers “{KEYBOARD.title}”", f"not yet: {len(missing)} items are missing, {', '.join(missing)}")
    listed = marta.get("/sellers/me/checklist")
    story.tell(marta, f"reads the checklist ({listed['applies']})", f"“{_to_do(listed)}”")
    done = marta.put("/sellers/me/trader-data", TRADER_DATA)
    require(done["complete"], f"the checklist is {done}")
    published = marta.post(path)
    story.tell(
        marta, "says who she is, as buyers will see it", f"complete; on sale for {money(published['price_minor'])}"
    )
    return str(published["listing_id"])


def _to_do(listed: dict[str, list[dict[str, str]]]) -> str:
    return next(item["to_do"] for item in listed["items"] if item["status"] == "missing" and item["required"])


def _verify(story: Story, marta: Person) -> None:
    before = marta.get("/sellers/me/checklist")["items"]
    check = marta.verify_identity()
    item = next(each for each in marta.get("/sellers/me/checklist")["items"] if each["name"] == "identity")
    require(item["status"] == "verified" and len(before) > 1, f"the checklist says {item}")
    story.tell(marta, "shows Stripe an identity document", f"{check['status']}: the limits of the highest tier")


def _invite(story: Story, cast: Cast, marta: Person) -> Person:
    leo = cast.buyer("Leo Ponce", "es")
    leo.role = "shipper"
    marta.post("/sellers/me/members", {"email": leo.email, "role": "shipper"})
    mail = leo.stage.mail_to(leo.email, "/team/accept")
    joined = leo.post("/memberships", {"token": link_token(mail, "/team/accept")})
    story.tell(marta, f"asks {leo.name} into the team by mail", f"“{mail['Subject']}”: {joined['role']}")
    return leo


def _let_go(story: Story, marta: Person, leo: Person, order_id: str) -> None:
    member = f"/sellers/me/members/{leo.account_id}"
    marta.patch(member, {"role": "viewer"})
    leo.get("/sellers/me/checklist")
    again = {"carrier": "Correos", "tracking_number": "PQ7K1M0700551123"}
    leo.refused("POST", f"/orders/{order_id}/shipment", "team_role", again)
    marta.delete(member)
    leo.refused("GET", "/sellers/me/checklist", "team_not_found")
    story.tell(
        marta,
        f"makes {leo.name} a viewer, then lets him go",
        "looks and ships no more; then 404, from the next request",
    )
