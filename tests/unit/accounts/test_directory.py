"""What other areas learn of a person."""

from marketplace.accounts.directory import Directory
from tests.fakes.trade import Trade


def _contact(world, account_id):
    return Directory(accounts=world.services.account_store).contact(account_id)


def test_mail_greets_nobody_by_name_before_the_address_is_proved(world):
    """Whoever signs up with somebody else's address must not write into that person's mail."""
    world.services.signup.sign_up(
        email="victim@elsewhere.example",
        password="correct horse battery staple",
        display_name="You won! https://evil.example",
        locale="en",
        ip="203.0.113.7",
    )
    world.drain()
    world.clock.advance(minutes=16)
    world.services.signup.resend(email="victim@elsewhere.example", ip="203.0.113.7")
    world.drain()

    assert [mail.to for mail in world.mails] == ["victim@elsewhere.example"] * 2
    assert [mail for mail in world.mails if "evil" in mail.body + mail.subject] == []
    assert world.mails[0].body.startswith("Hello,\n")


def test_a_proved_address_is_greeted_by_the_name_that_its_owner_chose(world):
    account_id = Trade(world).person("Lucía")

    assert _contact(world, account_id).display_name == "Lucía"


def test_nobody_is_found_under_an_unknown_id(world):
    assert _contact(world, "acc_unknown") is None
