"""Journey (k): password, phone and recovery codes are gone. Three days, in which everybody who can be told is told."""

from infra.local.journeys.cast import Cast
from infra.local.journeys.people import Person
from infra.local.journeys.stage import SOON_SECONDS, link_token
from infra.local.journeys.story import JourneyFailed, Story
from infra.local.journeys.trading import require

WAIT_SECONDS_MAX = 120  # longer is no journey
BEGIN, CANCEL, FINISH = "/recovery/begin", "/recovery/cancel", "/recovery/finish"


def lost_everything(story: Story, cast: Cast) -> None:
    """Show a recovery called off from an old address, and another that ends with a new password."""
    ramon = cast.stranger("Ramón Gil", "buyer", "es")
    ramon.sign_up()
    cast.note(ramon)
    ramon.enrol_second_factor()
    ramon.add_passkey()
    former = ramon.email
    ramon.move_to(former.replace("@", ".nuevo@"))
    told = ramon.stage.mail_to(former, "se ha pasado de esta dirección")
    story.tell(
        ramon, "has an app and a passkey, and moves to a new address", f"the former one hears: “{told['Subject']}”"
    )
    _called_off(story, ramon, former)
    _finished(story, ramon)


def _called_off(story: Story, ramon: Person, former: str) -> None:
    intruder = ramon.thief("Somebody")
    _begin(intruder, known=0)
    now = ramon.stage.mail_to(ramon.email, CANCEL)
    elsewhere = ramon.stage.mail_to(former, CANCEL)
    story.tell(intruder, "reads Ramón's mail, and begins a recovery", f"“{now['Subject']}”, to both addresses")
    ramon.post("/recovery/cancellations", {"token": link_token(elsewhere, CANCEL)})
    problem = ramon.refused("DELETE", "/recovery", "recovery_not_found")
    story.tell(
        ramon, "calls it off with the link in the former mailbox", f"done; nothing is under way: “{problem['title']}”"
    )


def _finished(story: Story, ramon: Person) -> None:
    seconds = ramon.stage.place.recovery_delay_seconds
    if seconds is None or seconds > WAIT_SECONDS_MAX:
        raise JourneyFailed("a recovery waits 72 hours in this run; start it with RECOVERY_DELAY_SECONDS=20")
    lost = ramon.thief(ramon.name)  # the same person with nothing but the mailbox
    lost.locale = ramon.locale
    _begin(lost, known=1)
    story.tell(ramon, "loses the phone and the codes, and begins one himself", "72 hours for anybody to call it off")
    story.tell("(the clock)", f"nobody does anything for {seconds} s, which stand for 72 hours")
    ramon.stage.pause(seconds)
    lost.post("/recovery", {"email": lost.email})
    mail = lost.stage.mail_to(lost.email, FINISH)
    lost.set_password(link_token(mail, FINISH), "/recovery/completions")
    ramon.refused("GET", "/account", "unauthenticated")
    lost.sign_in()
    factors = lost.get("/security/factors")
    require(factors == {"totp": False, "passkeys": 0, "recovery_codes_left": 0}, f"what is left: {factors}")
    story.tell(ramon, f"opens “{mail['Subject']}”", "a new password: in; factors gone, old sessions dead")
    wanted = {"recovery:started", "recovery:cancelled", "recovery:completed"}

    def kinds() -> list[str]:
        return [line["title"] for line in lost.get("/security/log")["items"] if line["kind"] in wanted]

    lines = lost.stage.until("the recovery in the security log", kinds, lambda found: len(found) == 4, SOON_SECONDS)  # noqa: PLR2004
    story.tell(ramon, "reads the security log", "; ".join(reversed(lines)))


def _begin(person: Person, *, known: int) -> None:
    person.post("/recovery", {"email": person.email})
    mail = person.stage.mail_to(person.email, BEGIN, known=known)
    person.post("/recovery/beginnings", {"token": link_token(mail, BEGIN)})
