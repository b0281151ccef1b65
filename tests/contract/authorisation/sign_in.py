"""New passwords, the security log, and "this was not me"."""

from tests.contract.authorisation.vocabulary import PUBLIC, SIGNED_IN, row

NEW_PASSWORD = "cuatro perros cruzan el puente"

ROWS = (
    row("POST /password/reset-requests", PUBLIC, body={"email": "{known_email}"}),
    row("POST /password/resets", PUBLIC, body={"token": "{reset}", "password": NEW_PASSWORD}),
    row("PUT /password", SIGNED_IN, body={"current": "{known_password}", "new": NEW_PASSWORD}),
    row("GET /security/log", SIGNED_IN),
    row("POST /security/not-me", PUBLIC, body={"token": "a token that nobody minted"}),
)
