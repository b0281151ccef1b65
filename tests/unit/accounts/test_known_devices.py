"""Known devices: whose failures count against whom, where guessing ends, and what an owner is told."""

import json

import pytest

from marketplace.accounts.attempts import counted_as
from marketplace.accounts.errors import (
    AccountLocked,
    AccountMissing,
    CodeWrong,
    CredentialsWrong,
    MailCodeRequired,
    SignInClosed,
    TooManyAttempts,
)
from marketplace.accounts.history import DEVICE_KEPT_SECONDS, DEVICES_MAX
from marketplace.factors.step_up import Shown
from marketplace.kit.errors import DomainError
from marketplace.kit.origin import Origin
from tests.unit.accounts.scene import IP, PASSWORD, Scene

EMAIL = "lucia@example.com"
WRONG = "nueve perros duermen al sol"
MADRID = Origin(IP, "Firefox", "ES", 40.4, -3.7)
PARIS = Origin("198.51.100.9", "Chrome", "FR", 48.9, 2.4)
NEW_YORK = Origin("192.0.2.44", "Firefox", "US", 40.7, -74.0)


def fail(scene: Scene, times: int = 1, **more: object) -> None:
    for _ in range(times):
        with pytest.raises(CredentialsWrong):
            scene.enter(password=WRONG, **more)


def flood(scene: Scene, failures: int) -> int:
    """Fail on unknown devices until that many reached the hash; returns how many did."""
    reached = scene.passwords.compared
    while scene.passwords.compared - reached < failures:
        try:
            scene.enter(password=WRONG, ip=f"198.51.100.{scene.passwords.compared % 250}")
        except TooManyAttempts:
            scene.clock.advance(minutes=5)
        except SignInClosed:
            break
        except CredentialsWrong:
            continue
    return scene.passwords.compared - reached


def kinds(scene: Scene, account_id: str) -> list[str]:
    return [entry.kind for entry in scene.services.security_log.page(account_id, None, 100).items]


def test_a_device_gets_its_token_once_and_is_known_by_it(scene: Scene) -> None:
    account_id = scene.register()

    first = scene.enter()
    again = scene.enter(device_token=first.device_token)

    assert first.device_token is not None
    assert again.device_token is None
    assert first.device_token not in json.dumps(scene.dynamo.rows("aval-local-accounts"), default=str)
    assert len(json.loads(scene.store.history(account_id).devices)) == 1


def test_a_strangers_failures_never_lock_the_owner_out_of_a_known_device(scene: Scene) -> None:
    scene.register()
    device = scene.enter().device_token
    fail(scene, 10)

    with pytest.raises(TooManyAttempts):
        scene.enter()
    assert scene.enter(device_token=device)


def test_a_full_counter_of_the_place_does_not_lock_a_known_device_out_either(scene: Scene) -> None:
    scene.register()
    device = scene.enter().device_token
    for number in range(99):
        with pytest.raises(CredentialsWrong):
            scene.enter(f"nobody{number}@example.com")

    with pytest.raises(TooManyAttempts):
        scene.enter()
    assert scene.enter(device_token=device)


def test_a_known_device_has_a_count_of_its_own_which_locks_nobody_else_out(scene: Scene) -> None:
    scene.register()
    device = scene.enter().device_token
    fail(scene, 10, device_token=device)

    with pytest.raises(TooManyAttempts):
        scene.enter(device_token=device)
    assert scene.enter()


def test_a_device_is_known_to_its_own_account_alone(scene: Scene) -> None:
    scene.register()
    scene.register("marco@example.com")
    marcos = scene.enter("marco@example.com").device_token
    fail(scene, 10)

    with pytest.raises(TooManyAttempts):
        scene.enter(device_token=marcos)


def test_after_a_hundred_failures_in_succession_new_devices_are_closed_and_known_ones_open(scene: Scene) -> None:
    account_id = scene.register()
    device = scene.enter().device_token

    assert flood(scene, 150) == 100

    scene.clock.advance(days=2)
    scene.passwords.compared = 0
    with pytest.raises(SignInClosed):
        scene.enter()
    assert scene.passwords.compared == 0
    assert "sign_in:closed" in kinds(scene, account_id)
    assert len(scene.events("account.sign_in_closed")) == 1
    assert scene.enter(device_token=device)
    assert scene.enter(mail_code=None), "its owner came: the row of failures is over"


