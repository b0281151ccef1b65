"""What the suites of one store share: the store on both DynamoDBs, and a way to write to it."""

import pytest

from marketplace.storage.transaction import DynamoTransactions
from tests.stores.backends import NAMES, backend_of


@pytest.fixture(params=NAMES)
def store(request):
    """The store that the suite is about (its STORE), with the real tables."""
    with backend_of(request.param):
        yield request.module.STORE()


@pytest.fixture
def commit(store):
    """Commit writes in one transaction."""
    transactions = DynamoTransactions(pause=lambda _: None)
    return lambda *writes: transactions.commit(writes)
