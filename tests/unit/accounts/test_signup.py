"""Opening an account and proving its address."""

from collections.abc import Iterator

import pytest

from marketplace.accounts.errors import (
    AccountMissing,
    EmailInvalid,
    NameInvalid,
    PasswordRefused,
    TokenInvalid,
    TooManyAttempts,
)
from marketplace.accounts.limits import Limit, Limits
from tests.unit.accounts.scene import IP, PASSWORD, Scene, accounts_scene


def sign_up(scene: Scene, **changes: str) -> None:
    form = {"email": "lucia@example.com", "password": PASSWORD, "display_name": "Lucía", "locale": "es", "ip": IP}
    scene.signup.sign_up(**form | changes)


def test_a_free_address_gets_an_account_that_is_not_verified(scene: Scene) -> None:
    sign_up(scene)

    account = scene.store.read(scene.store.owner_of("lucia@example.com") or "")
    assert account is not None
    assert (account.email, account.display_name, account.email_verified) == ("lucia@example.com", "Lucía", False)
    assert [row["subject"] for row in scene.events("account.signed_up")] == [account.account_id]


def test_the_password_is_stored_as_a_hash_only(scene: Scene) -> None:
    sign_up(scene)

    stored = str(scene.dynamo.rows("aval-local-accounts")) + str(scene.events())
    assert PASSWORD not in stored


def test_events_carry_no_personal_data(scene: Scene) -> None:
    sign_up(scene)
    sign_up(scene)

    assert "lucia" not in str(scene.events()).lower()


@pytest.mark.parametrize(
    "variant",
    [
        "LUCIA@example.com",
        "  lucia@EXAMPLE.com ",
        "\uff4c\uff55\uff43\uff49\uff41@example.com",
        "\u2112ucia@example.com",
    ],
    ids=["upper case", "space around", "full width", "script capital"],
)
def test_a_variant_of_a_taken_address_is_the_taken_address(scene: Scene, variant: str) -> None:
    sign_up(scene)

    sign_up(scene, email=variant)

    assert len(scene.events("account.signed_up")) == 1
    assert len(scene.events("account.signup_repeated")) == 1


def test_a_taken_address_keeps_its_password_and_its_name(scene: Scene) -> None:
    sign_up(scene)
    before = scene.store.read(scene.store.owner_of("lucia@example.com") or "")

    sign_up(scene, password="otra clave muy distinta", display_name="Intruso")

    assert scene.store.read(scene.store.owner_of("lucia@example.com") or "") == before


def test_a_free_and_a_taken_address_cost_the_same_hashing_and_round_trips(scene: Scene) -> None:
    sign_up(scene)
    free = (scene.passwords.made, scene.round_trips())

    scene.clock.advance(hours=1)
    sign_up(scene)

    assert free == (1, ["TransactWriteItems", "GetItem", "TransactWriteItems"])
    assert (scene.passwords.made - 1, scene.round_trips()) == free


def test_a_taken_address_is_told_once_a_quarter_of_an_hour(scene: Scene) -> None:
    sign_up(scene)
    for _ in range(4):
        sign_up(scene)
    scene.clock.advance(minutes=15)
    sign_up(scene)

    assert len(scene.events("account.signup_repeated")) == 2


def test_the_loser_of_a_race_for_one_address_hears_nothing(scene: Scene) -> None:
    sign_up(scene)
    owners = iter([None, scene.store.owner_of("lucia@example.com")])
    scene.store.owner_of = lambda email: next(owners)  # type: ignore[method-assign]

    sign_up(scene)

    assert len(scene.events("account.signed_up")) == 1
    assert len(scene.events("account.signup_repeated")) == 1


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("catorce letras", "too_short"),
        ("correcthorsebatterystaple", "too_common"),
        ("abababababababab", "too_common"),
        ("lucia@example.com", "too_personal"),
        ("lucia.vega.aval", "too_personal"),
        ("x" * 200 + "y" * 57, "too_long"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(scene: Scene, password: str, reason: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        sign_up(scene, password=password, display_name="Lucía Vega Lucia.Vega")

    assert refused.value.fields == {"password": reason}
    assert scene.round_trips() == []


@pytest.mark.parametrize("password", ["quince letras a", "el caballero avala tejados", "ñ" * 10 + "çáéíóú" * 41])
def test_a_long_enough_password_needs_no_composition(scene: Scene, password: str) -> None:
    sign_up(scene, password=password)

    assert scene.store.owner_of("lucia@example.com")


@pytest.mark.parametrize(
    "email",
    [
        "",
        "lucia",
        "@example.com",
        "lucia@",
        "a@b",
        "a@@b.com",
        "a b@c.com",
        "a@b..com",
        ".a@b.com",
        "a@-b.com",
        "a\u202eb@c.com",
        "a@b.c0m\x00",
        "a" * 65 + "@b.com",
        "a@" + "b" * 250 + ".com",
        "a@b.com,c@d.com",
    ],
)
def test_what_is_no_address_is_refused(scene: Scene, email: str) -> None:
    with pytest.raises(EmailInvalid):
        sign_up(scene, email=email)


@pytest.mark.parametrize("email", ["a@b.co", "o'hara+shop@sub.example.com", "lucía@correo.españa", "1@2.museum"])
def test_an_unusual_address_is_taken(scene: Scene, email: str) -> None:
    sign_up(scene, email=email)

    assert scene.store.owner_of(email)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "adm\u200bin", "a\u202egro"])
