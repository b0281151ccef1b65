"""What a seller does for services and files; the three trades are about goods, whose process refuses it."""

from tests.contract.authorisation.vocabulary import APPLICANT, BY_PARTIES, BY_SELLERS, VERIFIED, row

ORDER, REFUSED = "order_not_found", "409 order_transition_refused"
FILE = {"name": "manual.pdf", "content_type": "application/pdf", "size_bytes": 1_000, "sha256": "ab" * 32}

ROWS = (
    row(
        "POST /orders/{order_id}/done",
        APPLICANT,
        BY_SELLERS,
        thing="order",
        at="paid",
        gone=ORDER,
        body={"note": "It runs again."},
        but={"own seller seller2": REFUSED},
    ),
    row(
        "POST /orders/{order_id}/file",
        APPLICANT,
        BY_SELLERS,
        thing="order",
        at="paid",
        gone=ORDER,
        body=FILE,
        but={"own seller seller2": REFUSED},
    ),
    row(
        "POST /orders/{order_id}/available",
        APPLICANT,
        BY_SELLERS,
        thing="order",
        at="paid",
        gone=ORDER,
        body=FILE,
        but={"own seller seller2": REFUSED},
    ),
    row(
        "GET /orders/{order_id}/file",
        VERIFIED,
        BY_PARTIES,
        thing="order",
        at="paid",
        gone=ORDER,
        but={"own buyer seller buyer2 seller2 party": "404 file_not_found"},
    ),
)
