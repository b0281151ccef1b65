from urllib.parse import urlencode

import pytest

BROWSER = {"Authorization": "Bearer pk_test_x"}


def browse(core, method, path, **params):
    text = urlencode(params)
    if method == "GET":
        return core.handle("GET", f"{path}?{text}", BROWSER)
    return core.handle("POST", path, BROWSER, text)


def test_a_browser_confirms_with_the_client_secret(shop):
    intent = shop.intent(metadata={"internal": "note"})

    answer = browse(
        shop.core,
        "POST",
        f"/v1/payment_intents/{intent.id}/confirm",
        client_secret=intent.client_secret,
        payment_method="pm_card_visa",
    )

    assert answer.status == 200
    assert answer.json()["status"] == "succeeded"
    assert not answer.json().keys() & {"metadata", "customer", "latest_charge", "transfer_group"}
    assert shop.held() == (0, 9_825)


def test_a_browser_reads_the_intent_it_holds_the_secret_of(shop):
    intent = shop.intent()
    path = f"/v1/payment_intents/{intent.id}"

    assert browse(shop.core, "GET", path, client_secret=intent.client_secret).json()["id"] == intent.id
    assert browse(shop.core, "GET", path, client_secret=f"{intent.id}_secret_wrong").status == 400
    assert browse(shop.core, "GET", path).status == 401


def test_a_browser_cannot_confirm_without_the_secret(shop):
    intent = shop.intent()
    path = f"/v1/payment_intents/{intent.id}/confirm"

    assert browse(shop.core, "POST", path, payment_method="pm_card_visa").status == 401
    wrong = browse(shop.core, "POST", path, payment_method="pm_card_visa", client_secret="x")
    assert wrong.status == 400
    assert shop.api.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_an_intent_kept_for_the_server_is_not_confirmed_by_a_browser(shop):
    intent = shop.intent(confirmation_method="manual")

    answer = browse(
        shop.core,
        "POST",
        f"/v1/payment_intents/{intent.id}/confirm",
        client_secret=intent.client_secret,
        payment_method="pm_card_visa",
    )

    assert answer.status == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/payment_intents"),
        ("GET", "/v1/payment_intents"),
        ("POST", "/v1/payment_intents/pi_x/capture"),
        ("POST", "/v1/refunds"),
        ("POST", "/v1/transfers"),
        ("GET", "/v1/balance"),
    ],
)
def test_a_publishable_key_may_do_nothing_else(core, method, path):
    answer = browse(core, method, path, amount="1")

    assert answer.status == 401
    assert answer.json()["error"]["code"] == "secret_key_required"
