from concurrent.futures import ThreadPoolExecutor

from infra.local.stripe import LocalStripe

KEY = {"Authorization": "Bearer sk_test_x"}
INTENT = "amount=1000&currency=eur&confirm=true&payment_method=pm_card_bypassPending&return_url=http%3A%2F%2Fx"


def test_the_twin_of_a_running_request_is_told_to_wait():
    core = LocalStripe()
    headers = {**KEY, "Idempotency-Key": "k1"}
    gate = core.hold(path_prefix="/v1/customers")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(core.handle, "POST", "/v1/customers", headers, "name=Ada")
        assert gate.entered.wait(10)

        twin = core.handle("POST", "/v1/customers", headers, "name=Ada")

        gate.release()
        answer = first.result()
    assert (twin.status, twin.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    assert answer.status == 200
    assert core.handle("POST", "/v1/customers", headers, "name=Ada").body == answer.body


def test_other_requests_pass_while_one_is_held():
    core = LocalStripe()
    gate = core.hold(path_prefix="/v1/customers")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(core.handle, "POST", "/v1/customers", KEY, "name=Ada")
        assert gate.entered.wait(10)

        assert core.handle("GET", "/v1/balance", KEY).status == 200

        gate.release()
        assert first.result().status == 200


def test_many_threads_leave_the_books_balanced():
    core = LocalStripe()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: core.handle("POST", "/v1/payment_intents", KEY, INTENT), range(64)))

    assert {answer.status for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 64
    assert core.balances()["platform"]["eur"]["available"] == 64 * 960
    core.audit()


def test_of_many_racing_transfers_only_what_the_charge_has_gets_through():
    core = LocalStripe()
    seller = core.handle("POST", "/v1/accounts", KEY, "type=express&capabilities[transfers][requested]=true").json()
    core.finish_onboarding(seller["id"])
    charge = core.handle("POST", "/v1/payment_intents", KEY, INTENT).json()["latest_charge"]
    body = f"amount=300&currency=eur&destination={seller['id']}&source_transaction={charge}"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: core.handle("POST", "/v1/transfers", KEY, body), range(8)))

    assert sorted(answer.status for answer in answers) == [200] * 3 + [400] * 5
    core.audit()
