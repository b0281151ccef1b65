"""One run of the journeys, from the first line to the last."""

import time
from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.journeys import Cloud
from infra.local.journeys.cast import Cast
from infra.local.journeys.collect import Tables, ledger_of, view_of
from infra.local.journeys.exchange import Unreachable
from infra.local.journeys.main_trade import MAIN_BUYER
from infra.local.journeys.programme import NOTICED_SECONDS, PROGRAMME, Played, play_all
from infra.local.journeys.report import report
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import JourneyFailed, write_line
from infra.local.journeys.vault import EmulatorVault
from marketplace.ledger.model import LedgerTransaction

QUIET_SECONDS = 1.5  # without a new mail: what the last order caused has been told
QUIET_WITHIN_SECONDS = 20.0


def perform(cloud: Cloud, letters: str = "") -> bool:
    """Play, report, and tell whether everything held."""
    began = time.monotonic()
    stage = Stage(cloud)
    cast = Cast(stage, EmulatorVault(cloud.emulator_url))
    programme = [each for each in PROGRAMME if not letters or each.letter in letters]
    write_line(f"Playing {len(programme)} journeys over HTTP. Durations of this run: {cloud.timers or 'the real ones'}")
    write_line("")
    tables, early = Tables(cloud.emulator_url, cloud.table_prefix), list[LedgerTransaction]()
    try:
        plays = play_all(stage, cast, write_line, programme, after_first=lambda: _remember(tables, early))
        kept = _report(stage, cast, tables, plays, early)
        _close(cloud, cast, plays, time.monotonic() - began)
    finally:
        stage.end()
    return kept and not any(play.failure for play in plays)


def _remember(tables: Tables, ledger: list[LedgerTransaction]) -> None:
    with suppress(BotoCoreError, ClientError):  # should the emulator be gone, the runner says so
        ledger.extend(ledger_of(tables))


def _report(
    stage: Stage, cast: Cast, tables: Tables, plays: list[Played], ledger_before: list[LedgerTransaction]
) -> bool:
    order_ids = [order_id for play in plays for order_id in play.story.orders]
    try:
        _wait_for_quiet(stage)
        return report(write_line, stage, cast, view_of(stage, tables), order_ids, ledger_before)
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


def _close(cloud: Cloud, cast: Cast, plays: list[Played], seconds: float) -> None:
    failed = [play for play in plays if play.failure]
    write_line(f"journeys: {len(plays) - len(failed)} of {len(plays)} ok, in {seconds:.0f} s")
    for play in failed:
        write_line(f"  ({play.journey.letter}) {play.failure}")
    if failed:
        write_line("  What the functions said: make logs, or .local/logs/functions once the run has ended.")
    write_line("")
    write_line(f"The API is at {cloud.api_url}")
    write_line(f"  its documentation at {cloud.docs_url}")
    write_line(f"  every mail at {cloud.mail_url}")
    for person in cast.people.values():
        if person.name == MAIN_BUYER:
            write_line(f"To look around as {person}, add this to your calls: -H 'Authorization: Bearer {person.token}'")
