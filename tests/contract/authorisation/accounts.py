"""Signing up and in, sessions, second factors, one's own account."""

from tests.contract.authorisation.vocabulary import BY_OWNER, PUBLIC, SIGNED_IN, Thing, row

KNOWN = {"email": "{known_email}", "password": "{known_password}"}

THINGS = {"session": Thing("ses_" + "0" * 64, lambda trades, whose: trades.spare_session(whose), everybodys=True)}

ROWS = (
    row(
        "POST /signup",
        PUBLIC,
        body={"email": "somebody@new.example", "password": "correct horse battery staple", "display_name": "Somebody"},
    ),
    row("POST /signup/verify", PUBLIC, body={"token": "{verification}", "password": "{known_password}"}),
    row("POST /signup/resend", PUBLIC, body={"email": "somebody@new.example"}),
    row("POST /sessions", PUBLIC, body=KNOWN),
    row("GET /sessions", SIGNED_IN),
    row("DELETE /sessions/{session_id}", SIGNED_IN, BY_OWNER, thing="session", gone="session_not_found"),
    row("DELETE /sessions", SIGNED_IN),
    row("GET /account", SIGNED_IN),
    row("PATCH /account", SIGNED_IN, body={"display_name": "Somebody Else"}),
)
