"""Who may do what to whose object: the whole of it, as one table that test_authorisation.py executes cell by cell.

Three trades stand beside each other: `buyer` bought from `seller`, `buyer2` from `seller2`, and `party`, an operator,
from `seller`. For these five, `own` is an object of their own trade and `foreign` one of another; for anybody else
`own` is the buyer's (their own where everybody has one: sessions). `missing` is an id that nothing has.

    anon      no token                                   unver     e-mail not confirmed; would else be a seller
    oper      operator with a second factor              susp      suspended; would else be operator and seller
    party     the same, who is also a buyer              revok     an operator's and seller's token, after revocation
    plain     operator without a second factor           forged    the buyer's id with a made-up secret
                                                         broken    not a token at all

A line without a space before it names the route, the object that it is about, how far the trades have come, and the
code that says "there is no such thing". A word in a cell is what CODES says; `ok` is the route's own success.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ROLES = (
    *("anon", "buyer", "seller", "buyer2", "seller2", "oper", "party", "plain"),
    *("unver", "susp", "revok", "forged", "broken"),
)
OWN, FOREIGN, MISSING, NONE = "own", "foreign", "missing", "-"
OK, GONE = "ok", "gone"

CODES: Mapping[str, tuple[int, str]] = {
    "in": (401, "unauthenticated"),
    "token": (401, "token_malformed"),
    "susp": (403, "account_suspended"),
    "mail": (403, "email_not_verified"),
    "role": (403, "forbidden"),
    "factor": (403, "step_up_required"),
    "appl": (403, "not_a_seller"),
    "inact": (403, "seller_inactive"),
    "case": (403, "own_case"),
    "state": (409, "order_transition_refused"),
    "mine": (409, "own_listing"),
    "sold": (409, "listing_not_available"),
    "twice": (409, "seller_already_applied"),
    "nofac": (409, "totp_not_started"),
    "unsig": (422, "bad_signature"),
}

TABLE = """
                anon   buyer  seller buyer2 seller2 oper   party  plain  unver  susp   revok  forged broken
POST /signup
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
POST /signup/verify
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
POST /signup/resend
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
POST /sessions
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
GET /sessions
    -           in     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
DELETE /sessions/{session_id}                       session                 session_not_found
    own         in     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
DELETE /sessions
    -           in     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
POST /security/totp
    -           in     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
POST /security/totp/confirm
    -           in     nofac  nofac  nofac  nofac   nofac  nofac  nofac  nofac  susp   in     in     token
POST /security/recovery-codes
    -           in     nofac  nofac  nofac  nofac   nofac  nofac  nofac  nofac  susp   in     in     token
GET /account
    -           in     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
PATCH /account
    -           in     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
POST /sellers
    -           in     ok     twice  ok     twice   ok     ok     ok     mail   susp   in     in     token
GET /sellers/me
    -           in     appl   ok     appl   ok      appl   appl   appl   mail   susp   in     in     token
POST /sellers/me/onboarding
    -           in     appl   ok     appl   ok      appl   appl   appl   mail   susp   in     in     token
GET /sellers/{seller_id}                            seller                  seller_not_found
    own         ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
    foreign     ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
    missing     gone   gone   gone   gone   gone    gone   gone   gone   gone   gone   gone   gone   gone
POST /listings
    -           in     inact  ok     inact  ok      inact  inact  inact  mail   susp   in     in     token
GET /listings
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
GET /listings/mine
    -           in     inact  ok     inact  ok      inact  inact  inact  mail   susp   in     in     token
GET /listings/{listing_id}                          on_sale                 listing_not_found
    own         ok     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
    foreign     ok     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
    missing     gone   gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
GET /listings/{listing_id}                          draft                   listing_not_found
    own         gone   gone   ok     gone   ok      gone   gone   gone   gone   susp   in     in     token
    foreign     gone   gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
    missing     gone   gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
PATCH /listings/{listing_id}                        draft                   listing_not_found
    own         in     inact  ok     inact  ok      inact  inact  inact  mail   susp   in     in     token
    foreign     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
    missing     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
POST /listings/{listing_id}/publish                 draft                   listing_not_found
    own         in     inact  ok     inact  ok      inact  inact  inact  mail   susp   in     in     token
    foreign     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
    missing     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
POST /listings/{listing_id}/withdraw                on_sale                 listing_not_found
    own         in     inact  ok     inact  ok      inact  inact  inact  mail   susp   in     in     token
    foreign     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
    missing     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
POST /listings/{listing_id}/photos                  draft                   listing_not_found
    own         in     inact  ok     inact  ok      inact  inact  inact  mail   susp   in     in     token
    foreign     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
    missing     in     inact  gone   inact  gone    inact  inact  inact  mail   susp   in     in     token
