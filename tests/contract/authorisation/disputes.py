"""What buyer and seller do with a dispute between them, what a loser may do then, and claims."""

from marketplace.orders.process import LATEST
from tests.contract.authorisation.vocabulary import (
    BUYER,
    BY_BUYERS,
    BY_PARTIES,
    BY_STAFF,
    MODERATOR,
    OK,
    PUBLIC,
    STAFF,
    VERIFIED,
    both,
    reach,
    row,
)

ORDER, DISPUTE, FILE_GONE = "order_not_found", "dispute_not_found", "404 evidence_not_found"
PARTIES = "buyer seller buyer2 seller2 party"
REFUSED = "409 order_transition_refused"
EVERYBODY_IN = f"{PARTIES} support moderator finance admin plain"
NOTHING = "409 nothing_to_appeal"
FILE = {"content_type": "image/png", "size_bytes": 1_000, "sha256": "ab" * 32, "description": "The box."}
OFFER = {"refund_minor": 1_000, "expires_in_hours": 24}
VERDICT = {"refund_minor": 0, "clause": "5.2", "reasons": "The photos show it."}
AGREED = OK if LATEST > 1 else REFUSED  # the first version of the process knows no offers


def of_offer(deed: str) -> object:
    return row(
        f"POST /disputes/{{dispute_id}}/offers/{{offer_id}}/{deed}",
        VERIFIED,
        BY_PARTIES,
        thing="dispute",
        at="disputed",
        gone=DISPUTE,
        path={"offer_id": "off_none"},
        but={f"own {PARTIES}": "404 offer_not_found"},
    )


def by_parties(route: str, word: str, at: str = "disputed", **given: object) -> object:
    return row(route, VERIFIED, BY_PARTIES, thing="dispute", at=at, gone=DISPUTE, but={f"own {PARTIES}": word}, **given)


ROWS = (
    by_parties("POST /disputes/{dispute_id}/offers", AGREED, body=OFFER),
    of_offer("accept"),
    of_offer("decline"),
    of_offer("withdraw"),
    row(
        "POST /disputes/{dispute_id}/messages",
        VERIFIED,
        both(BY_PARTIES, BY_STAFF),
        thing="dispute",
        at="disputed",
        gone=DISPUTE,
        body={"text": "Please look at the photo."},
    ),
    row(
        "GET /disputes/{dispute_id}/messages",
        VERIFIED,
        both(BY_PARTIES, BY_STAFF),
        thing="dispute",
        at="disputed",
        gone=DISPUTE,
    ),
    by_parties("POST /disputes/{dispute_id}/messages/read", OK, body={"number": 1}),
    by_parties("POST /disputes/{dispute_id}/escalate", REFUSED),
    row(
        "POST /disputes/{dispute_id}/drop",
        BUYER,
        BY_BUYERS,
        thing="dispute",
        at="disputed",
        gone=DISPUTE,
        but={"own buyer buyer2 party": AGREED},
    ),
    by_parties(
        "POST /disputes/{dispute_id}/evidence/{evidence_id}/confirm", FILE_GONE, path={"evidence_id": "evd_none"}
    ),
    row(
        "GET /disputes/{dispute_id}/evidence/{evidence_id}",
        VERIFIED,
        reach(own=f"{PARTIES} moderator", foreign="moderator party"),
        thing="dispute",
        at="disputed",
        gone=DISPUTE,
        path={"evidence_id": "evd_none"},
        but={f"own {PARTIES} moderator": FILE_GONE, "foreign moderator party": FILE_GONE},
        told="support moderator finance admin party",
    ),
    by_parties("POST /disputes/{dispute_id}/accept-decision", NOTHING),
    by_parties("POST /disputes/{dispute_id}/appeal", NOTHING, body={"statement": "Look again."}),
    row(
        "POST /disputes/{dispute_id}/appeal/decision",
        MODERATOR,
        BY_STAFF,
        thing="dispute",
        at="answered",
        gone=DISPUTE,
        body=VERDICT,
        but={"own moderator": NOTHING, "foreign moderator party": NOTHING, "own party": "case"},
        told="moderator party",
    ),
    row(
        "GET /operator/disputes/{dispute_id}/precedents",
        STAFF,
        BY_STAFF,
        thing="dispute",
        at="disputed",
        gone=DISPUTE,
    ),
    row("GET /claims/policy", PUBLIC),
    row("GET /claims", VERIFIED),
    row(
        "POST /claims/appeal",
        VERIFIED,
        body={"statement": "I was unlucky."},
        but={EVERYBODY_IN: "404 claim_limit_not_found"},
    ),
    row(
        "POST /operator/claims/{account_id}/decision",
        MODERATOR,
        path={"account_id": "acc_none"},
        body={"outcome": "lift", "reasons": "They were unlucky."},
        but={"moderator party": "404 claim_limit_not_found"},
    ),
    row(
        "POST /orders/{order_id}/claims/evidence",
        BUYER,
        BY_BUYERS,
        thing="order",
        at="shipped",
        gone=ORDER,
        body=FILE,
    ),
    row(
        "POST /orders/{order_id}/claims/evidence/{evidence_id}/confirm",
        BUYER,
        BY_BUYERS,
        thing="order",
        at="shipped",
        gone=ORDER,
        path={"evidence_id": "evd_none"},
        but={"own buyer buyer2 party": FILE_GONE},
    ),
)