def test_a_name_that_cannot_be_shown_is_refused(scene: Scene, name: str) -> None:
    with pytest.raises(NameInvalid):
        sign_up(scene, display_name=name)


def test_a_mailed_token_verifies_once(scene: Scene) -> None:
    account_id = scene.register(verified=False)
    token = scene.signup.mint_verification(account_id)

    assert scene.signup.verify(token) == account_id

    account = scene.store.read(account_id)
    assert account is not None
    assert account.email_verified
    with pytest.raises(TokenInvalid):
        scene.signup.verify(token)


def test_only_the_hash_of_a_token_is_stored(scene: Scene) -> None:
    token = scene.signup.mint_verification(scene.register(verified=False))

    assert token not in str(scene.dynamo.rows("aval-local-accounts"))


@pytest.mark.parametrize(("hours", "good"), [(23.99, True), (24, False)])
def test_a_token_is_good_for_a_day_whether_or_not_the_table_has_removed_it(
    scene: Scene, hours: float, good: bool
) -> None:
    token = scene.signup.mint_verification(scene.register(verified=False))
    scene.clock.advance(hours=hours)

    if good:
        assert scene.signup.verify(token)
    else:
        with pytest.raises(TokenInvalid):
            scene.signup.verify(token)


@pytest.mark.parametrize("token", ["", "x", "x" * 128, "\u0000"])
def test_a_made_up_token_verifies_nothing(scene: Scene, token: str) -> None:
    with pytest.raises(TokenInvalid):
        scene.signup.verify(token)


def test_no_token_is_minted_for_nobody(scene: Scene) -> None:
    with pytest.raises(AccountMissing):
        scene.signup.mint_verification("acc_nobody")


@pytest.fixture
def with_operator() -> Iterator[Scene]:
    with accounts_scene(operators=frozenset({"Ops@Example.com"})) as scene:
        yield scene


def test_an_operator_s_address_gives_the_role_when_it_is_proved_and_not_before(with_operator: Scene) -> None:
    account_id = with_operator.register("ops@example.com", verified=False)
    before = with_operator.store.read(account_id)

    with_operator.signup.verify(with_operator.signup.mint_verification(account_id))

    after = with_operator.store.read(account_id)
    assert before is not None
    assert after is not None
    assert (before.roles, after.roles) == (frozenset(), frozenset({"operator"}))


def test_another_address_gives_no_role(with_operator: Scene) -> None:
    account = with_operator.store.read(with_operator.register("ops@example.org"))

    assert account is not None
    assert account.roles == frozenset()


def test_a_new_link_is_mailed_to_an_address_that_waits_for_one(scene: Scene) -> None:
    account_id = scene.register(verified=False)

    scene.signup.resend(email="LUCIA@example.com", ip=IP)

    assert [row["subject"] for row in scene.events("account.verification_resent")] == [account_id]


@pytest.mark.parametrize("email", ["nobody@example.com", "lucia@example.com", "no address"])
def test_nothing_is_mailed_to_an_unknown_or_a_proved_address(scene: Scene, email: str) -> None:
    scene.register()

    scene.signup.resend(email=email, ip=IP)

    assert scene.events("account.verification_resent") == []


def test_asking_for_a_link_costs_the_same_round_trips_for_a_known_and_an_unknown_address(scene: Scene) -> None:
    scene.register(verified=False)
    scene.round_trips()

    scene.signup.resend(email="lucia@example.com", ip=IP)
    known = scene.round_trips()
    scene.signup.resend(email="nobody@example.com", ip=IP)

    assert scene.round_trips() == known == ["GetItem", "GetItem", "TransactWriteItems"]


def test_links_are_not_mailed_without_end(scene: Scene) -> None:
    scene.register(verified=False)

    for _ in range(20):
        scene.signup.resend(email="lucia@example.com", ip=IP)
        scene.clock.advance(minutes=2)

    assert 1 <= len(scene.events("account.verification_resent")) <= 5


def test_one_place_cannot_open_accounts_without_end() -> None:
    one = (Limit("signup-ip", 1, 3_600, fails_closed=False, failures_only=False),)
    with accounts_scene(limits=Limits(signup_by_ip=one)) as scene:
        sign_up(scene, email="one@example.com")

        with pytest.raises(TooManyAttempts) as refused:
            sign_up(scene, email="two@example.com")

        assert refused.value.retry_after_seconds == 3_590
        sign_up(scene, email="two@example.com", ip="198.51.100.1")
