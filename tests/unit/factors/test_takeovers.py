"""A thief with a session, a mailbox or a password, against an owner who notices."""

from typing import Any

import msgspec
import pyotp
import pytest

from marketplace.accounts.admission import Caller
from marketplace.accounts.errors import AccountMissing, FactorsChanged
from marketplace.accounts.model import digest
from marketplace.factors.step_up import Shown
from marketplace.factors.wire import NewPasskey
from marketplace.kit.errors import Unauthenticated, Unavailable
from marketplace.kit.principal import SUPPORT, Principal
from tests.unit.factors.scene import PASSWORD, Person, Scene
from tests.unit.factors.test_email_change import NEW, change
from tests.unit.factors.test_recovery import begin, finish

FRESH = "doce lunas sobre el puerto"


def caller_of(scene: Scene, person: Person) -> Principal:
    found: Principal = scene.services.sessions.authenticate(person.token)
    return found


def disown(scene: Scene, token: str) -> None:
    scene.services.not_me.disown(token, scene.origin)


def set_anew(scene: Scene, person: Person, email: str) -> None:
    """Choose a new password by mail."""
    scene.services.password_reset.ask(email, scene.origin)
    token = scene.token_of(email, "/reset")
    scene.services.password_reset.reset(token, FRESH, scene.origin)


@pytest.mark.parametrize("act", ["confirm", "remove", "passkey", "step_up", "password", "renew", "email"])
def test_what_a_revoked_session_had_begun_does_not_bring_it_back(scene: Scene, lucia: Person, act: str) -> None:
    lucia.enable_totp()
    services, caller = scene.services, caller_of(scene, lucia)
    lucia.wait_for_code()
    pending = lucia.good("POST", "/security/totp", {})["secret"]
    asked = lucia.device.create(lucia.begin_passkey()) if act == "passkey" else {}
    services.sign_out.revoke_all(lucia.account_id, origin=scene.origin)

    acts = {
        "confirm": lambda: services.authenticator.confirm(
            caller, pyotp.TOTP(pending).at(scene.world.clock.now()), origin=scene.origin
        ),
        "remove": lambda: services.authenticator.remove(caller, origin=scene.origin),
        "passkey": lambda: services.passkeys.add(
            caller,
            "Mine",
            msgspec.convert({"name": "Mine", "credential": asked}, NewPasskey).credential.answer(),
            origin=scene.origin,
        ),
        "step_up": lambda: services.step_up.prove(caller, Shown(code=lucia.code()), origin=scene.origin),
        "password": lambda: services.password_change.change(
            caller, current=PASSWORD, new=FRESH, caller=Caller(scene.origin)
        ),
        "renew": lambda: services.authenticator.renew_codes(caller, origin=scene.origin),
        "email": lambda: services.email_changes.ask(caller, NEW, origin=scene.origin),
    }
    with pytest.raises(Unauthenticated):
        acts[act]()

    assert lucia.ask("GET", "/account").status == 401


def test_a_thief_whose_request_is_under_way_does_not_unlock_what_its_owner_locked(scene: Scene, lucia: Person) -> None:
    caller = caller_of(scene, lucia)
    disown(scene, scene.services.not_me.mint(lucia.account_id, lucia.email))

    with pytest.raises(Unauthenticated):
        scene.services.password_change.change(caller, current=PASSWORD, new=FRESH, caller=Caller(scene.origin))

    assert lucia.account().locked


def test_an_address_that_the_thief_moved_through_takes_nothing_back(scene: Scene, lucia: Person) -> None:
    mine, thiefs = lucia.email, "thief@example.org"
    change(scene, lucia, thiefs)
    change(scene, lucia, "second@example.org")
    owners = scene.token_of(mine, "/not-me")
    stolen = scene.token_of(thiefs, "/not-me")

    disown(scene, owners)
    set_anew(scene, lucia, mine)
    disown(scene, stolen)

    account = lucia.account()
    assert (account.email, account.locked) == (mine, False)
    assert lucia.sign_in(password=FRESH).status == 201


def test_an_earlier_move_of_the_owner_can_still_be_told(scene: Scene, lucia: Person) -> None:
    first = lucia.email
    change(scene, lucia, NEW)
    scene.world.clock.advance(days=2)
    lucia.email = NEW
    lucia.sign_in()
    change(scene, lucia, "thief@example.org")

    disown(scene, scene.token_of(NEW, "/not-me"))

    assert lucia.account().email == NEW
    kept = [scene.services.elsewhere.open(each) for each in scene.services.elsewhere.former(lucia.account_id)]
    assert kept == [first]


