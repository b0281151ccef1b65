"""Journey (l): who works for the marketplace, what takes two of them, a visit that only looks, and an appeal."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story
from infra.local.journeys.trading import require

SUSPENDED = "Dos compras idénticas en un minuto."
CASE, WHY = "CASE-2417", "La clienta no encuentra su pedido; miramos su lista de pedidos con ella al teléfono."


def appointed_and_watched(story: Story, cast: Cast) -> None:
    """Show appointments, a proposal that another person approves, support's visit, and an appeal."""
    admin, second = cast.admins()
    story.tell(admin, f"makes {second.name} the second administrator", "alone, for the last time")
    support, finance = cast.employee("Nora Iglesias", "support"), cast.employee("Víctor Sanz", "finance")
    cast.appoint(admin, support, "support", "Answers people's questions.")
    support.refused("GET", "/operator/audit", "forbidden")
    story.tell(admin, f"gives {support.name} the role support", "at once; it opens no more than support's routes")
    _two_persons(story, cast, admin, second, finance)
    _visit(story, cast, support)
    _suspend_and_hear(story, cast, admin)
    admin.delete(f"/operator/accounts/{support.account_id}/roles/support")
    support.refused("GET", "/account", "unauthenticated")
    story.tell(admin, f"takes the role from {support.name} again", "one is enough for that; her sessions are over")
    acts = admin.get("/operator/audit")["items"]
    seen = {act["kind"] for act in acts}
    require({"role.granted", "visit.begun"} <= seen, f"the record of staff's acts has {seen}")
    story.tell(admin, "reads the record of what staff did", f"{len(acts)} acts, each with its reasons")


def _two_persons(story: Story, cast: Cast, admin: Person, second: Person, finance: Person) -> None:
    asked = cast.appoint(admin, finance, "finance", "Pays sellers.")
    proposal = f"/operator/proposals/{asked['proposal_id']}"
    require(not asked["roles"], f"the role was given by one person: {asked}")
    story.tell(
        admin, f"wants {finance.name} in finance, a hand on money", "a proposal: another administrator must agree"
    )
    reasons = {"reasons": "Known for years."}
    admin.refused("POST", f"{proposal}/approve", "own_proposal", reasons)
    finance.refused("POST", f"{proposal}/approve", "forbidden", reasons)
    made = second.post(f"{proposal}/approve", reasons)
    require("finance" in finance.get("/account")["roles"], "the approved role is not there")
    story.tell(second, "approves it", f"{made['state']}; neither its proposer nor its subject could")


def _visit(story: Story, cast: Cast, support: Person) -> None:
    teresa = cast.buyer("Teresa Vidal", "es")
    path = f"/operator/accounts/{teresa.account_id}/visits"
    begun = support.post(path, {"case": CASE, "reasons": WHY})
    visitor = teresa.visitor(support.name, begun["token"])
    seen = visitor.get("/account")
    require(seen["account_id"] == teresa.account_id, "the visit shows another account")
    visitor.refused("GET", "/security/log", "visitor_may_not")
    visitor.refused("PATCH", "/account", "visitor_may_not", {"display_name": "Somebody"})
    story.tell(
        visitor, f"looks through {teresa.name}'s eyes, for {CASE}", "reads the account; no secrets, and changes nothing"
    )
    lines = teresa.get("/security/log")["items"]
    noted = next((line for line in lines if line["kind"] == "support:viewed"), None)
    require(noted is not None, "the visit does not stand in the owner's log")
    sessions = teresa.get("/sessions")["items"]
    theirs = [each for each in sessions if not each["current"]]
    require(len(theirs) == 1, f"the owner sees the sessions {sessions}")
    teresa.delete(f"/sessions/{theirs[0]['session_id']}")
    visitor.refused("GET", "/account", "unauthenticated")
    story.tell(
        teresa, f"sees it: “{noted['title'] if noted else ''}”", "ends it from her own list; the visit is over at once"
    )


def _suspend_and_hear(story: Story, cast: Cast, admin: Person) -> None:
    gael = cast.buyer("Gael Núñez", "es")
    path = f"/operator/accounts/{gael.account_id}/suspension"
    admin.post(path, {"clause": "3.1", "reasons": SUSPENDED})
    story.tell(admin, f"suspends {gael.name}, by mistake", "on clause 3.1, with reasons that the person reads")
    gael.refused("GET", "/account", "unauthenticated")
    gael.sign_in()
    problem = gael.refused("GET", "/account", "account_suspended")
    standing = gael.get("/account/standing")
    decision = standing["receipts"][0]
    require(standing["suspended"] == "account" and not decision["automated"], f"the standing is {standing}")
    story.tell(
        gael, "signs in: what can be done, is read and appeal", f"“{problem['title']}”; why: “{decision['reasons']}”"
    )
    gael.post("/account/standing/appeal", {"statement": "Compré dos veces lo mismo para dos personas."})
    moderator = cast.operator()
    granted = {"outcome": "granted", "reasons": "Two parcels to two addresses: no fraud."}
    admin.refused("POST", f"{path}/appeal", "forbidden", granted)
    moderator.post(f"{path}/appeal", granted)
    require(gael.get("/account/standing")["suspended"] is None, "the suspension was not lifted")
    gael.sign_in()
    gael.get("/account")
    story.tell(moderator, "judges the appeal, as somebody else", "granted: the account opens again")
