"""Opening an account and proving its address."""

from collections.abc import Iterator

import pytest

from marketplace.accounts.errors import (
    AccountMissing,
    EmailInvalid,
    NameInvalid,
    PasswordRefused,
    PasswordWrong,
    TokenInvalid,
    TooManyAttempts,
)
from marketplace.accounts.limits import Limit, Limits
from marketplace.accounts.model import Account
from marketplace.kit.errors import DomainError, Unavailable
from tests.unit.accounts.scene import IP, PASSWORD, Scene, accounts_scene

ATTACKERS = "la clave que puso un extraño"
OWNERS = "la clave que puso su dueña"


def sign_up(scene: Scene, **changes: str) -> None:
    form = {"email": "lucia@example.com", "password": PASSWORD, "display_name": "Lucía", "locale": "es", "ip": IP}
    scene.signup.sign_up(**form | changes)


def account_at(scene: Scene, email: str = "lucia@example.com") -> Account:
    account = scene.store.read(scene.store.owner_of(email) or "")
    assert account is not None
    return account


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

    assert {row["subject"] for row in scene.events("account.signed_up")} == {account_at(scene).account_id}


def test_a_proved_address_keeps_its_password_and_its_name(scene: Scene) -> None:
    scene.register()
    before = account_at(scene)

    sign_up(scene, password=ATTACKERS, display_name="Intruso")

    assert account_at(scene) == before
    assert len(scene.events("account.signup_repeated")) == 1


def test_an_unproved_address_belongs_to_the_latest_sign_up(scene: Scene) -> None:
    sign_up(scene, password=ATTACKERS, display_name="Intruso", locale="en")
    first = account_at(scene)

    sign_up(scene, password=OWNERS)

    found = account_at(scene)
    assert (found.account_id, found.display_name, found.locale) == (first.account_id, "Lucía", "es")
    assert found.password_hash != first.password_hash
    assert [row["subject"] for row in scene.events("account.signed_up")] == [first.account_id] * 2
    assert scene.events("account.signup_repeated") == []


def test_the_latest_sign_up_s_place_is_remembered_whether_or_not_it_says_anything(scene: Scene) -> None:
    marks = iter(["a-mark", None, "another"])
    scene.signup._mark_of = lambda ip: next(marks)
    found = []
    for _ in range(3):
        sign_up(scene)
        found.append(account_at(scene).signup_mark)

    assert found == ["a-mark", None, "another"]


CASES = ["free", "unproved", "unproved, told just now", "proved", "proved, told just now"]


def test_a_free_an_unproved_and_a_proved_address_cost_the_same_hashing_round_trips_and_calls_for_keys() -> None:
    costs = {}
    for case in CASES:
        with accounts_scene() as scene:
            if case != "free":
                scene.register(verified=case.startswith("proved"))
            if case.endswith("just now"):
                sign_up(scene)
            scene.round_trips()
            scene.passwords.made = scene.passwords.compared = 0
            scene.kms.calls.clear()
            sign_up(scene)
            hashing = (scene.passwords.made, scene.passwords.compared)
            costs[case] = (*hashing, scene.round_trips(), len(scene.kms.calls))

    assert costs["free"] == (1, 0, ["TransactWriteItems", *["GetItem"] * 3, "TransactWriteItems"], 1)
    assert [case for case in CASES if costs[case] != costs["free"]] == []


@pytest.mark.parametrize(("proved", "kind"), [(True, "account.signup_repeated"), (False, "account.signed_up")])
def test_a_taken_address_is_told_once_a_quarter_of_an_hour(scene: Scene, proved: bool, kind: str) -> None:
    scene.register(verified=proved)
    before = len(scene.events(kind))
    for _ in range(4):
        sign_up(scene)
    scene.clock.advance(minutes=15)
    sign_up(scene)

    assert len(scene.events(kind)) - before == 2


def test_a_sign_up_counts_though_its_mail_is_not_due(scene: Scene) -> None:
    for password in (ATTACKERS, ATTACKERS, OWNERS):
        sign_up(scene, password=password)

    token = scene.signup.mint_verification(account_at(scene).account_id)
    assert scene.verify(token, OWNERS)


def test_the_loser_of_a_race_for_one_address_signs_up_after_the_winner(scene: Scene) -> None:
    sign_up(scene, password=ATTACKERS)
    owner = scene.store.owner
    owners = iter([None, owner("lucia@example.com")])
    scene.store.owner = lambda email: next(owners)  # type: ignore[method-assign]

    sign_up(scene, password=OWNERS)

    scene.store.owner = owner  # type: ignore[method-assign]
    assert len({row["pk"] for row in scene.dynamo.rows("aval-local-accounts") if row["sk"] == "account"}) == 1
    assert scene.verify(scene.signup.mint_verification(account_at(scene).account_id), OWNERS)


def test_an_address_proved_during_a_sign_up_keeps_its_password(scene: Scene) -> None:
    account_id = scene.register(verified=False)
    stale = account_at(scene)
    scene.verify(scene.signup.mint_verification(account_id))
    proved, read = account_at(scene), scene.store.read
    found = iter([stale, proved])
    scene.store.read = lambda _: next(found)  # type: ignore[method-assign]

    sign_up(scene, password=ATTACKERS)

    assert read(account_id) == proved
    assert len(scene.events("account.signup_repeated")) == 1


def test_whoever_loses_every_race_is_asked_to_come_back(scene: Scene) -> None:
    sign_up(scene)
    scene.store.owner = lambda email: None  # type: ignore[method-assign]

    with pytest.raises(Unavailable):
        sign_up(scene)


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

    assert scene.verify(token) == account_id

    account = scene.store.read(account_id)
    assert account is not None
    assert account.email_verified
    with pytest.raises(TokenInvalid):
        scene.verify(token)