def test_signing_up_with_the_address_that_was_left_does_not_stop_its_owner(scene: Scene, lucia: Person) -> None:
    change(scene, lucia, "thief@example.org")
    token = scene.token_of(lucia.email, "/not-me")
    scene.services.signup.sign_up(
        email=lucia.email, password="once gatos en la azotea", display_name="Nadie", locale="es", ip="203.0.113.9"
    )

    disown(scene, token)

    account = lucia.account()
    assert (account.email, account.locked) == (lucia.email, True)
    set_anew(scene, lucia, lucia.email)
    assert lucia.sign_in(password=FRESH).status == 201


def test_an_account_is_locked_even_where_its_address_cannot_be_given_back(scene: Scene, lucia: Person) -> None:
    change(scene, lucia, "thief@example.org")
    token = scene.token_of(lucia.email, "/not-me")
    scene.person(lucia.email, signed_in=False)

    disown(scene, token)

    assert lucia.account().locked
    assert lucia.ask("GET", "/account").status == 401


def test_a_passkey_that_a_thief_planted_opens_nothing_after_the_owner_came_back(scene: Scene, lucia: Person) -> None:
    lucia.add_passkey("Thief's")
    token = scene.token_of(lucia.email, "/not-me")

    disown(scene, token)
    set_anew(scene, lucia, lucia.email)

    reply = lucia.enter_with(lucia.assertion())
    assert (reply.status, reply.json["code"]) == (401, "passkey_suspended")
    assert lucia.account().has_factor, "whoever reads the mailbox removes no factor by that"


def test_a_passkey_from_before_the_notice_goes_on(scene: Scene, lucia: Person) -> None:
    lucia.add_passkey("Mine")
    scene.world.clock.advance(days=8)
    lucia.enter_with(lucia.assertion())

    disown(scene, scene.services.not_me.mint(lucia.account_id, lucia.email))
    set_anew(scene, lucia, lucia.email)

    assert lucia.enter_with(lucia.assertion()).status == 201


def test_a_lost_race_does_not_stop_an_owner_from_locking(scene: Scene, lucia: Person) -> None:
    change(scene, lucia, "thief@example.org")
    token = scene.token_of(lucia.email, "/not-me")
    undo, calls = scene.services.undo.undo, list[Any]()

    def undo_and_lose(account: Any, told_mark: str) -> Any:
        writes = undo(account, told_mark)
        if not calls:
            scene.services.sign_out.revoke_all(lucia.account_id, origin=scene.origin)
        calls.append(account)
        return writes

    scene.services.undo.undo = undo_and_lose
    disown(scene, token)

    account = lucia.account()
    assert (account.email, account.locked) == (lucia.email, True)


def test_a_reset_link_is_minted_for_the_accounts_present_address_only(scene: Scene, lucia: Person) -> None:
    change(scene, lucia, NEW)

    with pytest.raises(AccountMissing):
        scene.services.password_reset.mint(lucia.account_id, lucia.email)

    assert scene.services.password_reset.mint(lucia.account_id, NEW)


def test_a_recovery_ends_the_row_of_failures_too(scene: Scene, lucia: Person) -> None:
    flood(scene, lucia)
    assert lucia.sign_in().json["code"] == "sign_in_closed"
    begin(scene, lucia)
    scene.world.clock.advance(hours=72)

    finish(scene, lucia, FRESH)

    assert lucia.sign_in(password=FRESH).status == 201


def flood(scene: Scene, person: Person) -> None:
    """Let strangers fail until the hard stop."""
    limits = scene.services.limits.password_by_email
    stop = next(limit for limit in limits if limit.in_succession)
    for _ in range(stop.attempts_max):
        scene.services.attempts.take(((stop,), person.email))


@pytest.mark.parametrize("steps", [2, 20])
def test_a_guessed_code_that_was_told_to_be_too_early_is_not_accepted_in_its_time(
    scene: Scene, lucia: Person, steps: int
) -> None:
    lucia.enable_totp()
    guessed = lucia.code(steps)
    assert lucia.sign_in(code=guessed).json["code"] == "code_clock_drift"

    scene.world.clock.advance(seconds=30 * steps)

    assert lucia.sign_in(code=guessed).json["code"] == "code_used"
    assert lucia.sign_in(code=lucia.wait_for_code()).status == 201


