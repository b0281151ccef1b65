"""Whatever people type stays where it belongs: no log, event, message, execution or problem repeats it.

A whole trade is lived through the API with a canary in every field that a person fills in; then everything that leaves
the tables, beside mail and the answers to those concerned, is searched for each of them.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
import pytest

from functions.escrow_clock import handler as escrow_clock
from functions.fraud_screening import handler as fraud_screening
from functions.notification_delivery import handler as notification_delivery
from functions.payment_events import handler as payment_events
from infra.local.templates import read_template, resources_of
from marketplace.accounts.table_store import PERSONAL_FIELDS
from marketplace.messaging.queues import message_of
from marketplace.outbox.model import ROUTES, Event
from marketplace.selling import store as selling
from marketplace.web.consumers import BatchFailed, queue_consumer
from tests.fakes.http import Api, Context, Reply
from tests.fakes.world import ADMIN_EMAIL, TABLE_PREFIX, WEBHOOK_SECRET, World
from tests.functions.story import MadeUpUploads

CONSUMERS = {
    "payments": (payment_events, payment_events.follow),
    "fraud": (fraud_screening, fraud_screening.screen),
    "notifications": (notification_delivery, notification_delivery.tell),
    "escrow": (escrow_clock, escrow_clock.tell),
}
DATA, TEMPLATE = (Path(__file__).parents[2] / "infra" / name for name in ("data.yaml", "template.yaml"))
IP = "203.0.113.7"  # what tests/fakes/http.py sends as the caller's address
TOKEN_IN_MAIL = "token="
TEXTS = {
    "display_name": "Canario Nombre Pila",
    "renamed": "Canario Nombre Nuevo",
    "password": "canario-contraseña-larga",
    "wrong_password": "canario-contraseña-errada",
    "legal_name": "Canario Apellido Legal",
    "street": "Calle del Canario 77",
    "postal_code": "CNR-77Z",
    "city": "Canariópolis",
    "phone": "+34770077077",
    "contact_email": "canario-tienda@correo.example",
    "register_name": "Registro Canario de Comercio",
    "register_number": "CANARIO-REG-12345",
    "title": "Canario título del anuncio",
    "description": "Canario descripción del anuncio",
    "carrier": "canario-transportista",
    "tracking_number": "CANARIO-SEGUIMIENTO-77",
    "evidence": "canario prueba de entrega",
    "statement": "canario declaración del comprador",
    "answer": "canario respuesta del vendedor",
    "file": "canario descripción del archivo",
    "clause": "canario cláusula",
    "reasons": "canario motivos de la decisión",
    "review": "canario texto de la reseña",
    "cancellation": "canario motivo de cancelación",
    "user_agent": "canario-navegador/9.9",
    "idempotency_key": "canario-clave-de-intento",
    "query": "canario-consulta",
    "path": "canario-ruta",
    "unknown_value": "canario-valor-de-mas",
}
TRADER_FIELDS = ("street", "postal_code", "city", "phone", "contact_email", "register_name", "register_number")
# Which canary stands in which personal field (accounts/table_store.py, selling/store.py).
PLANTED = {name: name for name in ("display_name", "legal_name", *TRADER_FIELDS)} | {
    "email": "comprador's address",
    "totp_secret": "operador's factor",
    "totp_pending": "operador's factor",
}
# A country and a tenth of a degree are in too many texts to be searched for: tests/functions/test_personal_data.py.
NOT_SEARCHED = {"places"}
# What lies in a table as it was typed, by whom it is for. Everything else that people typed lies in none.
PLAIN_AT_REST = {
    **dict.fromkeys(("title", "description"), "shown to anybody"),
    "review": "shown to anybody",
    **dict.fromkeys(("carrier", "tracking_number", "evidence", "cancellation"), "the order's two parties and its case"),
    **dict.fromkeys(("statement", "answer", "file", "reasons"), "the case's record, which outlives accounts"),
    "user_agent": "the owner's list of sessions, for 30 days",
}


@dataclass
class Recorded:
    """What left through one port, and on it goes."""

    target: Callable[[], Any]
    texts: list[str] = field(default_factory=list)

    def send(self, queue: str, event: Event) -> None:
        self.texts.append(message_of(event))
        self.target().send(queue, event)

    def start(self, name: str, order_id: str, seconds: int) -> None:
        self.texts.append(json.dumps([name, order_id, seconds]))
        self.target().start(name, order_id, seconds)

    def go_on(self, token: str, seconds: int) -> None:
        self.target().go_on(token, seconds)

    def look_again(self, token: str) -> None:
        self.target().look_again(token)


class Telling:
    """People who fill every field in, and what came of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.canaries = dict(TEXTS) | {"ip": IP, "webhook_secret": WEBHOOK_SECRET}
        self.queued, self.executed = Recorded(lambda: world.queues), Recorded(lambda: world.executions)
        world.given |= {"uploads": MadeUpUploads(), "queues": self.queued, "executions": self.executed}
        world.restart()
        self.api = Api(world.services)
        self.refused: list[Reply] = []
        self.openers: set[str] = set()  # functions that asked the key service
        self.lookers: set[str] = set()  # functions that used the blind index

    def call(self, method: str, path: str, body: Any = None, *, status: int, **options: Any) -> Any:
        headers = {"User-Agent": self.canaries["user_agent"], **options.pop("headers", {})}
        self.world.services.vault._kept.clear()  # as in a container that has just started
        keys, looks = len(self.world.kms.calls), self.world.blind_keys.asked
        reply = self.api.call(method, path, body, headers=headers, **options)
        function = self.api._find(method, path)[0]
        self.openers |= {function} if len(self.world.kms.calls) > keys else set()
        self.lookers |= {function} if self.world.blind_keys.asked > looks else set()
        assert reply.status == status, (path, reply)
        if status >= 400:
            self.refused.append(reply)
        return reply.json

    def person(self, name: str, email: str = "") -> str:
        """Sign somebody up, prove their address, and return their token."""
        address = email or f"canario-{name}@correo.example"
        self.canaries |= {f"{name}'s address": address}
        form = {
            "email": address,
            "password": TEXTS["password"],
            "display_name": TEXTS["display_name"],
            "locale": "es",
        }
        self.call("POST", "/signup", form, status=202)
        self.world.drain()
        mailed = self.world.mails[-1].body.partition(TOKEN_IN_MAIL)[2].split()[0]
        self.canaries |= {f"{name}'s link": mailed}
        self.call("POST", "/signup/verify", {"token": mailed, "password": TEXTS["wrong_password"]}, status=401)
        self.call("POST", "/signup/verify", {"token": mailed, "password": TEXTS["password"]}, status=200)
        return self.sign_in(name)

    def sign_in(self, name: str, **proof: str) -> str:
        credentials = {"email": self.canaries[f"{name}'s address"], "password": TEXTS["password"], **proof}
        token = self.call("POST", "/sessions", credentials, status=201)["token"]
        self.canaries |= {f"{name}'s token {len(self.canaries)}": token.partition(".")[2]}
        return token

    def enrol(self, name: str, token: str) -> str:
        """Turn on the second factor, and sign in again with a recovery code."""
        self.call("POST", "/security/totp", {"password": TEXTS["wrong_password"]}, status=401, token=token)
        known = {"password": TEXTS["password"]}
        secret = self.call("POST", "/security/totp", known, status=201, token=token)["secret"]
        code = pyotp.TOTP(secret).at(self.world.clock.now())
        codes = self.call("POST", "/security/totp/confirm", {"code": code}, status=200, token=token)["recovery_codes"]
        self.canaries |= {f"{name}'s factor": secret} | {f"recovery code {each}": each for each in codes}
        return self.sign_in(name, recovery_code=codes[0])

    def outbox(self) -> Iterator[str]:
        for row in self.world.dynamo.rows(f"{TABLE_PREFIX}-outbox"):
            yield json.dumps(row, default=str, ensure_ascii=False)

    def stored(self) -> Iterator[str]:
        """Return every value of every row of every table, keys and all."""
        tables = resources_of(read_template(DATA), "AWS::DynamoDB::Table").values()
        for table in tables:
            area = table["TableName"]["Fn::Sub"].removeprefix("aval-${Stage}")
            for row in self.world.dynamo.rows(TABLE_PREFIX + area):
                yield from _leaves(row)

    def replay(self) -> None:
        """Hand every message to its real function once more, and one that it cannot handle: their logs count too."""
        for queue, (module, handle) in CONSUMERS.items():
            consume = queue_consumer(module.__name__, handle, services=lambda: self.world.services)
            wanted = [text for text in self.queued.texts if json.loads(text)["kind"].startswith(ROUTES[queue])]
            for text in wanted:
                consume({"Records": [_record(text)]}, Context())
            with pytest.raises(BatchFailed):
                consume({"Records": [_record(json.dumps(TEXTS))]}, Context())


