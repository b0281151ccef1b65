"""Tokens are checked on every request and end at once."""

import dataclasses

import pytest

from marketplace.accounts.errors import AccountSuspended, SessionMissing
from marketplace.kit.errors import Unauthenticated, Unavailable
from marketplace.kit.origin import Origin
from tests.unit.accounts.scene import PASSWORD, Scene

HERE = Origin("203.0.113.7", "Firefox")


def test_a_token_tells_who_asks_in_one_round_trip(scene: Scene) -> None:
    account_id = scene.register()
    signed_in = scene.enter()
    scene.round_trips()

    caller = scene.sessions.authenticate(signed_in.token)

    assert scene.round_trips() == ["BatchGetItem"]
    assert (caller.account_id, caller.session_id) == (account_id, signed_in.session.session_id)
    assert (caller.email_verified, caller.locale, caller.roles, caller.factor_at) == (True, "es", frozenset(), None)


def test_a_token_has_the_agreed_form_and_only_its_hash_is_stored(scene: Scene) -> None:
    account_id = scene.register()

    token = scene.token()

    owner, _, secret = token.partition(".")
    assert owner == account_id
    assert len(secret) == 43
    assert secret not in str(scene.dynamo.rows("aval-local-accounts"))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        ".",
        "acc_1.secret",
        f"acc_{'0' * 26}",
        f"acc_{'0' * 26}.{'a' * 42}",
        f"acc_{'0' * 26}.{'a' * 44}",
        f"ses_{'0' * 26}.{'a' * 43}",
        f"acc_{'0' * 26}.{'a' * 42}=",
        f"acc_{'0' * 26}.{'a' * 43}\n",
        "é" * 74,
    ],
)
def test_a_token_of_the_wrong_form_costs_no_read(scene: Scene, token: str) -> None:
    with pytest.raises(Unauthenticated):
        scene.sessions.authenticate(token)

    assert scene.round_trips() == []


def test_a_forged_secret_opens_nothing(scene: Scene) -> None:
    token = scene.register() + "." + "a" * 43

    with pytest.raises(Unauthenticated):
        scene.sessions.authenticate(token)


def test_a_secret_opens_no_other_account(scene: Scene) -> None:
    scene.register()
    secret = scene.token().partition(".")[2]
    other = scene.register("marco@example.com")

    with pytest.raises(Unauthenticated):
        scene.sessions.authenticate(f"{other}.{secret}")


@pytest.mark.parametrize(("days", "good"), [(6.99, True), (7, False)])
def test_a_session_ends_after_a_week_without_a_request(scene: Scene, days: float, good: bool) -> None:
    scene.register()
    token = scene.token()
    scene.clock.advance(days=days)

    assert opens(scene, token) is good


@pytest.mark.parametrize(("hours_more", "good"), [(-0.1, True), (0, False)])
def test_a_session_ends_after_thirty_days_however_much_it_is_used(scene: Scene, hours_more: float, good: bool) -> None:
    scene.register()
    token = scene.token()
    for _ in range(5):
        scene.clock.advance(days=5)
        assert opens(scene, token)
    scene.clock.advance(days=5, hours=hours_more)

    assert opens(scene, token) is good


def opens(scene: Scene, token: str) -> bool:
    try:
        scene.sessions.authenticate(token)
    except Unauthenticated:
        return False
    return True


def test_the_last_use_is_written_at_most_once_an_hour(scene: Scene) -> None:
    scene.register()
    token = scene.token()
    scene.round_trips()

    scene.clock.advance(minutes=59, seconds=59)
    scene.sessions.authenticate(token)
    scene.clock.advance(seconds=1)
    scene.sessions.authenticate(token)
    scene.sessions.authenticate(token)

    assert scene.round_trips() == ["BatchGetItem", "BatchGetItem", "TransactWriteItems", "BatchGetItem"]


def test_nobody_is_turned_away_because_the_last_use_cannot_be_written(scene: Scene) -> None:
    scene.register()
    token = scene.token()
    scene.clock.advance(hours=2)
    scene.transactions.commit = refuse  # type: ignore[method-assign]

    assert scene.sessions.authenticate(token).account_id


def refuse(*_: object, **__: object) -> None:
    raise Unavailable


def test_a_session_that_ends_while_its_use_is_noted_stays_ended(scene: Scene) -> None:
    account_id = scene.register()
    signed_in = scene.enter()
    found = scene.store.read_session(account_id, signed_in.session.secret_hash)
    scene.sign_out.revoke(account_id, signed_in.session.session_id, origin=HERE)
    scene.store.read_session = lambda *_: found  # type: ignore[method-assign]
    scene.clock.advance(hours=2)

    assert not opens(scene, signed_in.token)
    assert scene.store.sessions_of(account_id) == []


