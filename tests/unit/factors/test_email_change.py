"""Another address: proved before it counts, told to the one before, and taken back from there."""

import pytest

from marketplace.accounts.errors import AddressTaken
from marketplace.factors.errors import LinkInvalid
from tests.unit.factors.scene import PASSWORD, Person, Scene

NEW = "lucia.vega@example.org"


def change(scene: Scene, person: Person, email: str = NEW) -> None:
    assert person.post("/account/email", {"email": email}).status == 202
    token = scene.token_of(email, "/account/email/confirm")
    assert person.post("/account/email/confirmations", {"token": token}, token=None).status == 200


def test_the_address_counts_once_it_is_proved(scene: Scene, lucia: Person) -> None:
    other = lucia.token
    lucia.sign_in()
    lucia.post("/account/email", {"email": NEW.upper()})
    before = lucia.good("GET", "/account")["email"]

    token = scene.token_of(NEW, "/account/email/confirm")
    done = lucia.post("/account/email/confirmations", {"token": token}, token=None)

    assert (before, done.status) == (lucia.email, 200)
    assert lucia.good("GET", "/account")["email"] == NEW
    assert lucia.ask("GET", "/account", token=other).status == 401
    assert lucia.sign_in().json["code"] == "credentials_wrong"
    lucia.email = NEW
    assert lucia.sign_in().status == 201
    held = scene.services.directory.payouts_after(lucia.account_id) - scene.world.clock.now()
    assert held.total_seconds() == 72 * 3600


def test_the_mail_to_an_unproved_address_names_nobody(scene: Scene, lucia: Person) -> None:
    lucia.post("/account/email", {"email": NEW})

    [mail] = scene.mails(NEW)

    assert "Lucía" not in mail.body
    assert "Hola:" in mail.body


def test_both_addresses_are_told_and_the_former_takes_it_back(scene: Scene, lucia: Person) -> None:
    change(scene, lucia)
    assert any("cambiado la dirección" in mail.subject for mail in scene.mails(NEW))
    moved = next(mail for mail in scene.mails(lucia.email) if "otra dirección" in mail.subject)
    assert "/not-me?token=" in moved.body

    account = lucia.account()
    [mark, *_] = scene.services.account_store.email_marks(lucia.email)
    scene.services.transactions.commit(scene.services.undo.undo(account, mark))

    assert lucia.account().email == lucia.email
    assert scene.services.account_store.owner_of(NEW) is None
    assert lucia.ask("GET", "/account").status == 401


def test_a_stranger_to_the_change_takes_nothing_back(scene: Scene, lucia: Person) -> None:
    change(scene, lucia)
    [mark, *_] = scene.services.account_store.email_marks("stranger@example.com")

    assert scene.services.undo.undo(lucia.account(), mark) == []


def test_a_taken_address_gets_word_and_the_answer_is_the_same(scene: Scene, lucia: Person) -> None:
    other = scene.person("other@example.com")

    free = lucia.post("/account/email", {"email": NEW})
    taken = lucia.post("/account/email", {"email": other.email})

    assert (free.status, free.text) == (taken.status, taken.text)
    [told] = [mail for mail in scene.mails(other.email) if "tu dirección" in mail.subject]
    assert "confirm?token" not in told.body


def test_an_address_that_is_taken_meanwhile_moves_nobody(scene: Scene, lucia: Person) -> None:
    lucia.post("/account/email", {"email": NEW})
    token = scene.token_of(NEW, "/account/email/confirm")
    scene.person(NEW, signed_in=False)
    before = scene.rows()

    reply = lucia.post("/account/email/confirmations", {"token": token}, token=None)

    assert (reply.status, reply.json["code"]) == (422, "link_invalid")
    assert scene.rows() == before


def test_whoever_signed_up_with_the_address_and_never_proved_it_gives_way(scene: Scene, lucia: Person) -> None:
    squatter = scene.person("squatter@example.com", signed_in=False)
    scene.services.signup.sign_up(
        email=NEW, password="once gatos en la azotea", display_name="Nadie", locale="es", ip="203.0.113.9"
    )
    scene.world.drain()
    scene.world.mails.clear()

    change(scene, lucia)

    assert scene.services.account_store.owner_of(NEW) == lucia.account_id
    assert squatter.account()


def test_a_link_counts_once_and_a_newer_wish_replaces_it(scene: Scene, lucia: Person) -> None:
    lucia.post("/account/email", {"email": NEW})
    first = scene.token_of(NEW, "/account/email/confirm")
    lucia.post("/account/email", {"email": "another@example.org"})
    stale = lucia.post("/account/email/confirmations", {"token": first}, token=None)
    second = scene.token_of("another@example.org", "/account/email/confirm")

    replies = [lucia.post("/account/email/confirmations", {"token": second}, token=None) for _ in range(2)]

    assert stale.json["code"] == "link_invalid"
    assert [reply.status for reply in replies] == [200, 422]
    assert lucia.account().email == "another@example.org"


def test_the_link_is_good_for_a_day(scene: Scene, lucia: Person) -> None:
    lucia.post("/account/email", {"email": NEW})
    token = scene.token_of(NEW, "/account/email/confirm")
    scene.world.clock.advance(hours=24)

    with pytest.raises(LinkInvalid):
        scene.services.email_changes.confirm(token, origin=scene.origin)


def test_the_former_address_is_told_of_a_recovery_for_thirty_days(scene: Scene, lucia: Person) -> None:
    change(scene, lucia)
    scene.world.clock.advance(days=29)
    lucia.post("/recovery", {"email": NEW}, token=None)
    lucia.post("/recovery/beginnings", {"token": scene.token_of(NEW, "/recovery/begin")}, token=None)

    token = scene.token_of(lucia.email, "/recovery/cancel")

    assert lucia.post("/recovery/cancellations", {"token": token}, token=None).status == 200


@pytest.mark.parametrize("email", ["", "no address", "x" * 10_000, "a@b", None, "lucia@example.com"])
def test_what_is_no_other_address_is_refused(scene: Scene, lucia: Person, email: object) -> None:
    before = scene.rows()

    reply = lucia.post("/account/email", {"email": email})

    assert reply.status == 422
    assert scene.rows() == before


def test_it_asks_for_a_step_up(scene: Scene, lucia: Person) -> None:
    scene.world.clock.advance(minutes=6)

    assert lucia.post("/account/email", {"email": NEW}).json["code"] == "step_up_required"
    assert lucia.step_up(password=PASSWORD).status == 200
    assert lucia.post("/account/email", {"email": NEW}).status == 202


def test_two_accounts_cannot_move_to_one_address(scene: Scene, lucia: Person) -> None:
    other = scene.person("other@example.com")
    store = scene.services.account_store

    scene.services.transactions.commit(store.move_address(lucia.account(), NEW))
    with pytest.raises(AddressTaken):
        scene.services.transactions.commit(store.move_address(other.account(), NEW))


def test_the_last_link_of_the_former_addresss_mail_gives_the_address_back_and_locks(
    scene: Scene, lucia: Person
) -> None:
    change(scene, lucia)
    token = scene.token_of(lucia.email, "/not-me")

    scene.services.not_me.disown(token, scene.origin)

    account = lucia.account()
    assert (account.email, account.locked) == (lucia.email, True)
    assert lucia.ask("GET", "/account").status == 401
