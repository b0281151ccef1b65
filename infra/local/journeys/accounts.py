"""Journey (i): an authenticator app, a passkey that is enough by itself, and one more proof before what matters."""

from infra.local.journeys.ageing import grow_old
from infra.local.journeys.authenticator import device_for
from infra.local.journeys.cast import Cast
from infra.local.journeys.people import Person
from infra.local.journeys.story import Story
from infra.local.journeys.trading import require

LOOK_ALIKE = "https://aval-example.com"  # the same page at a thief's address
CODES = 10


def enrolment(story: Story, cast: Cast) -> None:
    """Show every second factor go on, what each refuses, and the step-up."""
    clara = cast.stranger("Clara Montes", "buyer", "es")
    clara.sign_up()
    cast.note(clara)
    _add_the_app(story, clara)
    _add_a_passkey(story, clara)
    _meet_a_look_alike(story, clara)
    _step_up(story, clara)
    _change_everything(story, clara)
    _read_the_log(story, clara)


def _add_the_app(story: Story, clara: Person) -> None:
    begun = clara.begin_authenticator()
    require(begun["qr_svg"].startswith("<svg") and begun["otpauth_uri"].startswith("otpauth://totp/"), f"{begun}")
    story.tell(clara, "begins an authenticator app", f"a QR code to scan (SVG, {len(begun['qr_svg']):,} characters)")
    wrong = "000000" if clara.code() != "000000" else "000001"
    clara.refused("POST", "/security/totp/confirm", "code_wrong", {"code": wrong})
    code = clara.code()
    codes = clara.post("/security/totp/confirm", {"code": code})["recovery_codes"]
    require(len(codes) == CODES, f"there are {len(codes)} recovery codes")
    story.tell(
        clara, "types a wrong code, then the app's", f"refused; then on, with {CODES} recovery codes, shown once"
    )
    again = clara.try_sign_in(code).json
    require(again.get("code") == "code_used", f"a used code was answered with {again}")
    clara.sign_in(clara.code(1))
    story.tell(clara, "signs in with that code, then the next", "each code counts once: refused; then in")


def _add_a_passkey(story: Story, clara: Person) -> None:
    clara.add_passkey("Móvil de Clara")
    story.tell(clara, "adds a passkey of the phone", "on; whoever else was signed in is out")
    opened = clara.sign_in_with_passkey()
    require(opened["second_factor"], "the passkey did not count as second factor")
    story.tell(clara, "signs in with the passkey alone", "in: no address, no password, and it counts as second factor")


def _meet_a_look_alike(story: Story, clara: Person) -> None:
    lured = device_for(LOOK_ALIKE)
    lured.credentials = clara.device.credentials
    options = clara.post("/sessions/passkey-challenges")["public_key"]
    clara.refused("POST", "/sessions/passkey", "passkey_refused", {"credential": lured.get(options)})
    story.tell(clara, f"is lured to {LOOK_ALIKE}", "refused: a passkey signs for the real site only")


def _step_up(story: Story, clara: Person) -> None:
    grow_old(story, clara)
    problem = clara.refused("POST", "/security/recovery-codes", "step_up_required")
    ways = problem["facts"]["how"].replace(",", ", ")
    story.tell(clara, "wants new recovery codes", f"403 step_up_required, by one of: {ways}")
    before = clara.elsewhere()
    clara.step_up_with_passkey()
    codes = clara.post("/security/recovery-codes")["recovery_codes"]
    require(len(codes) == CODES, f"there are {len(codes)} recovery codes")
    before.refused("GET", "/account", "unauthenticated")
    story.tell(clara, "touches the phone, and asks again", f"{CODES} new ones; the token of before is dead")


def _change_everything(story: Story, clara: Person) -> None:
    (passkey,) = clara.get("/passkeys")["items"]
    renamed = clara.patch(f"/passkeys/{passkey['passkey_id']}", {"name": "Móvil nuevo de Clara"})
    other = clara.elsewhere()
    other.sign_in_with_passkey()
    clara.change_password()
    other.refused("GET", "/account", "unauthenticated")
    story.tell(clara, f"names it “{renamed['name']}”, changes the password", "every other session is out at once")
    clara.delete("/security/totp")
    factors = clara.get("/security/factors")
    require(not factors["totp"] and factors["passkeys"] == 1, f"the factors are {factors}")
    places = clara.get("/sessions")["items"]
    clara.delete("/sessions")
    clara.refused("GET", "/account", "unauthenticated")
    clara.sign_in_with_passkey()
    story.tell(
        clara, f"gives up the app, and signs out everywhere ({len(places)})", "out; then in again by the passkey"
    )


def _read_the_log(story: Story, clara: Person) -> None:
    lines = clara.get("/security/log")["items"]
    kinds = {line["kind"] for line in lines}
    expected = {
        "totp:enabled",
        "passkey:added",
        "passkey:failed",
        "step_up:succeeded",
        "recovery_codes:renewed",
        "password:changed",
    }
    require(expected <= kinds, f"the security log lacks {expected - kinds}")
    story.tell(clara, f"reads the security log: {len(lines)} entries, the last", f"“{lines[0]['title']}”")