def test_an_ended_session_opens_nothing_on_the_next_request_and_others_go_on(scene: Scene) -> None:
    account_id = scene.register()
    here, there = scene.enter(), scene.enter()

    scene.sign_out.revoke(account_id, there.session.session_id, origin=HERE)

    assert (opens(scene, here.token), opens(scene, there.token)) == (True, False)


def test_ending_all_sessions_ends_this_one_too_and_knows_no_device_any_more(scene: Scene) -> None:
    account_id = scene.register()
    tokens = [scene.token() for _ in range(3)]
    scene.round_trips()

    scene.sign_out.revoke_all(account_id, origin=HERE)

    assert scene.round_trips() == ["GetItem", "TransactWriteItems"]
    assert [opens(scene, token) for token in tokens] == [False] * 3
    assert scene.store.history(account_id).devices == "[]"
    assert opens(scene, scene.token())
    assert [row["subject"] for row in scene.events("account.sessions_revoked")] == [account_id]


def test_ending_all_sessions_twice_is_two_events(scene: Scene) -> None:
    account_id = scene.register()

    scene.sign_out.revoke_all(account_id, origin=HERE)
    scene.sign_out.revoke_all(account_id, origin=HERE)

    assert len(scene.events("account.sessions_revoked")) == 2


def test_somebody_else_s_session_is_missing_like_one_that_never_was(scene: Scene) -> None:
    account_id = scene.register()
    scene.register("marco@example.com")
    foreign = scene.enter("marco@example.com")

    for session_id in (foreign.session.session_id, "ses_" + "0" * 64, "ses_x", "", "account"):
        with pytest.raises(SessionMissing):
            scene.sign_out.revoke(account_id, session_id, origin=HERE)

    assert opens(scene, foreign.token)


def test_the_list_shows_live_sessions_only_the_last_used_first(scene: Scene) -> None:
    account_id = scene.register()
    scene.enter(user_agent="old phone")
    scene.clock.advance(days=6)
    tablet = scene.enter(user_agent="tablet")
    scene.clock.advance(days=2)
    here = scene.enter(user_agent="laptop")
    scene.round_trips()

    listed = scene.sessions.open_for(account_id)

    assert scene.round_trips() == ["Query"]
    assert [session.device for session in listed] == ["laptop", "tablet"]
    assert {session.session_id for session in listed} == {here.session.session_id, tablet.session.session_id}


def test_the_list_leaves_out_sessions_of_an_ended_epoch(scene: Scene) -> None:
    account_id = scene.register()
    scene.enter(user_agent="stranger")
    scene.sign_out.revoke_all(account_id, origin=HERE)
    scene.enter(user_agent="laptop")

    assert [s.device for s in scene.sessions.open_for(account_id)] == ["laptop"]


@pytest.mark.parametrize(
    ("user_agent", "device"), [("", "unknown"), ("a\x00b\x1b[31m", "ab[31m"), ("x" * 500, "x" * 120)]
)
def test_a_device_s_name_is_short_and_harmless(scene: Scene, user_agent: str, device: str) -> None:
    scene.register()

    assert scene.enter(user_agent=user_agent).session.device == device


def test_a_suspended_account_s_sessions_open_nothing_from_the_next_request(scene: Scene) -> None:
    account_id = scene.register()
    token = scene.token()

    scene.suspend(account_id)

    with pytest.raises(AccountSuspended):
        scene.sessions.authenticate(token)


def test_a_session_of_a_locked_account_opens_nothing_even_if_it_began_after_the_lock(scene: Scene) -> None:
    account_id = scene.register()
    session = scene.enter().session
    account = scene.store.read(account_id)
    assert account is not None

    locked = dataclasses.replace(account, locked=True)

    assert (session.opens(account), session.opens(locked)) == (True, False)


def test_a_suspended_person_enters_to_read_why_and_may_do_nothing_else(scene: Scene) -> None:
    scene.suspend(scene.register())

    token = scene.token()

    assert scene.sessions.authenticate(token, even_suspended=True)
    with pytest.raises(AccountSuspended):
        scene.sessions.authenticate(token)
    with pytest.raises(Unauthenticated):
        scene.enter(password=PASSWORD + "?")


def test_what_is_stored_of_a_session_is_what_is_read(scene: Scene) -> None:
    account_id = scene.register()
    session = scene.enter().session

    assert [dataclasses.asdict(found) for found in scene.store.sessions_of(account_id)] == [dataclasses.asdict(session)]
