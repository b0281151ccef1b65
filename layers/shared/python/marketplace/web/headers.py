"""Headers that stand on every answer, whoever wrote it."""

from collections.abc import Mapping

ALLOWED_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS = "Accept-Language, Authorization, Aval-Device, Content-Type, Idempotency-Key"
EXPOSED_HEADERS = "Retry-After, X-Request-Id"
PREFLIGHT_KEPT_SECONDS = 7_200  # what browsers keep at most

SECURITY: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


class Origins:
    """Which browser pages may read answers.

    Any page by default: a session token is never sent by a browser of its own accord, so another origin
    gains nothing that its own server could not ask for.
    """

    def __init__(self, allowed: str) -> None:
        """Take a comma-separated list of origins, or `*`."""
        self._allowed = frozenset(origin.strip() for origin in allowed.split(",") if origin.strip())

    def headers(self, origin: str | None) -> dict[str, str]:
        """Return the CORS headers for a request from `origin`; none when it may not read the answer."""
        if "*" in self._allowed:
            return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED_HEADERS}
        if origin not in self._allowed:
            return {"Vary": "Origin"}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": EXPOSED_HEADERS,
            "Vary": "Origin",
        }

    def preflight(self, origin: str | None) -> dict[str, str]:
        """Return the headers that answer OPTIONS."""
        headers = self.headers(origin)
        if "Access-Control-Allow-Origin" in headers:
            headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
            headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            headers["Access-Control-Max-Age"] = str(PREFLIGHT_KEPT_SECONDS)
        return headers
