"""What a person may choose about the local cloud, by flag or by environment variable."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.trouble import Trouble
from infra.local.workspace import CHECKOUT

DEFAULT_PORT = 4566
DEFAULT_STRIPE_PORT = 12111
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Options:
    """Choices of one run. Port 0 means any free port; None of the two times means the journeys' own."""

    port: int = DEFAULT_PORT
    stripe_port: int = DEFAULT_STRIPE_PORT
    persist: bool = False
    once: bool = False
    play: bool = True
    timers: str | None = None
    recovery_delay_seconds: int | None = None
    folder: Path = CHECKOUT / ".local"
    journeys: str = ""  # letters of those to play; none of them means all


def read_options(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Options:
    """Let a flag win over its environment variable, and that over the default.

    Raises:
        Trouble: a port that is no port, seconds that are no number.
    """
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Aval's cloud on this machine.")
    parser.add_argument("--port", default=environment.get("PORT") or str(DEFAULT_PORT))
    parser.add_argument("--stripe-port", default=environment.get("STRIPE_PORT") or str(DEFAULT_STRIPE_PORT))
    parser.add_argument("--persist", action="store_true", default=_yes(environment, "PERSIST"))
    parser.add_argument("--once", action="store_true", default=_yes(environment, "ONCE"))
    parser.add_argument(
        "--no-journeys", dest="play", action="store_false", default=not _yes(environment, "NO_JOURNEYS")
    )
    parser.add_argument("--journeys", default=environment.get("JOURNEYS", ""))
    parser.add_argument("--timers", default=environment.get("TIMERS") or None)
    parser.add_argument("--recovery-delay-seconds", default=environment.get("RECOVERY_DELAY_SECONDS") or None)
    chosen = parser.parse_args(arguments)
    return Options(
        port=_port(chosen.port, "PORT"),
        stripe_port=_port(chosen.stripe_port, "STRIPE_PORT"),
        persist=chosen.persist,
        once=chosen.once,
        play=chosen.play,
        timers=chosen.timers,
        recovery_delay_seconds=_seconds(chosen.recovery_delay_seconds),
        journeys=chosen.journeys,
        folder=Path(environment.get("LOCAL_DIR") or CHECKOUT / ".local").resolve(),
    )


def _yes(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() in ("1", "true", "yes")


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise Trouble(f"RECOVERY_DELAY_SECONDS={text} is not a number of seconds.", "Choose a whole number, or none.")
    return int(text)


def _port(text: str, name: str) -> int:
    if not text.isdigit() or int(text) > HIGHEST_PORT:
        raise Trouble(
            f"{name}={text} is not a port.", f"Choose a number from 1 to {HIGHEST_PORT}, or 0 for any free one."
        )
    return int(text)
