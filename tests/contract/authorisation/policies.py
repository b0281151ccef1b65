"""Policies: anybody reads them."""

from tests.contract.authorisation.vocabulary import PUBLIC, row

ROWS = (
    row("GET /policies", PUBLIC),
    row("GET /policies/{policy_id}", PUBLIC, path={"policy_id": "orders"}),
)