GET /fees
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
POST /quotes                                        on_sale
    own         in     ok     mine   ok     mine    ok     ok     ok     mail   susp   in     in     token
    foreign     in     ok     ok     ok     ok      ok     ok     ok     mail   susp   in     in     token
    missing     in     sold   sold   sold   sold    sold   sold   sold   mail   susp   in     in     token
POST /checkouts                                     on_sale
    own         in     ok     mine   ok     mine    ok     ok     ok     mail   susp   in     in     token
    foreign     in     ok     ok     ok     ok      ok     ok     ok     mail   susp   in     in     token
    missing     in     sold   sold   sold   sold    sold   sold   sold   mail   susp   in     in     token
GET /checkouts/{checkout_id}                        checkout  placed        checkout_not_found
    own         in     ok     gone   ok     gone    gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
POST /checkouts/{checkout_id}/complete              checkout  placed        checkout_not_found
    own         in     ok     gone   ok     gone    gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
GET /orders
    -           in     ok     ok     ok     ok      ok     ok     ok     mail   susp   in     in     token
GET /orders/{order_id}                              order     shipped       order_not_found
    own         in     ok     ok     ok     ok      ok     ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    ok     ok     gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
POST /orders/{order_id}/shipment                    order     paid          order_not_found
    own         in     appl   ok     appl   ok      appl   appl   appl   mail   susp   in     in     token
    foreign     in     appl   gone   appl   gone    appl   appl   appl   mail   susp   in     in     token
    missing     in     appl   gone   appl   gone    appl   appl   appl   mail   susp   in     in     token
POST /orders/{order_id}/confirm                     order     shipped       order_not_found
    own         in     ok     state  ok     state   gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
POST /orders/{order_id}/cancel                      order     paid          order_not_found
    own         in     ok     ok     ok     ok      gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
POST /orders/{order_id}/delivery                    order     shipped       order_not_found
    own         in     role   role   role   role    ok     case   factor role   susp   in     in     token
    foreign     in     role   role   role   role    ok     ok     factor role   susp   in     in     token
    missing     in     role   role   role   role    gone   gone   factor role   susp   in     in     token
POST /orders/{order_id}/disputes                    order     shipped       order_not_found
    own         in     ok     gone   ok     gone    gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
GET /disputes/{dispute_id}                          dispute   disputed      dispute_not_found
    own         in     ok     ok     ok     ok      ok     ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    ok     ok     gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
POST /disputes/{dispute_id}/answer                  dispute   disputed      dispute_not_found
    own         in     appl   ok     appl   ok      appl   appl   appl   mail   susp   in     in     token
    foreign     in     appl   gone   appl   gone    appl   appl   appl   mail   susp   in     in     token
    missing     in     appl   gone   appl   gone    appl   appl   appl   mail   susp   in     in     token
POST /disputes/{dispute_id}/evidence                dispute   disputed      dispute_not_found
    own         in     ok     ok     ok     ok      gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
POST /disputes/{dispute_id}/decision                dispute   answered      dispute_not_found
    own         in     role   role   role   role    ok     case   factor role   susp   in     in     token
    foreign     in     role   role   role   role    ok     ok     factor role   susp   in     in     token
    missing     in     role   role   role   role    gone   gone   factor role   susp   in     in     token
GET /operator/disputes
    -           in     role   role   role   role    ok     ok     factor role   susp   in     in     token
POST /orders/{order_id}/reviews                     order     released      order_not_found
    own         in     ok     ok     ok     ok      gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
GET /orders/{order_id}/reviews                      order     released      order_not_found
    own         in     ok     ok     ok     ok      gone   ok     gone   mail   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   mail   susp   in     in     token
GET /sellers/{seller_id}/reviews                    seller
    own         ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
    foreign     ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
    missing     ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
GET /buyers/{account_id}/reviews                    buyer
    own         ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
    foreign     ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
    missing     ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
GET /notifications
    -           in     ok     ok     ok     ok      ok     ok     ok     ok     susp   in     in     token
POST /notifications/{notification_id}/read          notification  paid      notification_not_found
    own         in     ok     ok     ok     ok      gone   ok     gone   gone   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
GET /operator/holds
    -           in     role   role   role   role    ok     ok     factor role   susp   in     in     token
GET /operator/holds/{order_id}                      order     held          hold_not_found
    own         in     role   role   role   role    ok     ok     factor role   susp   in     in     token
    foreign     in     role   role   role   role    ok     ok     factor role   susp   in     in     token
    missing     in     role   role   role   role    gone   gone   factor role   susp   in     in     token
POST /operator/holds/{order_id}/clear               order     held          hold_not_found
    own         in     role   role   role   role    ok     case   factor role   susp   in     in     token
    foreign     in     role   role   role   role    ok     ok     factor role   susp   in     in     token
    missing     in     role   role   role   role    gone   gone   factor role   susp   in     in     token
