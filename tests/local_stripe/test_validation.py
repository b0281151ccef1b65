import base64

import pytest
import stripe

SECRET = {"Authorization": "Bearer sk_test_x"}
INTENT = {"amount": "1000", "currency": "eur"}


def refused(core, path, **params):
    body = "&".join(f"{name}={value}" for name, value in params.items())
    answer = core.handle("POST", path, SECRET, body)
    assert answer.status == 400, answer.body
    return answer.json()["error"]


@pytest.mark.parametrize("header", [{}, {"Authorization": ""}, {"Authorization": "Bearer nonsense"}])
def test_without_a_test_key_nothing_is_answered(core, header):
    assert core.handle("GET", "/v1/balance", header).status == 401


@pytest.mark.parametrize("key", ["sk_live_abc", "pk_live_abc", "rk_live_abc"])
def test_live_keys_are_refused(core, key):
    answer = core.handle("GET", "/v1/balance", {"Authorization": f"Bearer {key}"})

    assert answer.status == 401
    assert "live key" in answer.json()["error"]["message"]


def test_basic_authentication_works_as_with_curl(core):
    word = base64.b64encode(b"sk_test_x:").decode()

    assert core.handle("GET", "/v1/balance", {"Authorization": f"Basic {word}"}).status == 200
    assert core.handle("GET", "/v1/balance", {"Authorization": "Basic ???"}).status == 401


def test_an_operation_that_is_not_modelled_says_so(shop):
    with pytest.raises(stripe.APIError) as gap:
        shop.api.products.list()
    assert gap.value.http_status == 501
    assert "GET /v1/products" in str(gap.value)


def test_direct_charges_on_a_connected_account_are_not_modelled(shop):
    with pytest.raises(stripe.APIError) as gap:
        shop.api.payment_intents.create({"amount": 900, "currency": "eur"}, {"stripe_account": shop.seller()})
    assert gap.value.http_status == 501


@pytest.mark.parametrize("name", ["nonsense", "payment_method_types[0]", "transfer_data[destination]"])
def test_an_unknown_parameter_is_named_and_never_ignored(core, name):
    error = refused(core, "/v1/payment_intents", **INTENT, **{name: "x"})

    assert error["code"] == "parameter_unknown"
    assert error["param"] == name.partition("[")[0]


def test_an_unknown_nested_parameter_is_named_in_full(core):
    error = refused(core, "/v1/accounts", type="express", **{"business_profile[colour]": "red"})

    assert (error["code"], error["param"]) == ("parameter_unknown", "business_profile[colour]")


@pytest.mark.parametrize("name", ["amount", "currency"])
def test_a_missing_parameter_is_named(core, name):
    given = {key: value for key, value in INTENT.items() if key != name}

    error = refused(core, "/v1/payment_intents", **given)

    assert (error["code"], error["param"]) == ("parameter_missing", name)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("0", "parameter_invalid_integer"),
        ("-5", "parameter_invalid_integer"),
        ("1.5", "parameter_invalid_integer"),
        ("1e3", "parameter_invalid_integer"),
        (" 500", "parameter_invalid_integer"),
        ("ten", "parameter_invalid_integer"),
        ("", "parameter_invalid_empty"),
        ("100000000", "amount_too_large"),
        ("49", "amount_too_small"),
    ],
)
def test_amounts_that_cannot_be_charged_are_refused(core, amount, code):
    error = refused(core, "/v1/payment_intents", currency="eur", amount=amount)

    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, "amount")


def test_the_largest_and_the_smallest_amounts_pass(shop):
    assert shop.intent(99_999_999).amount == 99_999_999
    assert shop.intent(50).amount == 50


@pytest.mark.parametrize("currency", ["zzz", "euro", "e"])
def test_an_unknown_currency_is_refused(core, currency):
    assert refused(core, "/v1/payment_intents", amount="900", currency=currency)["param"] == "currency"


@pytest.mark.parametrize(
    ("path", "params", "param"),
    [
        ("/v1/payment_intents", {**INTENT, "confirm": "yes"}, "confirm"),
        ("/v1/payment_intents", {**INTENT, "capture_method": "never"}, "capture_method"),
        ("/v1/payment_intents", {**INTENT, "metadata": "x"}, "metadata"),
        ("/v1/payment_intents", {**INTENT, "off_session": "true"}, "off_session"),
        ("/v1/payment_intents", {**INTENT, "shipping": "here"}, "shipping"),
        ("/v1/customers", {"preferred_locales": "de"}, "preferred_locales"),
        ("/v1/customers", {"name[first]": "Ada"}, "name"),
        ("/v1/customers", {"phone": "1" * 21}, "phone"),
        ("/v1/account_links", {"account": "acct_x", "type": "custom"}, "type"),
        ("/v1/payment_methods", {"type": "card"}, "card"),
        ("/v1/payment_methods", {"type": "card", "card[token]": "tok_none"}, "card[token]"),
    ],
)
def test_a_wrong_type_is_refused_by_name(core, path, params, param):
    assert refused(core, path, **params)["param"] == param


def test_metadata_has_limits(core):
    many = {f"metadata[k{n}]": "v" for n in range(51)}

    assert "50 keys" in refused(core, "/v1/customers", **many)["message"]
    assert "40 characters" in refused(core, "/v1/customers", **{f"metadata[{'k' * 41}]": "v"})["message"]
    assert "500 characters" in refused(core, "/v1/customers", **{"metadata[k]": "v" * 501})["message"]


def test_metadata_is_merged_and_emptied(shop):
    customer = shop.api.customers.create({"metadata": {"a": "1", "b": "2"}})
    customer = shop.api.customers.update(customer.id, {"metadata": {"a": "", "7": "x"}})
    assert customer.metadata.to_dict() == {"b": "2", "7": "x"}

    assert shop.api.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}


def test_an_empty_string_unsets_what_can_be_unset(shop):
    customer = shop.api.customers.create({"name": "Ada", "address": {"city": "Kiel"}})

    customer = shop.api.customers.update(customer.id, {"name": "", "address": ""})

    assert (customer.name, customer.address) == (None, None)


def test_a_mangled_form_is_refused(core):
    assert core.handle("POST", "/v1/customers", SECRET, "[a]=1").status == 400
    assert core.handle("POST", "/v1/customers", SECRET, "name=1&name=2").status == 400
    assert core.handle("POST", "/v1/customers", SECRET, "name=1&name[x]=2").status == 400
    assert core.handle("POST", "/v1/customers?name=1", SECRET, "name=2").status == 400


def test_every_answer_carries_a_request_id(core):
    good = core.handle("GET", "/v1/balance", SECRET)
    bad = core.handle("GET", "/v1/nowhere", SECRET)

    assert good.headers["Request-Id"] != bad.headers["Request-Id"]


def test_an_id_in_the_path_that_names_nothing_is_not_found(shop):
    with pytest.raises(stripe.InvalidRequestError) as lost:
        shop.api.transfers.retrieve("tr_none")
    assert (lost.value.http_status, lost.value.code) == (404, "resource_missing")


def test_an_id_of_another_kind_names_nothing(shop):
    with pytest.raises(stripe.InvalidRequestError):
        shop.api.transfers.retrieve(shop.intent().id)
