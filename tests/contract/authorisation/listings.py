"""What is offered, and what its seller does with it."""

from tests.contract.authorisation.vocabulary import (
    BY_ANYBODY,
    BY_SELLERS,
    MAYBE_SIGNED_IN,
    PUBLIC,
    SELLER,
    row,
    thing,
)

THINGS = {"draft": thing("lst"), "on_sale": thing("lst")}
GONE = "listing_not_found"
PHOTO = {"content_type": "image/png", "size_bytes": 1_000, "sha256": "ab" * 32}

ROWS = (
    row("POST /listings", SELLER, body={"title": "Lamp", "currency": "eur", "language": "en"}),
    row("GET /listings", PUBLIC),
    row("GET /listings/mine", SELLER),
    row("GET /listings/{listing_id}", MAYBE_SIGNED_IN, BY_ANYBODY, thing="on_sale", gone=GONE),
    row("GET /listings/{listing_id}", MAYBE_SIGNED_IN, BY_SELLERS, thing="draft", gone=GONE),
    row("PATCH /listings/{listing_id}", SELLER, BY_SELLERS, thing="draft", gone=GONE, body={"title": "Another lamp"}),
    row("POST /listings/{listing_id}/publish", SELLER, BY_SELLERS, thing="draft", gone=GONE),
    row("POST /listings/{listing_id}/withdraw", SELLER, BY_SELLERS, thing="on_sale", gone=GONE),
    row("POST /listings/{listing_id}/photos", SELLER, BY_SELLERS, thing="draft", gone=GONE, body=PHOTO),
)
