import json
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

import pytest
import stripe

from infra.local.stripe import Endpoint, LocalStripe
from infra.local.stripe.__main__ import main
from infra.local.stripe.courier import post
from infra.local.stripe.ledger import Line
from infra.local.stripe.server import LocalServer
from tests.local_stripe.shop import Receiver, Shop

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hooks():
    """A webhook receiver behind HTTP: (url, queue of what came in)."""
    arrived = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            arrived.put((raw, dict(self.headers.items())))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hooks", arrived
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server(clock, description, hooks):
    endpoints = [Endpoint(hooks[0]), Endpoint(hooks[0], connect=True)]
    server = LocalServer(LocalStripe(clock=clock, webhooks=endpoints, check=description))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def remote(server, clock):
    """A shop whose client goes through HTTP."""
    shop = Shop(server.core, clock)
    http = stripe.RequestsClient()
    addresses = {"api": server.url, "files": server.url, "connect": server.url}
    shop.client = stripe.StripeClient("sk_test_x", base_addresses=addresses, http_client=http)
    shop.api = shop.client.v1
    yield shop
    http.close()


class Page(urllib.request.HTTPRedirectHandler):
    """Fetches without following redirects; errors are answers too."""

    def redirect_request(self, *_args, **_options):
        return None

    def __call__(self, url, data=None, method=None, **headers):
        request = urllib.request.Request(url, data=data, headers=headers, method=method)  # noqa: S310 (loopback)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), self)
        try:
            with opener.open(request, timeout=10) as answer:
                return answer.status, dict(answer.headers.items()), answer.read().decode()
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, dict(answer.headers.items()), answer.read().decode()


fetch = Page()


def control(server, name, **given):
    status, _, text = fetch(f"{server.url}/_local/{name}", data=json.dumps(given).encode())
    assert status == 200, text
    return json.loads(text)


def test_the_whole_story_runs_over_http(remote):
    seller = remote.seller()
    charge = remote.charge(10_000)
    transfer = remote.transfer(seller, 9_000, source_transaction=charge.id)
    remote.api.transfers.reversals.create(transfer.id, {"amount": 1_000})
    remote.api.refunds.create({"charge": charge.id, "amount": 1_000})

    assert remote.held(seller) == (0, 8_000)
    assert remote.held() == (0, 825)


def test_webhooks_arrive_by_themselves_signed(remote, hooks, clock):
    receiver = Receiver(clock)
    remote.pay()

    for _ in range(3):
        raw, headers = hooks[1].get(timeout=10)
        assert receiver(raw, headers) == 200

    assert receiver.types == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def test_a_receivers_refusal_or_redirect_is_its_answer(server, remote):
    seller = remote.seller(ready=False)
    urls = {"refresh_url": "http://shop.test/again", "return_url": "http://shop.test/back"}
    link = remote.api.account_links.create({"account": seller, "type": "account_onboarding", **urls}).url

    assert post(Endpoint(f"{server.url}/_local/nothing"), b"{}", {}) == 404
    assert post(Endpoint(link), b"", {}) == 303
    assert post(Endpoint(), b"{}", {}) == 200
    with pytest.raises(ValueError, match="loopback"):
        post(Endpoint("http://example.com"), b"{}", {})


def test_a_receiver_that_does_not_speak_http_is_a_broken_connection():
    with socket.create_server(("127.0.0.1", 0)) as mute:

        def mumble():
            connection, _ = mute.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"mumble\r\n\r\n")

        thread = threading.Thread(target=mumble)
        thread.start()
        with pytest.raises(ConnectionError):
            post(Endpoint(f"http://127.0.0.1:{mute.getsockname()[1]}/"), b"{}", {})
        thread.join()


def test_a_lost_answer_is_a_connection_that_closes(remote):
    remote.core.inject(fault="answer_lost", path_prefix="/v1/customers")

    with pytest.raises(stripe.APIConnectionError):
        remote.api.customers.create()
    assert len(remote.core.objects("customer")) == 1


def test_declines_come_through_as_they_do_in_process(remote):
    with pytest.raises(stripe.CardError) as refused:
        remote.pay(card="pm_card_chargeDeclinedLostCard")
    assert refused.value.error.decline_code == "lost_card"


def test_a_seller_onboards_by_pressing_the_button(remote):
    seller = remote.seller(ready=False)
    urls = {"refresh_url": "http://shop.test/again", "return_url": "http://shop.test/back"}
    link = remote.api.account_links.create({"account": seller, "type": "account_onboarding", **urls}).url

    status, headers, page = fetch(link)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "external_account" in page
    status, headers, _ = fetch(link, data=b"")

    assert (status, headers["Location"]) == (303, "http://shop.test/back")
    assert remote.api.accounts.retrieve(seller).details_submitted


def test_an_expired_or_forged_onboarding_link_onboards_nobody(remote, clock):
    seller = remote.seller(ready=False)
    urls = {"refresh_url": "http://shop.test/again", "return_url": "http://shop.test/back"}
    link = remote.api.account_links.create({"account": seller, "type": "account_onboarding", **urls}).url

    assert fetch(link + "x", data=b"")[0] == 404
    clock.move(minutes=5)
    assert fetch(link)[1]["Location"] == "http://shop.test/again"
    assert fetch(link, data=b"")[1]["Location"] == "http://shop.test/again"
    assert not remote.api.accounts.retrieve(seller).details_submitted


