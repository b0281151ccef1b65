import pytest
import stripe

from infra.local.stripe import LocalTransport
from tests.local_stripe.shop import Shop


@pytest.fixture
def patient(shop, monkeypatch):
    """A client that retries twice, without waiting."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)
    patient = Shop(shop.core, shop.clock)
    patient.client = stripe.StripeClient("sk_test_x", http_client=LocalTransport(shop.core), max_network_retries=2)
    patient.api = patient.client.v1
    return patient


def calls(shop, path):
    return shop.core.requests.count(("POST", path))


def test_a_lost_answer_means_the_work_was_done(shop):
    shop.core.inject(fault="answer_lost", path_prefix="/v1/customers")

    with pytest.raises(stripe.APIConnectionError):
        shop.api.customers.create()
    assert len(shop.core.objects("customer")) == 1


def test_a_retry_after_a_lost_answer_gets_the_same_object(patient):
    patient.core.inject(fault="answer_lost", path_prefix="/v1/customers")

    customer = patient.api.customers.create({"name": "Ada"})

    assert [c["id"] for c in patient.core.objects("customer")] == [customer.id]
    assert calls(patient, "/v1/customers") == 2


def test_a_replayed_answer_can_be_lost_as_well(patient):
    patient.core.inject(fault="answer_lost", path_prefix="/v1/customers", times=2)

    customer = patient.api.customers.create({"name": "Ada"})

    assert [c["id"] for c in patient.core.objects("customer")] == [customer.id]
    assert calls(patient, "/v1/customers") == 3


@pytest.mark.parametrize("fault", ["error_500", "timeout", "conflict_409"])
def test_a_failure_before_the_work_is_retried_to_success(patient, fault):
    patient.core.inject(fault=fault, path_prefix="/v1/customers", times=2)

    patient.api.customers.create()

    assert calls(patient, "/v1/customers") == 3
    assert len(patient.core.objects("customer")) == 1


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        ("error_500", stripe.APIError, 500),
        ("conflict_409", stripe.APIError, 409),
        ("limited_429", stripe.RateLimitError, 429),
    ],
)
def test_each_fault_looks_like_the_real_one(shop, fault, error, status):
    shop.core.inject(fault=fault)

    with pytest.raises(error) as failed:
        shop.api.customers.create()
    assert failed.value.http_status == status
    assert shop.core.objects("customer") == []
    assert shop.api.customers.create().id


def test_a_rate_limit_is_not_retried_unless_the_server_says_so(patient):
    patient.core.inject(fault="limited_429", path_prefix="/v1/customers")
    with pytest.raises(stripe.RateLimitError):
        patient.api.customers.create()
    assert calls(patient, "/v1/customers") == 1

    patient.core.inject(fault="limited_429", path_prefix="/v1/customers", should_retry=True)
    patient.api.customers.create()
    assert calls(patient, "/v1/customers") == 3


def test_the_server_can_advise_against_a_retry(patient):
    patient.core.inject(fault="error_500", path_prefix="/v1/customers", should_retry=False)

    with pytest.raises(stripe.APIError):
        patient.api.customers.create()
    assert calls(patient, "/v1/customers") == 1


def test_a_fault_waits_for_its_own_path(shop):
    shop.core.inject(fault="error_500", path_prefix="/v1/transfers")

    assert shop.api.customers.create().id


def test_faults_can_be_called_off(shop):
    shop.core.inject(fault="error_500", times=100)
    shop.core.faults.clear()

    assert shop.api.customers.create().id


def test_a_misspelt_fault_is_refused(shop):
    with pytest.raises(ValueError, match="no such fault"):
        shop.core.inject(fault="explode")