def test_the_hard_stop_is_the_same_for_an_address_without_an_account(scene: Scene) -> None:
    answers = []
    scene.register()
    for email in (EMAIL, "nobody@example.com"):
        scene.passwords.compared = 0
        last: tuple[object, ...] = ("",)
        while last[0] != "sign_in_closed":
            try:
                scene.enter(email, WRONG, ip=f"192.0.2.{scene.passwords.compared % 250}")
            except TooManyAttempts:
                scene.clock.advance(minutes=5)
            except DomainError as refused:
                last = (refused.code, refused.facts, refused.retry_after_seconds)
        answers.append((scene.passwords.compared, last))

    assert answers[0] == answers[1] == (100, ("sign_in_closed", {}, None))


def test_a_reset_by_mail_opens_what_was_closed(scene: Scene) -> None:
    account_id = scene.register()
    flood(scene, 100)
    scene.clock.advance(days=2)

    token = scene.services.password_reset.mint(account_id, EMAIL)
    scene.services.password_reset.reset(token, "cuatro perros cruzan el puente", MADRID)

    assert scene.enter(password="cuatro perros cruzan el puente")


def test_a_known_device_is_forgotten_after_half_a_year_without_use(scene: Scene) -> None:
    scene.register()
    device = scene.enter().device_token
    scene.clock.advance(seconds=DEVICE_KEPT_SECONDS - 1)
    assert scene.enter(device_token=device).device_token is None

    scene.clock.advance(seconds=DEVICE_KEPT_SECONDS)

    assert scene.enter(device_token=device).device_token is not None


def test_an_account_knows_so_many_devices_and_forgets_the_longest_unused(scene: Scene) -> None:
    account_id = scene.register()
    tokens = []
    for _ in range(DEVICES_MAX + 1):
        scene.clock.advance(minutes=1)
        tokens.append(scene.enter().device_token)

    assert len(json.loads(scene.store.history(account_id).devices)) == DEVICES_MAX
    assert scene.enter(device_token=tokens[0]).device_token is not None
    assert scene.enter(device_token=tokens[-1]).device_token is None


def test_signing_out_everywhere_forgets_the_devices(scene: Scene) -> None:
    account_id = scene.register()
    device = scene.enter().device_token

    scene.sign_out.revoke_all(account_id, origin=MADRID)

    assert scene.enter(device_token=device).device_token is not None


def test_the_first_sign_in_is_no_news_and_a_new_device_is(scene: Scene) -> None:
    account_id = scene.register()
    device = scene.enter(origin=MADRID).device_token
    assert scene.events("account.sign_in_new_device") == []

    scene.enter(origin=MADRID, device_token=device)
    scene.enter(origin=MADRID)

    assert [row["subject"] for row in scene.events("account.sign_in_new_device")] == [account_id]


def test_a_new_country_is_told_even_on_a_known_device_and_once_a_country(scene: Scene) -> None:
    account_id = scene.register()
    device = scene.enter(origin=MADRID).device_token
    scene.clock.advance(days=1)

    scene.enter(origin=PARIS, device_token=device)
    scene.clock.advance(days=1)
    scene.enter(origin=PARIS, device_token=device)

    assert len(scene.events("account.sign_in_new_place")) == 1
    newest = scene.services.security_log.page(account_id, None, 1).items[0]
    assert (newest.country, newest.network) == ("FR", "198.51.100.0/24")


def ask(scene: Scene, origin: Origin, email: str = EMAIL, **more: object) -> str:
    """Have a code asked for; returns what it is bound to."""
    with pytest.raises(MailCodeRequired) as asked:
        scene.enter(email, origin=origin, **more)
    return str(asked.value.facts["mail_request"])


def code_of(scene: Scene, account_id: str) -> str:
    assert scene.events("account.sign_in_code_asked")
    return scene.services.mail_codes.mint(account_id, EMAIL)


def test_a_new_device_in_a_new_country_needs_a_code_from_the_mailbox(scene: Scene) -> None:
    account_id = scene.register()
    scene.enter(origin=MADRID)
    scene.clock.advance(days=1)

    request = ask(scene, PARIS)
    code = code_of(scene, account_id)
    with pytest.raises(CodeWrong):
        scene.enter(origin=PARIS, mail_code=f"{(int(code) + 1) % 10**8:08d}", mail_request=request)
    signed_in = scene.enter(origin=PARIS, mail_code=code, mail_request=request)

    assert scene.sessions.authenticate(signed_in.token)
    entry = next(
        entry
        for entry in scene.services.security_log.page(account_id, None, 10).items
        if entry.kind == "sign_in:succeeded"
    )
    assert entry.facts == {"how": "password,mail_code", "risk": 50, "why": "new_device,new_place"}


