"""Journey (j): somebody has the password. What stops them, what their owner hears, and what one click does."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.people import Person
from infra.local.journeys.stage import link_token
from infra.local.journeys.story import Story
from infra.local.journeys.trading import require

TOLD_KINDS = frozenset({"sign_in:succeeded", "account:locked", "account:unlocked"})
GUESSES = 12  # two more than ten in five minutes
HOME = ("ES", 40.4, -3.7, "198.51.100.20")
FAR_AWAY = ("SG", 1.3, 103.8, "203.0.113.66")
FLOOD = ("BR", -23.5, -46.6, "203.0.113.99")


def stopped(story: Story, cast: Cast) -> None:
    """Show a challenged stranger, a flood that locks nobody out, and a takeover that its owner ends."""
    _challenged(story, cast)
    owner, codes = _owner(cast)
    thief = _gets_in(story, owner, codes[0])
    _disown(story, owner, thief, codes[1])
    _held(story, cast, owner)
    _come_back(story, owner)


def _challenged(story: Story, cast: Cast) -> None:
    """Meet an account without a second factor: the unusual place is asked for a mailed code, a flood is shut out."""
    jon = cast.stranger("Jon Iturbe", "buyer", "es")
    jon.stands(*HOME)
    jon.sign_up()
    cast.note(jon)
    stranger = jon.thief("Somebody")
    stranger.stands(*FAR_AWAY)
    asked = stranger.try_sign_in().json
    require(asked.get("code") == "mail_code_required", f"the stranger was answered with {asked}")
    mail = jon.stage.mail_to(jon.email, "diez minutos")
    story.tell(
        stranger, "has Jon's password, signs in from Singapore", f"stopped: a code went to Jon, “{mail['Subject']}”"
    )
    flood = jon.thief("A botnet")
    flood.stands(*FLOOD)
    replies = [flood.try_sign_in(password=f"wrong guess number {number}").status for number in range(GUESSES)]
    limited = replies.count(429)
    require(0 < limited < GUESSES, f"the flood was answered with {replies}")
    story.tell(flood, f"guesses {GUESSES} passwords", f"{GUESSES - limited} wrong, {limited} not even compared")
    jon.sign_in()
    story.tell(jon, "signs in meanwhile, from the usual laptop", "in: strangers' failures do not count there")


def _owner(cast: Cast) -> tuple[Person, list[str]]:
    irene = cast.stranger("Irene Castaño", "seller", "es")
    irene.stands(*HOME)
    irene.sign_up()
    irene.apply_to_sell(irene.name, "private", "ES")
    cast.note(irene)
    return irene, irene.enrol_second_factor()


def _gets_in(story: Story, irene: Person, stolen_code: str) -> Person:
    thief = irene.thief("Somebody")
    thief.stands(*FAR_AWAY)
    asked = thief.try_sign_in().json
    require(asked.get("code") == "second_factor_required", f"the thief was answered with {asked}")
    story.tell(thief, "has Irene's password, signs in from Singapore", "stopped: the second factor is asked for")
    entered = thief.try_sign_in(recovery_code=stolen_code)
    require(entered.ok, f"the stolen code was answered with {entered.status} {entered.json}")
    story.tell(thief, "has a photo of her recovery codes as well", "in, and Irene has mail within seconds")
    return thief


def _disown(story: Story, irene: Person, thief: Person, stolen_code: str) -> None:
    mail = irene.stage.mail_to(irene.email, "ese código ya no sirve")
    story.tell(irene, f"reads “{mail['Subject']}”", "and clicks its last link: “No he sido yo”")
    thief.get("/account")
    irene.post("/security/not-me", {"token": link_token(mail, "/not-me")})
    thief.refused("GET", "/account", "unauthenticated")
    locked = thief.try_sign_in(recovery_code=stolen_code).json
    story.tell(thief, "asks for the next page", f"401: signed out; signing in again: {locked.get('code')}")


def _held(story: Story, cast: Cast, irene: Person) -> None:
    operator = cast.operator()
    seen = operator.get(f"/operator/accounts/{irene.account_id}")
    require(seen["payouts_after"] and seen["sessions"] == 0, f"the account stands as {seen}")
    story.tell(operator, "sees how the account stands, not whose it is", "0 sessions, and payouts wait")


def _come_back(story: Story, irene: Person) -> None:
    mail = irene.stage.mail_to(irene.email, "/reset?")
    irene.set_password(link_token(mail, "/reset"))
    alone = irene.try_sign_in().json
    require(alone.get("code") == "second_factor_required", f"the new password alone got {alone}")
    irene.sign_in(irene.code(1))
    story.tell(irene, "opens the mailed link, sets a password, takes a code", "in: the reset left the second factor on")
    lines = irene.get("/security/log")["items"]
    theirs = [line for line in reversed(lines) if line["kind"] in TOLD_KINDS][-4:]
    story.tell(irene, f"reads the security log: {len(lines)} entries, such as", "; ".join(map(_told, theirs)))


def _told(line: dict[str, str]) -> str:
    return f"{line['title']} ({line['country']})" if line["country"] else line["title"]