def test_a_mailed_link_proves_nothing_for_a_password_that_its_owner_did_not_choose(scene: Scene) -> None:
    """An attacker signs up with somebody else's address; the owner, who is told of it, opens the link."""
    sign_up(scene, password=ATTACKERS)
    token = scene.signup.mint_verification(account_at(scene).account_id)

    with pytest.raises(PasswordWrong):
        scene.verify(token, OWNERS)

    assert not account_at(scene).email_verified


@pytest.mark.parametrize("link", ["the attacker's", "the owner's"])
def test_the_owner_of_an_address_takes_it_from_whoever_signed_up_with_it(scene: Scene, link: str) -> None:
    sign_up(scene, password=ATTACKERS, display_name="Intruso")
    account_id = account_at(scene).account_id
    tokens = {"the attacker's": scene.signup.mint_verification(account_id)}
    sign_up(scene, password=OWNERS)
    tokens["the owner's"] = scene.signup.mint_verification(account_id)

    with pytest.raises(PasswordWrong):
        scene.verify(tokens[link], ATTACKERS)
    assert scene.verify(tokens[link], OWNERS) == account_id

    with pytest.raises(DomainError):
        scene.enter(password=ATTACKERS)
    assert scene.enter(password=OWNERS)


def test_a_wrong_password_does_not_spend_the_token(scene: Scene) -> None:
    account_id = scene.register(verified=False)
    token = scene.signup.mint_verification(account_id)

    with pytest.raises(PasswordWrong):
        scene.verify(token, OWNERS)

    assert scene.verify(token) == account_id


def test_a_password_replaced_between_its_check_and_the_proof_proves_nothing(scene: Scene) -> None:
    sign_up(scene, password=ATTACKERS)
    stale = account_at(scene)
    token = scene.signup.mint_verification(stale.account_id)
    sign_up(scene, password=OWNERS)
    read = scene.store.read
    scene.store.read = lambda _: stale  # type: ignore[method-assign]

    with pytest.raises(PasswordWrong):
        scene.verify(token, ATTACKERS)

    scene.store.read = read  # type: ignore[method-assign]
    assert not account_at(scene).email_verified
    assert scene.verify(token, OWNERS)


def test_a_proved_address_is_not_proved_again(scene: Scene) -> None:
    account_id = scene.register(verified=False)
    older = scene.signup.mint_verification(account_id)
    scene.verify(scene.signup.mint_verification(account_id))

    with pytest.raises(TokenInvalid):
        scene.verify(older)


def test_the_sixth_wrong_password_of_a_link_is_refused_before_it_is_hashed(scene: Scene) -> None:
    account_id = scene.register(verified=False)
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            scene.verify(scene.signup.mint_verification(account_id), OWNERS)
    token = scene.signup.mint_verification(account_id)
    scene.passwords.compared = 0

    with pytest.raises(TooManyAttempts):
        scene.verify(token)

    assert scene.passwords.compared == 0
    scene.clock.advance(minutes=5)
    assert scene.verify(token)


def test_a_link_s_password_that_cannot_be_counted_is_not_compared(scene: Scene) -> None:
    token = scene.signup.mint_verification(scene.register(verified=False))
    scene.passwords.compared = 0
    scene.transactions.commit = lambda *_, **__: (_ for _ in ()).throw(Unavailable())  # type: ignore[method-assign]

    with pytest.raises(Unavailable):
        scene.verify(token)

    assert scene.passwords.compared == 0


def test_proving_an_address_counts_nothing_and_costs_four_round_trips(scene: Scene) -> None:
    token = scene.signup.mint_verification(scene.register(verified=False))
    scene.round_trips()

    scene.verify(token)

    assert scene.round_trips() == ["GetItem", "GetItem", "TransactWriteItems", "TransactWriteItems"]
    assert (scene.counted("password-account"), scene.counted("password-account-day")) == (0, 0)


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
        assert scene.verify(token)
    else:
        with pytest.raises(TokenInvalid):
            scene.verify(token)


@pytest.mark.parametrize("token", ["", "x", "x" * 128, "\u0000"])
def test_a_made_up_token_verifies_nothing(scene: Scene, token: str) -> None:
    with pytest.raises(TokenInvalid):
        scene.verify(token)


def test_no_token_is_minted_for_nobody(scene: Scene) -> None:
    with pytest.raises(AccountMissing):
        scene.signup.mint_verification("acc_nobody")


@pytest.fixture
def with_admin() -> Iterator[Scene]:
    with accounts_scene(admins=frozenset({"Ops@Example.com"})) as scene:
        yield scene


def test_an_admin_s_address_gives_the_role_when_it_is_proved_and_not_before(with_admin: Scene) -> None:
    account_id = with_admin.register("ops@example.com", verified=False)
    before = with_admin.store.read(account_id)

    with_admin.verify(with_admin.signup.mint_verification(account_id))

    after = with_admin.store.read(account_id)
    assert before is not None
    assert after is not None
    assert (before.roles, after.roles) == (frozenset(), frozenset({"admin"}))


def test_nobody_becomes_an_admin_by_signing_up_with_an_admin_s_address(with_admin: Scene) -> None:
    sign_up(with_admin, email="ops@example.com", password=ATTACKERS)
    account_id = account_at(with_admin, "ops@example.com").account_id

    with pytest.raises(PasswordWrong):
        with_admin.verify(with_admin.signup.mint_verification(account_id), OWNERS)

    assert account_at(with_admin, "ops@example.com").roles == frozenset()


def test_another_address_gives_no_role(with_admin: Scene) -> None:
    account = with_admin.store.read(with_admin.register("ops@example.org"))

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