def test_a_mailed_code_counts_once_for_ten_minutes_and_for_its_own_account(scene: Scene) -> None:
    account_id = scene.register()
    other_id = scene.register("marco@example.com")
    for email in (EMAIL, "marco@example.com"):
        scene.enter(email, origin=MADRID)
    scene.clock.advance(days=1)
    request, others = ask(scene, PARIS), ask(scene, PARIS, "marco@example.com")
    code = scene.services.mail_codes.mint(account_id, EMAIL)
    scene.services.mail_codes.mint(other_id, "marco@example.com")

    with pytest.raises(CodeWrong):
        scene.enter("marco@example.com", origin=PARIS, mail_code=code, mail_request=others)
    assert scene.enter(origin=PARIS, mail_code=code, mail_request=request)
    with pytest.raises(CodeWrong):
        scene.enter(origin=NEW_YORK, mail_code=code, mail_request=request)
    request = ask(scene, NEW_YORK)
    late = scene.services.mail_codes.mint(account_id, EMAIL)
    scene.clock.advance(minutes=10)
    with pytest.raises(CodeWrong):
        scene.enter(origin=NEW_YORK, mail_code=late, mail_request=request)


def test_a_mailed_code_is_good_for_the_sign_in_that_asked_for_it_and_no_other(scene: Scene) -> None:
    account_id = scene.register()
    scene.enter(origin=MADRID)
    scene.clock.advance(days=1)
    earlier, request = ask(scene, PARIS), ask(scene, PARIS)
    code = scene.services.mail_codes.mint(account_id, EMAIL)

    for wrong in ({}, {"mail_request": earlier}, {"mail_request": "made up"}):
        with pytest.raises(CodeWrong):
            scene.enter(origin=PARIS, mail_code=code, **wrong)

    assert scene.enter(origin=PARIS, mail_code=code, mail_request=request)


def test_no_code_is_minted_that_no_sign_in_waits_for(scene: Scene) -> None:
    account_id = scene.register()

    with pytest.raises(AccountMissing):
        scene.services.mail_codes.mint(account_id, EMAIL)


def test_mailed_codes_are_guessed_five_times_and_no_more(scene: Scene) -> None:
    account_id = scene.register()
    scene.enter(origin=MADRID)
    scene.clock.advance(days=1)
    request = ask(scene, PARIS)
    code = scene.services.mail_codes.mint(account_id, EMAIL)
    for guess in range(5):
        with pytest.raises(CodeWrong):
            scene.enter(origin=PARIS, mail_code=f"{(int(code) + 1 + guess) % 10**8:08d}", mail_request=request)

    with pytest.raises(TooManyAttempts):
        scene.enter(origin=PARIS, mail_code=code, mail_request=request)


def test_impossible_travel_asks_a_known_device_for_a_code(scene: Scene) -> None:
    scene.register()
    device = scene.enter(origin=MADRID).device_token
    scene.clock.advance(hours=1)

    with pytest.raises(MailCodeRequired):
        scene.enter(origin=NEW_YORK, device_token=device)
    scene.clock.advance(hours=6)
    assert scene.enter(origin=NEW_YORK, device_token=device)


def test_whoever_has_a_factor_is_asked_for_it_and_for_no_mail(scene: Scene) -> None:
    scene.register()
    secret, _ = scene.enable_factor(scene.enter(origin=MADRID).token)
    scene.clock.advance(minutes=1)

    assert scene.enter(origin=NEW_YORK, code=scene.code(secret))
    assert scene.events("account.sign_in_code_asked") == []


def test_a_network_from_which_many_accounts_fail_makes_a_new_device_prove_more(scene: Scene) -> None:
    account_id = scene.register()
    device = scene.enter(ip="192.0.2.7").device_token
    for number in range(10):
        with pytest.raises(CredentialsWrong):
            scene.enter(f"victim{number}@example.com", ip=IP)

    with pytest.raises(MailCodeRequired):
        scene.enter(ip=IP)
    assert scene.enter(ip=IP, device_token=device)
    assert scene.enter(ip="192.0.2.7"), account_id


def test_a_spray_over_a_network_counts_accounts_and_not_tries(scene: Scene) -> None:
    scene.register()
    scene.enter(ip="192.0.2.7")
    for number in range(24):
        for _ in range(3):
            with pytest.raises(CredentialsWrong):
                scene.enter(f"victim{number}@example.com", ip=f"198.51.100.{number + 1}")
    assert scene.enter(ip="198.51.100.200")

    with pytest.raises(CredentialsWrong):
        scene.enter("victim24@example.com", ip="198.51.100.100")
    with pytest.raises(MailCodeRequired):
        scene.enter(ip="198.51.100.200")


