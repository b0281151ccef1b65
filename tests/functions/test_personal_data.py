"""What is personal lies sealed, opens in its place only, and is gone when its person is erased."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.templates import read_template, resources_of
from marketplace.accounts.model import digest
from marketplace.accounts.store import DynamoAccounts
from marketplace.accounts.table_store import PERSONAL_FIELDS, AccountsItem
from marketplace.audit.invariants import check
from marketplace.outbox.model import event
from marketplace.vault.cipher import VERSION
from marketplace.vault.model import SealBroken
from tests.fakes.http import Api
from tests.fakes.trade import Trade
from tests.fakes.world import TABLE_PREFIX, World

EMAIL, NAME, LEGAL_NAME = "lucia.vega@correo.example", "Lucía la de las bicis", "Vega Bicicletas SL"
PASSWORD = "cuatro gatos duermen al sol"
ACCOUNTS = f"{TABLE_PREFIX}-accounts"


@pytest.fixture
def api(world: World) -> Api:
    return Api(world.services)


def _form(email: str = EMAIL) -> dict[str, str]:
    return {"email": email, "password": PASSWORD, "display_name": NAME, "locale": "es"}


def _enter(world: World, api: Api, email: str = EMAIL) -> tuple[str, str]:
    """Sign up, prove the address and sign in; return account id and token."""
    assert api.post("/signup", _form(email)).status == 202
    world.drain()
    link = world.mails[-1].body.partition("token=")[2].split()[0]
    assert api.post("/signup/verify", {"token": link, "password": PASSWORD}).status == 200
    token = api.post("/sessions", {"email": email, "password": PASSWORD}).json["token"]
    return token.partition(".")[0], token


def _rows(world: World, *areas: str) -> list[dict[str, Any]]:
    return [row for area in areas for row in world.dynamo.rows(f"{TABLE_PREFIX}-{area}")]


def _areas() -> list[str]:
    """Name every table."""
    tables = resources_of(read_template(Path("infra/data.yaml")), "AWS::DynamoDB::Table").values()
    named = [each["TableName"]["Fn::Sub"] for each in tables]
    return [name.removeprefix("aval-${Stage}-") for name in named]


def _standing(world: World) -> list[dict[str, Any]]:
    """Everything but counters of attempts, which may be left by what failed."""
    return [row for row in _rows(world, "accounts", "keys", "outbox") if not row["pk"].startswith("limit#")]


def test_no_table_holds_a_personal_field_or_an_address_not_even_in_a_key(world: World, api: Api) -> None:
    account_id, token = _enter(world, api)
    world.services.sellers.apply(account_id, legal_name=LEGAL_NAME, kind="trader", country="ES")
    api.post("/sessions", {"email": EMAIL, "password": "una contraseña errada y larga"})
    api.post("/signup", _form())
    api.post("/signup/resend", {"email": EMAIL})
    world.drain()

    kept = json.dumps(_rows(world, *_areas()), default=str, ensure_ascii=False)

    for text in (EMAIL, NAME, LEGAL_NAME, "lucia", digest(EMAIL)):
        assert text.casefold() not in kept.casefold()
    assert token.partition(".")[2] not in kept


def test_every_personal_attribute_of_every_row_is_sealed(world: World, api: Api) -> None:
    account_id, _ = _enter(world, api)
    world.services.sellers.apply(account_id, legal_name=LEGAL_NAME, kind="trader", country="ES")
    world.services.transactions.commit([world.services.account_store.begin_factor(account_id, "JBSWY3DPEHPK3PXP")])

    found = [(name, row[name]) for row in _rows(world, "accounts") for name in PERSONAL_FIELDS & set(row)]

    assert {"email", "display_name", "legal_name", "totp_pending"} <= {name for name, _ in found}
    for _, text in found:
        assert base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[0] == VERSION


def test_a_session_check_opens_nothing_and_is_one_round_trip(world: World, api: Api) -> None:
    _, token = _enter(world, api)
    world.restart()  # nothing kept
    world.dynamo.calls.clear()
    world.kms.calls.clear()

    world.services.sessions.authenticate(token)

    assert [call.operation for call in world.dynamo.calls] == ["BatchGetItem"]
    assert world.kms.calls == []


def test_ones_own_profile_costs_one_key_and_the_next_one_none(world: World, api: Api) -> None:
    _, token = _enter(world, api)
    world.restart()
    api, costs = Api(world.services), []
    for _ in range(2):
        world.dynamo.calls.clear()
        world.kms.calls.clear()
        assert api.get("/account", token=token).json["email"] == EMAIL
        costs.append(([call.operation for call in world.dynamo.calls], list(world.kms.calls)))

    assert costs == [(["BatchGetItem", "GetItem", "GetItem"], ["unwrap"]), (["BatchGetItem", "GetItem"], [])]


@pytest.mark.parametrize("moved", ["from another person", "from another field"])
def test_a_ciphertext_that_was_moved_does_not_open(world: World, api: Api, moved: str) -> None:
    (one, _), (other, _) = _enter(world, api), _enter(world, api, "otra@correo.example")
    raw = {row["pk"]: row for row in _rows(world, "accounts") if row["sk"] == "account"}
    foreign = raw[other]["email"] if moved == "from another person" else raw[one]["display_name"]
    AccountsItem(one, "account").update([AccountsItem.email.set(foreign)])

    account = world.services.account_store.read(one)

    assert account is not None
    with pytest.raises(SealBroken):
        _ = account.email
    AccountsItem(one, "account").update([AccountsItem.email.set(raw[one]["email"])])
    assert world.services.account_store.read(one).email == EMAIL


def test_without_the_key_service_nobody_signs_up_and_nothing_is_half_written(world: World, api: Api) -> None:
    before = _standing(world)
    world.kms.down = True

    reply = api.post("/signup", _form())

    assert (reply.status, reply.json["code"]) == (503, "unavailable")
    assert _standing(world) == before
    world.kms.down = False
    _enter(world, api)


def test_without_the_key_service_people_trade_on_but_see_no_personal_field(world: World, api: Api) -> None:
    _, token = _enter(world, api)
    world.restart()
    api = Api(world.services)
    world.kms.down = True

    assert api.get("/orders", token=token).status == 200
    assert api.get("/account", token=token).status == 503
    assert api.patch("/account", {"display_name": "Lu"}, token=token).status == 503

    world.kms.down = False
    assert api.get("/account", token=token).json["display_name"] == NAME


def test_without_the_key_service_a_wrong_password_still_tells_nothing(world: World, api: Api) -> None:
    """Keys are asked for only once the password was right."""
    _enter(world, api)
    world.restart()
    api = Api(world.services)
    world.kms.calls.clear()
    world.kms.down = True

    taken, free = (
        api.post("/sessions", {"email": email, "password": "otra contraseña bien larga"})
        for email in (EMAIL, "nadie@correo.example")
    )

    assert (taken.status, taken.json["code"]) == (free.status, free.json["code"]) == (401, "credentials_wrong")
    assert world.kms.calls == []


def test_mail_waits_for_the_key_service_and_then_goes_out_once(world: World, api: Api) -> None:
    account_id, _ = _enter(world, api)
    world.restart()
    told = len(world.mails)
    happened = event("account.sessions_revoked", account_id, world.clock.now(), once="1")
    world.kms.down = True
    with pytest.raises(Exception, match="delivery_delayed"):
        world.services.delivery.deliver(happened)
    assert len(world.mails) == told

    world.kms.down = False
    world.services.delivery.deliver(happened)
    world.services.delivery.deliver(happened)

    assert [mail.to for mail in world.mails[told:]] == [EMAIL]


def test_after_an_erasure_nobody_reads_who_it_was(world: World, api: Api) -> None:
    account_id, token = _enter(world, api)
    told = len(world.mails)

    world.services.transactions.commit([world.services.vault.erase(account_id)])
    world.restart()
    api = Api(world.services)

    assert (api.get("/account", token=token).status, api.get("/account", token=token).json["code"]) == (
        404,
        "person_erased",
    )
    world.services.delivery.deliver(event("account.sessions_revoked", account_id, world.clock.now(), once="1"))
    assert len(world.mails) == told
    assert world.services.directory.facts(account_id) is not None  # what is not personal stays


@pytest.mark.parametrize("kind", ["trader", "private"])
def test_an_erased_sellers_shop_has_no_name(world: World, kind: str) -> None:
    seller_id = Trade(world).seller(kind)
    named = world.services.sellers.storefront(seller_id)

    world.services.transactions.commit([world.services.vault.erase(seller_id)])

    assert named.name == "Seller"
    assert world.services.sellers.storefront(seller_id).name is None


def test_a_store_without_a_vault_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        DynamoAccounts()  # type: ignore[call-arg]


def test_what_lies_unsealed_breaks_a_promise(world: World, api: Api) -> None:
    account_id, _ = _enter(world, api)
    sealed = next(row for row in _rows(world, "accounts") if row["sk"] == "account")["display_name"]
    AccountsItem(account_id, "account").update([AccountsItem.display_name.set(NAME)])

    found = [broken.rule for broken in check(world.view())]

    assert found == ["D1"]
    AccountsItem(account_id, "account").update([AccountsItem.display_name.set(sealed)])
