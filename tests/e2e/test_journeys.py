"""`make run ONCE=1`: every journey through the deployed template, and nothing left. Run once for all tests here."""

import re
from dataclasses import dataclass

import pytest

from infra.local.journeys.programme import Journey, play_all
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import JourneyFailed
from tests.e2e.running import Run

pytestmark = pytest.mark.xdist_group("local_cloud")


@dataclass(frozen=True)
class Played:
    """A run that has ended."""

    run: Run
    status: int

    @property
    def text(self) -> str:
        return self.run.text


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    with Run(tmp_path_factory.mktemp("journeys") / "local", ONCE="1") as run:
        run.until(r"^API: ")
        run.until(r"^invariants: ")
        return Played(run, run.ends())


def test_the_run_ends_with_status_0_because_everything_held(played):
    assert played.status == 0, played.text


def test_the_address_of_the_api_stands_on_a_line_of_its_own(played):
    assert re.search(r"^API: http://127\.0\.0\.1:\d+/\S+$", played.text, re.MULTILINE)


@pytest.mark.parametrize("letter", "abcdefgh")
def test_each_journey_is_told_and_holds(played, letter):
    told = re.search(
        rf"^journey \({letter}\) [A-Z].*\n((?:  .+\n)+)journey \({letter}\) ok, ", played.text, re.MULTILINE
    )

    assert told, played.text
    assert "->" in told[1]


def test_every_promise_holds_at_the_end(played):
    assert re.search(r"^invariants: 0 violated \(\d+ checked over 9 orders", played.text, re.MULTILINE)
    assert re.search(r"^journeys: 8 of 8 ok", played.text, re.MULTILINE)


def test_the_ledger_agrees_with_stripe_and_holds_nothing_back(played):
    assert re.search(r"^  stripe .*Stripe's own balance: .* agrees$", played.text, re.MULTILINE)
    assert re.search(r"^  held +0\.00 €", played.text, re.MULTILINE)
    assert re.search(r"^  sum +0\.00 €", played.text, re.MULTILINE)


def test_the_orders_end_as_their_journeys_say(played):
    ended = re.findall(r"^  ord_\w+ .* (\w+)$", played.text, re.MULTILINE)

    assert sorted(ended) == sorted(["released"] * 7 + ["refunded", "split"])


def test_mails_went_out_in_both_languages(played):
    assert re.search(r"^ +\d+  es +Confirma tu dirección de correo$", played.text, re.MULTILINE)
    assert re.search(r"^ +\d+  en +Confirm your e-mail address$", played.text, re.MULTILINE)


def test_no_process_and_no_temporary_folder_is_left(played):
    assert len(played.run.started) >= 2
    assert played.run.left_over() == []
    assert not (played.run.folder / "tmp").exists()


class Nowhere:
    """A place without servers."""

    api_url = stripe_url = mail_url = "http://127.0.0.1:9"
    admin_email = "admin@aval.example"
    timers = ""


def _fails(story, _cast):
    story.tell("Somebody", "tries")
    raise JourneyFailed("the parcel went to the moon")


def _breaks(_story, _cast):
    raise KeyError("order_id")


def _holds(story, _cast):
    story.tell("Somebody else", "waits and sees", "all is well")


def test_a_journey_that_fails_says_why_and_the_others_are_played_and_told_in_order():
    told = []
    programme = [Journey("x", "First", _fails), Journey("y", "Second", _breaks), Journey("z", "Third", _holds)]

    plays = play_all(Stage(Nowhere()), cast=None, write=told.append, programme=programme)

    assert [bool(play.failure) for play in plays] == [True, True, False]
    assert [line for line in told if line.startswith("journey")] == [
        "journey (x) First",
        "journey (x) FAILED: the parcel went to the moon",
        "journey (y) Second",
        next(line for line in told if line.startswith("journey (y) FAILED: KeyError: 'order_id' (at ")),
        "journey (z) Third",
        next(line for line in told if line.startswith("journey (z) ok, ")),
    ]


def test_a_wait_that_is_in_vain_names_what_it_waited_for_and_what_it_saw_last():
    stage = Stage(Nowhere())

    with pytest.raises(JourneyFailed) as failed:
        stage.until("order ord_1 to be paid", lambda: {"state": "shipped"}, lambda seen: False, within_seconds=0)

    assert str(failed.value) == ("waited 0 s for order ord_1 to be paid; the last look showed {'state': 'shipped'}")