def test_failures_are_in_the_owners_log_with_nothing_personal_of_a_stranger_but_the_network(scene: Scene) -> None:
    account_id = scene.register()
    fail(scene, 10, ip="198.51.100.77", user_agent="a stranger's browser")

    entries = scene.services.security_log.page(account_id, None, 20).items

    assert [entry.kind for entry in entries if entry.kind.startswith("sign_in")].count("sign_in:failed") == 9
    assert entries[0].kind == "sign_in:limited" or "sign_in:limited" in {entry.kind for entry in entries}
    assert {entry.network for entry in entries if entry.kind == "sign_in:failed"} == {"198.51.100.0/24"}
    assert {entry.device for entry in entries if entry.kind == "sign_in:failed"} == {""}
    assert "198.51.100.77" not in json.dumps(scene.dynamo.rows("aval-local-security"), default=str)


def test_where_an_entry_came_from_is_sealed_at_rest(scene: Scene) -> None:
    account_id = scene.register()
    scene.enter(origin=Origin("198.51.100.77", "canario-navegador", "ES"))

    rows = [row for row in scene.dynamo.rows("aval-local-security") if row["pk"] == account_id]

    assert rows
    assert not any(word in str(row) for row in rows for word in ("canario-navegador", "198.51.100", "'ES'"))


def test_a_locked_account_lets_nobody_in_whatever_they_show(scene: Scene) -> None:
    account_id = scene.register()
    device = scene.enter().device_token
    scene.services.not_me.disown(scene.services.not_me.mint(account_id, EMAIL), MADRID)

    with pytest.raises(AccountLocked):
        scene.enter(device_token=device)
    fail(scene)


def test_two_sign_ins_at_the_same_moment_both_stand(scene: Scene) -> None:
    account_id = scene.register()
    scene.enter()
    stale = scene.store.history(account_id)
    scene.enter()
    entrance, met = scene.store.entrance, []

    def behind(*args: object, **given: object):
        account, found = entrance(*args, **given)
        met.append(found)
        return account, type(found)(stale, found.failures, found.recent, 0, 0)

    scene.store.entrance = behind  # type: ignore[method-assign]

    assert scene.enter()
    assert len(json.loads(scene.store.history(account_id).devices)) == 3
    assert PASSWORD


def test_a_stranger_with_the_password_does_not_lock_a_known_device_out_of_its_second_factor(scene: Scene) -> None:
    scene.register()
    first = scene.enter()
    secret, _ = scene.enable_factor(first.token)
    for _ in range(60):
        with pytest.raises((CodeWrong, TooManyAttempts)):
            scene.enter(ip="198.51.100.9", code="000000")
        scene.clock.advance(minutes=1)

    with pytest.raises(TooManyAttempts):
        scene.enter(code=scene.code(secret))
    assert scene.enter(device_token=first.device_token, code=scene.code(secret))


def test_a_neighbour_behind_the_same_address_does_not_lock_a_known_device_or_a_session_out(scene: Scene) -> None:
    scene.register()
    first = scene.enter()
    secret, _ = scene.enable_factor(first.token)
    scene.clock.advance(minutes=1)
    [by_ip] = scene.services.limits.factor_by_ip
    for _ in range(by_ip.attempts_max):
        scene.services.attempts.take(((by_ip,), IP))

    session = scene.enter(device_token=first.device_token, code=scene.code(secret))
    scene.clock.advance(seconds=30)
    caller = scene.sessions.authenticate(session.token)

    assert scene.services.step_up.prove(caller, Shown(code=scene.code(secret)), origin=Origin(IP, "Firefox"))


def test_a_whole_ipv6_network_is_counted_as_one_address(scene: Scene) -> None:
    scene.register()
    [by_ip] = scene.services.limits.password_by_ip
    for number in range(by_ip.attempts_max):
        with pytest.raises(CredentialsWrong):
            scene.enter(f"nobody{number}@example.com", ip=f"2001:db8:7:1::{number:x}")

    with pytest.raises(TooManyAttempts):
        scene.enter("another@example.com", ip="2001:db8:7:1:ffff::1")
    with pytest.raises(CredentialsWrong):
        scene.enter("another@example.com", ip="2001:db8:7:2::1")


@pytest.mark.parametrize(
    ("subject", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("acc_" + "0" * 26, "acc_" + "0" * 26),
        ("a:b@example.com", "a:b@example.com"),
        ("", ""),
    ],
)
def test_what_is_no_ipv6_address_is_counted_as_it_is(subject: str, counted: str) -> None:
    assert counted_as(subject) == counted
