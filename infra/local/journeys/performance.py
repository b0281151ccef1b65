"""One run of the journeys, from the first line to the last."""

import time

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.journeys import Cloud
from infra.local.journeys.cast import Cast
from infra.local.journeys.collect import Tables, view_of
from infra.local.journeys.exchange import Unreachable
from infra.local.journeys.programme import NOTICED_SECONDS, PROGRAMME, Played, play_all
from infra.local.journeys.report import report
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import JourneyFailed, write_line
from infra.local.journeys.vault import EmulatorVault

QUIET_SECONDS = 1.5  # without a new mail: what the last order caused has been told
QUIET_WITHIN_SECONDS = 20.0


def perform(cloud: Cloud) -> bool:
    """Play, report, and tell whether everything held."""
    began = time.monotonic()
    stage = Stage(cloud)
    cast = Cast(stage, EmulatorVault(cloud.emulator_url))
    write_line(f"Playing {len(PROGRAMME)} journeys over HTTP. Time is compressed: {cloud.timers or 'no, it is not'}")
    write_line("")
    plays = play_all(stage, cast, write_line)
    kept = _report(cloud, stage, cast, plays)
    _close(cloud, plays, time.monotonic() - began)
    return kept and not any(play.failure for play in plays)


def _report(cloud: Cloud, stage: Stage, cast: Cast, plays: list[Played]) -> bool:
    try:
        _wait_for_quiet(stage)
        view = view_of(stage, Tables(cloud.emulator_url, cloud.table_prefix))
        return report(write_line, stage, cast, view, [order_id for play in plays for order_id in play.story.orders])
    except (Unreachable, JourneyFailed, BotoCoreError, ClientError) as failed:
        stage.pause(NOTICED_SECONDS)
        write_line(f"The report could not be made: {failed}")
        return False


def _wait_for_quiet(stage: Stage) -> None:
    """Let the last mails go out; more than QUIET_WITHIN_SECONDS is not waited, and then the table says what is."""
    deadline, sent, since = stage.now() + QUIET_WITHIN_SECONDS, -1, stage.now()
    while stage.now() < min(deadline, since + QUIET_SECONDS):
        count = len(stage.mails())
        if count != sent:
            sent, since = count, stage.now()
        stage.pause(0.25)


def _close(cloud: Cloud, plays: list[Played], seconds: float) -> None:
    failed = [play for play in plays if play.failure]
    write_line(f"journeys: {len(plays) - len(failed)} of {len(plays)} ok, in {seconds:.0f} s")
    for play in failed:
        write_line(f"  ({play.journey.letter}) {play.failure}")
    if failed:
        write_line("  What the functions said: make logs, or .local/logs/functions once the run has ended.")
    write_line("")
    write_line(f"The API is at {cloud.api_url}")
    write_line(f"and is documented at {cloud.docs_url}")