@pytest.mark.parametrize(
    ("outcome", "status", "told"), [("pass", "succeeded", "succeeded"), ("fail", "requires_payment_method", "failed")]
)
def test_a_buyer_answers_the_prompt_and_is_sent_back(remote, outcome, status, told):
    intent = remote.pay(card="pm_card_authenticationRequired", return_url="http://shop.test/done?order=1")
    url = intent.next_action.redirect_to_url.url
    assert "Confirm this payment" in fetch(url)[2]

    code, headers, _ = fetch(url, data=f"outcome={outcome}".encode())

    assert code == 303
    assert headers["Location"].startswith("http://shop.test/done?order=1&payment_intent=")
    assert headers["Location"].endswith(f"redirect_status={told}")
    assert remote.api.payment_intents.retrieve(intent.id).status == status


def test_a_seller_looks_at_the_dashboard(remote):
    seller = remote.seller()
    remote.core.add_funds("eur", 1_234, seller)

    assert "1234 eur available" in fetch(remote.api.accounts.login_links.create(seller).url)[2]


def test_the_prompt_needs_nowhere_to_go_back_to(remote):
    intent = remote.pay(card="pm_card_authenticationRequired")

    status, _, text = fetch(intent.next_action.use_stripe_sdk.stripe_js, data=b"outcome=pass")

    assert (status, json.loads(text)) == (200, {"status": "succeeded"})


def test_people_time_and_trouble_are_controlled_over_http(server, remote):
    seller = remote.seller(ready=False)
    control(server, "finish_onboarding", account=seller, currently_due=[])
    intent = remote.pay(card="pm_card_authenticationRequired")
    control(server, "complete_3ds", intent=intent.id, success=True)
    charge = remote.api.payment_intents.retrieve(intent.id).latest_charge
    control(server, "advance", days=3)
    dispute = control(server, "open_dispute", charge=charge, reason="product_not_received")
    control(server, "close_dispute", dispute=dispute["id"], won=True)
    control(server, "add_funds", currency="eur", amount=1_500)
    control(server, "inject", fault="error_500", path_prefix="/v1/customers")
    control(server, "clear_faults")
    remote.api.customers.create()
    control(server, "webhook_modes", modes=["dropped"])
    control(server, "redeliver", event=remote.core.events()[0]["id"])
    control(server, "flush")

    _, _, text = fetch(f"{server.url}/_local/summary")

    assert json.loads(text)["balances"]["platform"]["eur"] == {"available": 9_825, "pending": 0}
    assert json.loads(text)["webhooks"]["modes"] == ["dropped"]


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/_local/health", None, 200),
        ("/_local/nothing", None, 404),
        ("/_local/nothing", b"{}", 404),
        ("/_local/inject", b'{"fault": "explode"}', 400),
        ("/_local/inject", b"not json", 400),
        ("/_local/close_dispute", b'{"dispute": "dp_none", "won": true}', 404),
    ],
)
def test_a_wrong_control_call_says_what_is_wrong(server, path, data, status):
    assert fetch(server.url + path, data=data)[0] == status


def test_only_the_browsers_two_operations_are_open_to_other_origins(server):
    allowed = "Access-Control-Allow-Origin"
    confirm = f"{server.url}/v1/payment_intents/pi_x/confirm"

    assert fetch(confirm, method="OPTIONS")[1][allowed] == "*"
    assert fetch(confirm, data=b"")[1][allowed] == "*"
    assert allowed not in fetch(f"{server.url}/v1/refunds", method="OPTIONS")[1]
    assert allowed not in fetch(f"{server.url}/_local/summary")[1]


def test_a_foreign_host_name_is_turned_away(server):
    assert fetch(f"{server.url}/_local/health", Host="evil.test")[0] == 403


def test_only_loopback_is_served(server):
    assert server.server_address[0] == "127.0.0.1"


@pytest.fixture
def program():
    """Start the server as its own process; whatever is left running is ended."""
    started = []

    def start(*options):
        command = [sys.executable, "-m", "infra.local.stripe", "--port", "0", *options]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)  # noqa: S603 (our own)
        started.append(process)
        return process, process.stderr.readline().split()[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_program_keeps_its_state_and_ends_cleanly(program, tmp_path, number):
    options = ["--check", "--state", str(tmp_path / "state.json")]
    secret = "Bearer sk_test_x"
    answers = []
    for _ in range(2):
        process, url = program(*options)
        key = {"Authorization": secret, "Idempotency-Key": "once"}
        answers.append(fetch(f"{url}/v1/customers", data=b"name=Ada", **key)[2])
        listed = json.loads(fetch(f"{url}/v1/customers", Authorization=secret)[2])
        process.send_signal(number)
        assert process.wait(timeout=10) == 0

    assert answers[0] == answers[1]
    assert [customer["id"] for customer in listed["data"]] == [json.loads(answers[0])["id"]]


def test_webhooks_to_the_outside_world_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--webhook-url", "http://example.com/hook"])
    assert "--webhook-url" in capsys.readouterr().err


def test_a_fault_of_the_server_itself_is_shown_and_not_hidden(server, remote, capsys):
    remote.core.world.books.ledger.post(
        Line("platform", "available", "eur", 5), Line("outside:banks", "open", "eur", -5)
    )

    with pytest.raises(stripe.APIError, match="LedgerBroken"):
        remote.api.customers.create()
    assert "LedgerBroken" in capsys.readouterr().err
