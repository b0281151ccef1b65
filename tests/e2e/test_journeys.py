"""`make run ONCE=1`: every journey through the deployed template, and nothing left. Run once for all tests here."""

import json
import re
from dataclasses import dataclass

import pytest

from infra.local.journeys.programme import PROGRAMME, Journey, play_all
from infra.local.journeys.stage import Stage
from infra.local.journeys.story import JourneyFailed
from tests.e2e.running import Run

ROLES_AT_WORK_MIN = 42  # of the functions that the journeys reach


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


@pytest.mark.parametrize("letter", [journey.letter for journey in PROGRAMME])
def test_each_journey_is_told_and_holds(played, letter):
    told = re.search(
        rf"^journey \({letter}\) [A-Z].*\n((?:  .+\n)+)journey \({letter}\) ok, ", played.text, re.MULTILINE
    )

    assert told, played.text
    assert "->" in told[1]


def test_every_promise_holds_at_the_end(played):
    assert re.search(r"^invariants: 0 violated \(\d+ checked over \d+ orders", played.text, re.MULTILINE)
    assert re.search(rf"^journeys: {len(PROGRAMME)} of {len(PROGRAMME)} ok", played.text, re.MULTILINE)


@pytest.mark.parametrize(
    ("letter", "shown"),
    [
        ("i", "in: no address, no password, and it counts as second factor"),
        ("i", "refused: a passkey signs for the real site only"),
        ("i", "403 step_up_required, by one of: code, passkey, recovery_code"),
        ("j", "stopped: a code went to Jon"),
        ("j", "in: strangers' failures do not count there"),
        ("j", "401: signed out; signing in again: account_locked"),
        ("j", "0 sessions, and payouts wait"),
        ("j", "in: the reset left the second factor on"),
        ("k", "to both addresses"),
        ("k", "which stand for 72 hours"),
        ("k", "a new password: in; factors gone, old sessions dead"),
        ("l", "approved; neither its proposer nor its subject could"),
        ("l", "reads the account; no secrets, and changes nothing"),
        ("l", "granted: the account opens again"),
        ("m", "not yet: 5 items are missing"),
        ("m", "403 team_role: a shipper ships"),
    ],
)
def test_the_journeys_of_accounts_show_what_protects_them(played, letter, shown):
    told = played.text.partition(f"\njourney ({letter}) ")[2].partition(f"\njourney ({letter}) ok")[0]

    assert shown in told


def test_no_role_was_refused_what_its_function_does(played):
    uses = [json.loads(line) for line in (played.run.folder / "logs" / "access.jsonl").read_text().splitlines()]

    assert len({use["role"] for use in uses}) >= ROLES_AT_WORK_MIN
    assert [use for use in uses if use["answer"] == "denied"] == []


def test_the_ledger_agrees_with_stripe_and_holds_nothing_back(played):
    assert re.search(r"^  stripe .*Stripe's own balance: .* agrees$", played.text, re.MULTILINE)
    assert re.search(r"^  held +0\.00 €", played.text, re.MULTILINE)
    assert re.search(r"^  sum +0\.00 €", played.text, re.MULTILINE)


def test_the_orders_end_as_their_journeys_say(played):
    ended = re.findall(r"^  ord_\w+ .* (\w+)$", played.text, re.MULTILINE)

    assert sorted(ended) == sorted(["released"] * 19 + ["refunded"] * 4 + ["split"] * 2)


@pytest.mark.parametrize(
    ("letter", "shown"),
    [
        ("n", "nothing leaves before"),
        ("n", "earned 225.48 €, reserved -22.55 €: 202.93 €"),
        ("n", "225.48 € earned, all of it sent"),
        ("o", "0.00 € taken back, 8.46 € owed, 0.54 € commission and VAT returned"),
        ("o", "“Compensado con lo que debías” 8.46 €, “Enviado a tu cuenta de Stripe” 51.67 €"),
        ("o", "0.00 € and 0.00 €"),
        ("p", "1 claim counted; a cent more: the path does not lead to the signed root"),
        ("q", "their own approval: refused"),
        ("q", "released: 122.00 €"),
        ("r", "9.08 € owed: "),  # all but the transfer, which was taken back
        ("y", "file_not_uploaded: refused"),
        ("y", "the very same bytes"),
        ("z", "goods for goods, no money moved"),
        ("z", "9.00 € back, and the buyer keeps the pot"),
    ],
)
def test_the_journeys_of_money_explain_every_cent(played, letter, shown):
    told = played.text.partition(f"\njourney ({letter}) ")[2].partition(f"\njourney ({letter}) ok")[0]

    assert shown in told


@pytest.mark.parametrize(
    ("letter", "shown"),
    [
        ("c", "delivered, on the carrier's word; once"),
        ("f", "split: 110.00 € back, 200.00 € to the seller's side"),
        ("s", "own_offer: refused"),
        ("s", "agreed: no person and no clock decided"),
        ("t", "new_evidence_needed: refused"),
        ("t", "same_moderator: refused"),
        ("t", "refunded: 90.00 €"),
        ("t", "entries: decision, dispute, ledger, order"),
        ("u", "which stand for 3 business days"),
        ("u", "refunded: 140.00 €, by rule process.silence"),
        ("v", "36.00 € back"),
        ("w", "uses “Desistir del contrato aquí”"),
        ("w", "a return is open: approved"),
        ("w", "refunded: 115.00 €"),
        ("x", "confirms part 2"),
    ],
)
def test_disputes_and_returns_end_as_the_process_says(played, letter, shown):
    told = played.text.partition(f"\njourney ({letter}) ")[2].partition(f"\njourney ({letter}) ok")[0]

    assert shown in told


def test_each_sellers_balance_is_what_their_stripe_account_holds(played):
    table = played.text.partition("Sellers' balances (")[2].partition("\n\n")[0].splitlines()[2:]

    assert len(table) == 19
    assert all(line.endswith(" agrees") for line in table)
    assert re.search(r"^  owed by sellers +9\.08 €", played.text, re.MULTILINE)


def test_mails_went_out_in_both_languages(played):
    assert re.search(r"^ +\d+  es +Confirma tu dirección de correo$", played.text, re.MULTILINE)
    assert re.search(r"^ +\d+  en +Confirm your e-mail address$", played.text, re.MULTILINE)


def test_no_process_and_no_temporary_folder_is_left(played):
    assert len(played.run.started) >= 2
    assert played.run.left_over() == []
    assert not (played.run.folder / "tmp").exists()


class Nowhere:
    """A place without servers."""

    api_url = stripe_url = mail_url = emulator_url = "http://127.0.0.1:9"
    table_prefix = "aval-local"
    admin_email = "admin@aval.example"
    timers = ""
    recovery_delay_seconds = None


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


def test_a_journey_that_leaves_a_loss_begins_when_the_others_have_ended():
    order = []
    programme = [
        Journey("x", "First", lambda *_: order.append("first")),
        Journey("y", "Leaves a loss", lambda *_: order.append("last"), last=True),
        Journey("z", "Second", lambda *_: order.append("second")),
    ]

    play_all(Stage(Nowhere()), cast=None, write=lambda _: None, programme=[programme[0], programme[2], programme[1]])

    assert order == ["first", "second", "last"]