def _leaves(value: Any) -> Iterator[str]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | set | tuple) else None
    if parts is None:
        yield str(value)
    else:
        for part in parts:
            yield from _leaves(part)


def _record(body: str) -> dict[str, str]:
    return {"messageId": "msg-1", "body": body}


@pytest.fixture
def telling(world: World) -> Telling:
    return Telling(world)


def _live_through(telling: Telling) -> None:
    buyer, seller = telling.enrol("comprador", telling.person("comprador")), telling.person("vendedor")
    operator = _appoint(telling)
    telling.call("PATCH", "/account", {"display_name": TEXTS["renamed"]}, status=200, token=buyer)
    _open_shop(telling, seller)
    first, second = (_buy(telling, buyer, seller, number) for number in (1, 2))
    telling.call("POST", f"/orders/{second}/cancel", {"reason": TEXTS["cancellation"]}, status=200, token=buyer)
    _dispute(telling, first, buyer=buyer, seller=seller, operator=operator)
    telling.world.drain()
    for token in (buyer, seller):
        said = {"rating": 5, "text": TEXTS["review"]}
        telling.call("POST", f"/orders/{first}/reviews", said, status=201, token=token)
    _be_refused(telling, buyer, first)
    telling.call("DELETE", "/sessions", status=204, token=seller)
    telling.world.drain()


