"""Run the local Stripe on loopback: ``python -m infra.local.stripe --port 12111``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from infra.local.stripe.core import LocalStripe
from infra.local.stripe.courier import check_loopback
from infra.local.stripe.coverage import table
from infra.local.stripe.keeper import Keeper
from infra.local.stripe.server import LocalServer
from infra.local.stripe.unit import Check
from infra.local.stripe.webhooks import DEFAULT_SECRET, Endpoint


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to stop, or print the coverage table."""
    options = _options(argv)
    if options.coverage:
        print(table())
        return 0
    # Before anything is announced: whoever reads the address may end us at once.
    stop = _stop_signal()
    check = _description() if options.check else None
    core = LocalStripe(seed=options.seed, webhooks=_endpoints(options), check=check)
    keeper = Keeper(core, options.state) if options.state else None
    server = LocalServer(core, options.port)
    server.start()
    print(f"local Stripe on {server.url}", file=sys.stderr, flush=True)
    stop.wait()
    server.stop()
    if keeper:
        keeper.stop()
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.stripe")
    parser.add_argument("--port", type=int, default=12111, help="0 picks a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="keep the state in this JSON file")
    parser.add_argument("--webhook-url", type=check_loopback)
    parser.add_argument("--webhook-secret", default=DEFAULT_SECRET)
    parser.add_argument(
        "--connect-webhook-url",
        type=check_loopback,
        help="for connected accounts' events; the other URL when left out",
    )
    parser.add_argument("--connect-webhook-secret")
    parser.add_argument("--check", action="store_true", help="compare all that passes with Stripe's description")
    parser.add_argument("--coverage", action="store_true", help="print what is modelled and exit")
    return parser.parse_args(argv)


def _endpoints(options: argparse.Namespace) -> list[Endpoint]:
    if not (options.webhook_url or options.connect_webhook_url):
        return []
    own_url = options.webhook_url or options.connect_webhook_url
    connect_url = options.connect_webhook_url or own_url
    connect_secret = options.connect_webhook_secret or options.webhook_secret
    return [
        Endpoint(own_url, options.webhook_secret),
        Endpoint(connect_url, connect_secret, connect=True),
    ]


def _stop_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _description() -> Check:
    # Only here: an ordinary run needs neither the description nor a validator.
    from infra.local.stripe.contract import official_description  # noqa: PLC0415

    return official_description()


if __name__ == "__main__":
    sys.exit(main())
