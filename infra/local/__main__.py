"""python -m infra.local: the local cloud, from start to Ctrl-C."""

import importlib
import importlib.util
import os
import sys
import time
from contextlib import ExitStack
from typing import Any

from infra.local.cloud import Bringup, Cloud
from infra.local.interrupts import Broken, Interrupts, Stopped
from infra.local.options import Options, read_options
from infra.local.progress import Progress
from infra.local.servers import Watch
from infra.local.trouble import Trouble
from infra.local.workspace import open_workspace

STOPPED_EARLY = 130
_JOURNEYS = "infra.local.journeys"
_IDLE_SECONDS = 3600


def main(arguments: list[str]) -> int:
    """Run the local cloud and return the exit status: 0 when everything asked for held."""
    interrupts, progress = Interrupts(), Progress()
    interrupts.listen()
    _stay_on_this_machine()
    try:
        return _run(read_options(arguments), interrupts, progress)
    except Trouble as trouble:
        return _explain(trouble, progress)
    except Broken as broken:
        return _explain(broken.trouble, progress)
    except Stopped:
        return STOPPED_EARLY


def _explain(trouble: Trouble, progress: Progress) -> int:
    progress.plain(f"\nStopped: {trouble.sentence}")
    if trouble.advice:
        progress.plain(trouble.advice)
    return 1


def _run(options: Options, interrupts: Interrupts, progress: Progress) -> int:
    with ExitStack() as cleanup:
        workspace = cleanup.enter_context(open_workspace(options.folder))
        cleanup.callback(lambda: progress.say("Everything is stopped."))
        watch = Watch(interrupts)
        bringup = Bringup(options, workspace, progress, interrupts, watch, cleanup)
        try:
            journeys = _journeys(options)
            cloud = bringup.bring_up(_timers(options, journeys), _recovery_delay(options, journeys))
            watch.begin()
            _announce(cloud, progress)
            held = journeys is None or bool(journeys.play(cloud, options.journeys))
            if options.once:
                return 0 if held else 1
            return _stay_up(progress)
        finally:
            interrupts.ignore()
            watch.end()
            progress.say("Stopping ...")


def _journeys(options: Options) -> Any:
    """Return the package that plays the journeys; it offers `play(cloud, letters) -> bool` and `TIMERS`."""
    if not options.play:
        return None
    if importlib.util.find_spec(_JOURNEYS) is None:
        raise Trouble("There are no journeys to play in this checkout.", "Run with NO_JOURNEYS=1 to go without.")
    return importlib.import_module(_JOURNEYS)


def _timers(options: Options, journeys: Any) -> str:
    """Return the override of the order process's durations: the person's, else the journeys', else none."""
    if options.timers is not None:
        return options.timers
    return str(getattr(journeys, "TIMERS", ""))


def _recovery_delay(options: Options, journeys: Any) -> int | None:
    """Return how long a recovery waits: the person's choice, else the journeys', else the product's."""
    if options.recovery_delay_seconds is not None:
        return options.recovery_delay_seconds
    return getattr(journeys, "RECOVERY_DELAY_SECONDS", None)


def _announce(cloud: Cloud, progress: Progress) -> None:
    progress.plain("")
    progress.plain(f"API: {cloud.api_url}")
    progress.plain(f"Docs: {cloud.docs_url}")
    progress.plain(f"Stripe: {cloud.stripe_url}")
    progress.plain(f"Mail: {cloud.mail_url}")
    progress.plain("")


def _stay_up(progress: Progress) -> int:
    progress.say("Up until Ctrl-C.")
    try:
        while True:
            time.sleep(_IDLE_SECONDS)
    except Stopped:
        return 0


def _stay_on_this_machine() -> None:
    """Forget the caller's AWS settings and proxies for loopback: nothing here may reach a real account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
