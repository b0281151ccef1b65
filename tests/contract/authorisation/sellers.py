"""Becoming a seller, and what everybody sees of one."""

from tests.contract.authorisation.vocabulary import APPLICANT, BY_ANYBODY, PUBLIC, VERIFIED, row, thing

THINGS = {"seller": thing("acc"), "buyer": thing("acc")}

ROWS = (
    row(
        "POST /sellers",
        VERIFIED,
        body={"legal_name": "Somebody", "kind": "trader", "country": "ES"},
        but={"seller seller2": "409 seller_already_applied"},
    ),
    row("GET /sellers/me", APPLICANT),
    row(
        "POST /sellers/me/onboarding",
        APPLICANT,
        body={"return_url": "https://aval.example/a", "refresh_url": "https://aval.example/b"},
    ),
    row("GET /sellers/{seller_id}", PUBLIC, BY_ANYBODY, thing="seller", gone="seller_not_found"),
)