def _appoint(telling: Telling) -> str:
    """Let the administrator, whose address the deployment knows, make somebody a moderator."""
    admin = telling.enrol("administradora", telling.person("administradora", ADMIN_EMAIL))
    moderator = telling.enrol("operador", telling.person("operador"))
    account_id = telling.call("GET", "/account", status=200, token=moderator)["account_id"]
    role = {"role": "moderator", "reasons": TEXTS["reasons"]}
    path = f"/operator/accounts/{account_id}/roles"
    telling.call("POST", path, role, status=200, token=admin, key=TEXTS["idempotency_key"])
    return moderator


def _open_shop(telling: Telling, seller: str) -> None:
    form = {"legal_name": TEXTS["legal_name"], "kind": "trader", "country": "ES"}
    shop = telling.call("POST", "/sellers", form, status=201, token=seller)
    said = {name: TEXTS[name] for name in TRADER_FIELDS} | {"self_certified": True}
    telling.call("PUT", "/sellers/me/trader-data", said, status=200, token=seller)
    services = telling.world.services
    telling.world.stripe.finish_onboarding(services.sellers.of(shop["seller_id"]).stripe_account_id)
    telling.world.drain()


def _buy(telling: Telling, buyer: str, seller: str, number: int) -> str:
    """Bring one order to paid; the amount is one that the screening holds."""
    key = f"{TEXTS['idempotency_key']}-{number}"
    draft = {"title": TEXTS["title"], "description": TEXTS["description"], "category": "sports", "currency": "eur"}
    draft |= {"language": "es", "price_minor": 200_000, "stock": 1}
    listing = telling.call("POST", "/listings", draft, status=201, token=seller, key=key)["listing_id"]
    telling.call("POST", f"/listings/{listing}/publish", status=200, token=seller)
    cart = {"lines": [{"listing_id": listing, "quantity": 1}]}
    checkout = telling.call("POST", "/checkouts", cart, status=201, token=buyer, key=key)
    telling.canaries |= {f"client secret {number}": checkout["client_secret"]}
    confirm = telling.world.stripe_client().v1.payment_intents.confirm
    confirm(checkout["payment_intent_id"], {"payment_method": "pm_card_visa"})
    telling.world.drain()
    return checkout["orders"][0]["order_id"]


def _dispute(telling: Telling, order: str, *, buyer: str, seller: str, operator: str) -> None:
    parcel = {"carrier": TEXTS["carrier"], "tracking_number": TEXTS["tracking_number"]}
    telling.call("POST", f"/orders/{order}/shipment", parcel, status=200, token=seller)
    telling.call("POST", f"/orders/{order}/delivery", {"evidence": TEXTS["evidence"]}, status=200, token=operator)
    complaint = {"reason": "damaged", "statement": TEXTS["statement"]}
    opened = telling.call("POST", f"/orders/{order}/disputes", complaint, status=201, token=buyer)
    case = f"/disputes/{opened['dispute_id']}"
    file = {"content_type": "image/png", "size_bytes": 9, "sha256": "ab" * 32, "description": TEXTS["file"]}
    telling.call("POST", f"{case}/evidence", file, status=201, token=buyer)
    telling.call("POST", f"{case}/answer", {"statement": TEXTS["answer"]}, status=200, token=seller)
    telling.call("POST", f"/operator/holds/{order}/clear", {"reasons": TEXTS["reasons"]}, status=200, token=operator)
    telling.call("POST", f"{case}/escalate", status=200, token=buyer)
    award = {"refund_minor": 50_000, "clause": TEXTS["clause"], "reasons": TEXTS["reasons"]}
    telling.call("POST", f"{case}/decision", award, status=422, token=operator)  # no clause of the policy
    telling.call("POST", f"{case}/decision", award | {"clause": "5.2"}, status=200, token=operator)
    for party in (buyer, seller):
        telling.call("POST", f"{case}/accept-decision", status=200, token=party)


