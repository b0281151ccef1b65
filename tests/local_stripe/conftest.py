import pytest

from infra.local.stripe import LocalStripe
from infra.local.stripe.contract import Description, official_description
from tests.local_stripe.shop import Clock, Receiver, Shop


@pytest.fixture(scope="session")
def description() -> Description:
    return official_description()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def core(clock: Clock, description: Description) -> LocalStripe:
    """A fresh local Stripe; all that passes is compared with Stripe's own description."""
    return LocalStripe(clock=clock, seed=7, check=description)


@pytest.fixture
def shop(core: LocalStripe, clock: Clock) -> Shop:
    return Shop(core, clock)


@pytest.fixture
def receiver(clock: Clock) -> Receiver:
    return Receiver(clock)
