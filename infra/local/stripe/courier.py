"""Delivers webhooks over loopback HTTP, shortly after the work that caused them."""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from infra.local.stripe.webhooks import Endpoint, Webhooks

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PATIENCE = 10.0
_LAST_WAIT = 2.0
#: How often retries are looked for; new events do not wait for it.
_LOOK_AGAIN = 0.5


def check_loopback(url: str) -> str:
    """Return a webhook URL when it stays on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ValueError(f"webhooks go to loopback over http only, not to {url}")
    return url


class Courier:
    """A thread that empties the webhook queue."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        webhooks.on_queued = self._wake.set

    def start(self) -> None:
        """Begin delivering."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the delivery at hand, or in two seconds."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            # A receiver that hangs must not keep the program from ending.
            self._thread.join(_LAST_WAIT)

    def flush(self) -> int:
        """Deliver what is due now and return the number of attempts."""
        return len(self._webhooks.run(post))

    def _work(self) -> None:
        while not self._stopping:
            self._wake.wait(_LOOK_AGAIN)
            self._wake.clear()
            if not self._stopping:
                self.flush()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect as the answer it is: webhooks never follow one."""

    def redirect_request(self, *_args: object, **_options: object) -> None:
        """Follow nothing."""


# No proxies either: what is sent to loopback stays there.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def post(endpoint: Endpoint, raw: bytes, headers: dict[str, str]) -> int:
    """Send one delivery and return the receiver's status."""
    if not endpoint.url:
        return 200
    request = urllib.request.Request(  # noqa: S310 (loopback only, checked)
        check_loopback(endpoint.url), data=raw, headers=headers, method="POST"
    )
    try:
        with _opener.open(request, timeout=_PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except http.client.HTTPException as broken:
        raise ConnectionError(f"{endpoint.url} did not speak HTTP") from broken