def test_nothing_is_told_of_a_fast_clock_that_could_not_be_written_down(scene: Scene, lucia: Person) -> None:
    lucia.enable_totp()
    store = scene.services.account_store

    def refuse_step(account_id: str, step: int) -> None:
        raise Unavailable

    store.refuse_step = refuse_step

    assert lucia.sign_in(code=lucia.code(3)).json["code"] == "code_wrong"


@pytest.mark.parametrize("way", ["app", "passkey", "recovery"])
def test_an_account_that_gets_a_role_meanwhile_keeps_its_last_factor(scene: Scene, lucia: Person, way: str) -> None:
    if way == "passkey":
        lucia.add_passkey()
    else:
        lucia.enable_totp()
    account, store = lucia.account(), scene.services.account_store
    scene.services.transactions.commit([store.grant_role(lucia.account_id, SUPPORT)])
    changes = {
        "app": lambda: store.disable_factor(account),
        "passkey": lambda: store.count_passkeys(account, -1),
        "recovery": lambda: store.recover(account, "hash", password_is_long=True),
    }

    with pytest.raises(FactorsChanged):
        scene.services.transactions.commit([changes[way]()])

    assert lucia.account().has_factor


def test_an_owner_sees_the_devices_that_are_known_and_forgets_one(scene: Scene, lucia: Person) -> None:
    phone = lucia.sign_in().json["device_token"]
    scene.world.clock.advance(hours=1)
    laptop = lucia.sign_in().json["device_token"]
    services = scene.services

    listed = lucia.good("GET", "/security/devices", headers={"Aval-Device": phone})["items"]
    assert [each["current"] for each in listed] == [False, True, False]
    lucia.good("DELETE", f"/security/devices/{listed[0]['device_id']}")
    again = lucia.ask("DELETE", f"/security/devices/{listed[0]['device_id']}")

    history, now = services.account_store.history(lucia.account_id), scene.world.clock.now()
    assert history.known(digest(phone), now)
    assert not history.known(digest(laptop), now)
    assert (again.status, again.json["code"]) == (404, "device_not_found")
    assert "device:forgotten" in scene.log(lucia.account_id)


def test_nobody_forgets_anothers_device_or_one_that_is_none(scene: Scene, lucia: Person) -> None:
    other = scene.person("other@example.com")
    [theirs] = other.good("GET", "/security/devices")["items"]

    for name in (theirs["device_id"], "dev_x", "dev_" + "0" * 64, theirs["device_id"].upper()):
        assert lucia.ask("DELETE", f"/security/devices/{name}").status == 404
    assert len(other.good("GET", "/security/devices")["items"]) == 1


def test_another_name_stands_in_the_log(scene: Scene, lucia: Person) -> None:
    lucia.good("PATCH", "/account", {"display_name": "Lucía V."})

    assert scene.log(lucia.account_id)[-1] == "account:renamed"


def test_a_recovery_link_of_a_thiefs_address_begins_and_finishes_nothing_after_the_owner_came_back(
    scene: Scene, lucia: Person
) -> None:
    mine, thiefs = lucia.email, "thief@example.org"
    change(scene, lucia, thiefs)
    lucia.post("/recovery", {"email": thiefs}, token=None)
    token = scene.token_of(thiefs, "/recovery/begin")
    disown(scene, scene.token_of(mine, "/not-me"))

    begun = lucia.post("/recovery/beginnings", {"token": token}, token=None)

    assert (begun.status, begun.json["code"]) == (422, "link_invalid")
    assert scene.services.factor_store.recovery(lucia.account_id) is None


def test_a_recovery_is_finished_from_the_address_that_the_account_has(scene: Scene, lucia: Person) -> None:
    begin(scene, lucia)
    scene.world.clock.advance(hours=72)
    lucia.post("/recovery", {"email": lucia.email}, token=None)
    token = scene.token_of(lucia.email, "/recovery/finish")
    lucia.sign_in()
    change(scene, lucia)

    finished = lucia.post("/recovery/completions", {"token": token, "password": FRESH}, token=None)

    assert (finished.status, finished.json["code"]) == (422, "link_invalid")