POST /operator/holds/{order_id}/refuse              order     held          hold_not_found
    own         in     role   role   role   role    ok     case   factor role   susp   in     in     token
    foreign     in     role   role   role   role    ok     ok     factor role   susp   in     in     token
    missing     in     role   role   role   role    gone   gone   factor role   susp   in     in     token
GET /orders/{order_id}/receipts                     order     held          order_not_found
    own         in     ok     ok     ok     ok      gone   ok     gone   gone   susp   in     in     token
    foreign     in     gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
    missing     in     gone   gone   gone   gone    gone   gone   gone   gone   susp   in     in     token
POST /webhooks/stripe
    -           unsig  unsig  unsig  unsig  unsig   unsig  unsig  unsig  unsig  unsig  unsig  unsig  unsig
GET /openapi.json
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
GET /docs
    -           ok     ok     ok     ok     ok      ok     ok     ok     ok     ok     ok     ok     ok
"""

# What each route is sent: good enough to succeed. {braces} stand for what the trades have by that name.
BODIES: Mapping[str, Any] = {
    "POST /signup": {
        "email": "somebody@new.example",
        "password": "correct horse battery staple",
        "display_name": "Somebody",
    },
    "POST /signup/verify": {"token": "{verification}", "password": "{known_password}"},
    "POST /signup/resend": {"email": "somebody@new.example"},
    "POST /sessions": {"email": "{known_email}", "password": "{known_password}"},
    "POST /security/totp": {"password": "{known_password}"},
    "POST /security/totp/confirm": {"code": "123456"},
    "POST /security/recovery-codes": {"password": "{known_password}", "code": "123456"},
    "PATCH /account": {"display_name": "Somebody Else"},
    "POST /sellers": {"legal_name": "Somebody", "kind": "trader", "country": "ES"},
    "POST /sellers/me/onboarding": {"return_url": "https://aval.example/a", "refresh_url": "https://aval.example/b"},
    "POST /listings": {"title": "Lamp", "currency": "eur", "language": "en"},
    "PATCH /listings/{listing_id}": {"title": "Another lamp"},
    "POST /listings/{listing_id}/photos": {"content_type": "image/png", "size_bytes": 1_000, "sha256": "ab" * 32},
    "POST /quotes": {"lines": [{"listing_id": "{object}", "quantity": 1}]},
    "POST /checkouts": {"lines": [{"listing_id": "{object}", "quantity": 1}]},
    "POST /orders/{order_id}/shipment": {"carrier": "correos", "tracking_number": "PK1"},
    "POST /orders/{order_id}/cancel": {"reason": "It broke."},
    "POST /orders/{order_id}/delivery": {"evidence": "A signed receipt."},
    "POST /orders/{order_id}/disputes": {"reason": "damaged", "statement": "It came broken."},
    "POST /disputes/{dispute_id}/answer": {"statement": "It was whole."},
    "POST /disputes/{dispute_id}/evidence": {
        "content_type": "image/png",
        "size_bytes": 1_000,
        "sha256": "ab" * 32,
        "description": "The box.",
    },
    "POST /disputes/{dispute_id}/decision": {"refund_minor": 0, "clause": "5.2", "reasons": "The photos show it."},
    "POST /orders/{order_id}/reviews": {"rating": 5, "text": "As described."},
    "POST /operator/holds/{order_id}/clear": {"reasons": "Known customer."},
    "POST /operator/holds/{order_id}/refuse": {"reasons": "Stolen card."},
    "POST /webhooks/stripe": {},
}


@dataclass
class Row:
    """A route about one kind of object, with its cells: (kind of relation, role) -> word."""

    route: str
    thing: str = ""
    stage: str = "open"
    missing_code: str = "not_found"
    cells: dict[tuple[str, str], str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.route} {self.thing}".strip()

    def expected(self, word: str, success: int) -> tuple[int, str | None]:
        """Return the status and the problem code that a word stands for."""
        if word == OK:
            return success, None
        return (404, self.missing_code) if word == GONE else CODES[word]


def rows() -> Iterator[Row]:
    """Read the table."""
    _, header, *lines = TABLE.splitlines()
    assert tuple(header.split()) == ROLES
    row: Row | None = None
    for line in lines:
        words = line.split()
        if line[0] != " ":
            if row:
                yield row
            row = _named(words)
        else:
            assert row, "a route comes first"
            relation, *cells = words
            row.cells |= {(relation, role): cell for role, cell in zip(ROLES, cells, strict=True)}
    assert row
    yield row


def _named(words: list[str]) -> Row:
    route, rest = " ".join(words[:2]), words[2:]
    codes = [word for word in rest if word.endswith("_not_found")]
    named = [word for word in rest if word not in codes]
    return Row(route, *named, **({"missing_code": codes[0]} if codes else {}))