def _be_refused(telling: Telling, buyer: str, order: str) -> None:
    """Have canaries refused wherever a refusal could repeat them."""
    known = telling.canaries["comprador's address"]
    wrong = {"email": known, "password": TEXTS["wrong_password"]}
    telling.call("POST", "/sessions", wrong, status=401)
    telling.call("POST", "/sessions", wrong | {"more": TEXTS["unknown_value"]}, status=422)
    telling.call("POST", "/sessions", json.dumps(wrong)[:-1], status=400)
    telling.call("POST", "/signup", wrong | {"display_name": "\u202e" + TEXTS["display_name"]}, status=422)
    telling.call("POST", "/signup", wrong | {"display_name": TEXTS["display_name"], "locale": "fr"}, status=422)
    spent = {"token": telling.canaries["comprador's link"], "password": TEXTS["password"]}
    telling.call("POST", "/signup/verify", spent, status=422)
    telling.call("GET", "/account", status=401, token=f"acc_{'z' * 26}.{'k' * 43}")
    telling.call("GET", "/account", status=401, headers={"Authorization": f"Basic {TEXTS['unknown_value']}"})
    telling.call("GET", "/orders", status=422, token=buyer, query={"cursor": TEXTS["query"]})
    telling.call("GET", "/listings", status=422, query={"category": TEXTS["query"]})
    telling.call("POST", f"/orders/{order}/cancel", {"reason": TEXTS["cancellation"]}, status=409, token=buyer)
    telling.call("POST", "/webhooks/stripe", json.dumps(TEXTS), status=422, headers={"Stripe-Signature": "t=1,v1=0"})
    telling.api.get(f"/orders/{TEXTS['path']}", token=buyer)  # a problem names the address that was asked for


def _found(canaries: dict[str, str], texts: list[str]) -> list[str]:
    """Name the canaries that stand in any text, however JSON spells them."""
    whole = "\n".join(texts).casefold()
    spelt = {name: {text.casefold(), json.dumps(text)[1:-1].casefold()} for name, text in canaries.items()}
    return sorted(name for name, forms in spelt.items() if any(form in whole for form in forms))


def test_what_people_typed_appears_in_no_log_event_message_execution_or_problem(
    telling: Telling, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    _live_through(telling)
    telling.replay()
    logged = capsys.readouterr()

    places = {
        "log": [logged.out, logged.err],
        "outbox": list(telling.outbox()),
        "queue": telling.queued.texts,
        "execution": [*telling.executed.texts, str(telling.world.executions.machine.snapshot())],
        "problem": [reply.text for reply in telling.refused],
    }

    assert {place: found for place, texts in places.items() if (found := _found(telling.canaries, texts))} == {}
    assert all("".join(texts) for texts in places.values()), "an empty place proves nothing"
    assert logged.out.count("\n") > 100
    count = sum(len(texts) for texts in places.values()) + logged.out.count("\n")
    record_property("summary", f"canaries: {len(telling.canaries)} in none of {count} logs, events, messages, problems")


def test_what_people_typed_lies_in_no_table_as_they_typed_it_but_for_what_is_listed(telling: Telling) -> None:
    _live_through(telling)

    found = _found(telling.canaries, list(telling.stored()))

    assert (set(found) - set(PLAIN_AT_REST), set(PLAIN_AT_REST) - set(found)) == (set(), set())


def test_who_opens_a_field_or_looks_an_address_up_is_told_the_key_by_the_template(telling: Telling) -> None:
    _live_through(telling)

    functions = resources_of(read_template(TEMPLATE), "AWS::Serverless::Function").values()
    told = {Path(each["CodeUri"]).name: set(each.get("Environment", {}).get("Variables", {})) for each in functions}
    unable = {name for name in telling.openers if "DATA_KEY_ID" not in told.get(name, ())}
    blind = {name for name in telling.lookers if "BLIND_SECRET_ID" not in told.get(name, ())}
    assert (unable, blind) == (set(), set())
    assert {"signup", "account", "sellers"} <= telling.openers
    assert {"signup", "sessions"} <= telling.lookers


def test_every_personal_field_is_planted() -> None:
    assert set(PLANTED) | NOT_SEARCHED == PERSONAL_FIELDS | selling.SEALED


def test_a_canary_that_sings_is_heard() -> None:
    assert _found({"name": "Señal"}, ['{"a": "se\\u00f1al"}']) == ["name"]
    assert _found({"name": "Señal"}, ["x SEÑAL y"]) == ["name"]
    assert _found({"name": "Señal"}, ["other"]) == []
