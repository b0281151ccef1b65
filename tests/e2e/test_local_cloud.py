"""The local cloud as its user meets it: what it says, and what it leaves behind when it ends."""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from infra.local.journeys.people import Person
from infra.local.journeys.stage import Stage

CHECKOUT = Path(__file__).resolve().parents[2]
START_SECONDS = 240  # the first run on a machine builds the emulator's environment and the layers
END_SECONDS = 30


class Run:
    """One `python -m infra.local` in a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.said: list[str] = []
        chosen = {"PORT": "0", "STRIPE_PORT": "0", "NO_JOURNEYS": "1", "LOCAL_DIR": str(folder), **environment}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=CHECKOUT,
            env={**os.environ, **chosen},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._watchdog = threading.Timer(START_SECONDS, self.signal, [signal.SIGKILL])
        self._watchdog.start()

    def until(self, pattern: str) -> re.Match[str]:
        """Read on until a line matches."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"{pattern} was never said:\n{self.text}")

    def ends(self) -> int:
        """Read to the end and return the exit status."""
        assert self._process.stdout is not None
        if not self._process.stdout.closed:
            self.said += self._process.stdout.readlines()
            self._process.stdout.close()
        self._watchdog.cancel()
        return self._process.wait(END_SECONDS)

    def signal(self, number: int) -> None:
        if self._process.poll() is None:
            os.kill(self._process.pid, number)

    def children(self) -> list[int]:
        """Return every process below the run, in any depth."""
        return _below(self._process.pid)

    @property
    def text(self) -> str:
        return "".join(self.said)


def _below(pid: int) -> list[int]:
    try:
        direct = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return direct + [below for child in direct for below in _below(child)]


def _gone(pids: list[int]) -> bool:
    """Wait until every process has ended; False when one has not in END_SECONDS."""
    return all(_one_gone(pid) for pid in pids)


def _one_gone(pid: int) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], END_SECONDS)[0])
    finally:
        os.close(handle)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start runs that share a folder; whatever a failed test leaves is ended."""
    runs: list[Run] = []

    def begin(**environment: str) -> Run:
        runs.append(Run(tmp_path / "local", **environment))
        return runs[-1]

    yield begin
    for run in runs:
        run.signal(signal.SIGTERM)
        run.ends()


def _dynamodb(api_url: str) -> Any:
    endpoint = api_url.partition("/_aws")[0]
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
    return session.client("dynamodb", endpoint_url=endpoint)


def test_ctrl_c_ends_everything_that_was_started_and_removes_what_was_temporary(start):
    run = start()
    api_url = run.until(r"^API: (http://127\.0\.0\.1:\S+)$")[1]
    with urllib.request.urlopen(f"{api_url}/openapi.json") as answer:  # noqa: S310 - our own loopback
        contract = json.load(answer)
    children = run.children()
    run.until("Up until Ctrl-C")

    run.signal(signal.SIGINT)

    assert run.ends() == 0
    assert contract["openapi"].startswith("3.1")
    assert len(children) >= 2
    assert _gone(children)
    assert not (run.folder / "tmp").exists()


def test_ctrl_c_in_the_middle_of_starting_ends_everything_too(start):
    run = start()
    run.until("Deploying infra/data.yaml")
    children = run.children()

    run.signal(signal.SIGINT)

    assert run.ends() == 130
    assert children
    assert _gone(children)
    assert not (run.folder / "tmp").exists()


def test_an_emulator_that_is_killed_ends_the_run_with_a_plain_sentence(start):
    run = start()
    run.until("Up until Ctrl-C")
    children = run.children()
    [emulator] = [pid for pid in children if "corrected_ministack" in Path(f"/proc/{pid}/cmdline").read_text()]

    os.kill(emulator, signal.SIGKILL)

    assert run.ends() == 1
    assert "Stopped: The emulator was killed by signal 9 while it was needed." in run.text
    assert _gone(children)


def test_a_run_that_is_killed_outright_takes_its_servers_with_it(start):
    run = start()
    run.until("Up until Ctrl-C")
    children = run.children()

    run.signal(signal.SIGKILL)

    assert run.ends() == -signal.SIGKILL
    assert _gone(children)


def test_state_survives_a_restart_when_it_is_asked_to(start):
    item = {"pk": {"S": "acc_kept"}, "sk": {"S": "kept"}}
    first = start(PERSIST="1")
    api_url = first.until(r"^API: (\S+)$")[1]
    _dynamodb(api_url).put_item(TableName="aval-local-accounts", Item=item)
    first.signal(signal.SIGINT)
    first.ends()

    second = start(PERSIST="1")
    api_url = second.until(r"^API: (\S+)$")[1]

    kept = _dynamodb(api_url).get_item(TableName="aval-local-accounts", Key=item)
    assert kept["Item"] == item


def _sign_up_on(run: Run, name: str) -> str:
    """Sign somebody up and follow the mailed link; the answer is the mail's subject."""
    place = SimpleNamespace(
        api_url=run.until(r"^API: (\S+)$")[1],
        stripe_url=run.until(r"^Stripe: (\S+)$")[1],
        mail_url=run.until(r"^Mail: (\S+)$")[1],
        admin_email="admin@aval.example",
        timers="",
        recovery_delay_seconds=None,
        emulator_url="",
        table_prefix="aval-local",
    )
    email, password = f"{name.lower()}@example.com", "four quiet words walking"
    stage = Stage(place)
    try:
        return Person(stage, name, "buyer", locale="en", email=email, password=password).sign_up()
    finally:
        stage.end()


def test_a_kept_marketplace_goes_on_telling_people_after_a_restart(start):
    first = start(PERSIST="1")
    before = _sign_up_on(first, "Before")
    first.signal(signal.SIGINT)
    first.ends()

    second = start(PERSIST="1")
    after = _sign_up_on(second, "After")

    assert before == after == "Confirm your e-mail address"


def test_a_kept_marketplace_refuses_another_port_and_says_which_it_has(start):
    first = start(PERSIST="1")
    port = int(first.until(r"^API: http://127.0.0.1:(\d+)/")[1])
    first.signal(signal.SIGINT)
    first.ends()

    second = start(PERSIST="1", PORT=str(port - 1))

    assert second.ends() == 1
    assert f"The kept marketplace listens on port {port}" in second.text


def test_a_port_in_use_is_named_together_with_the_way_out(start):
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]

        run = start(PORT=str(port))

        assert run.ends() == 1
        assert f"Stopped: Port {port}, where the API should listen, is in use." in run.text
        assert f"make run PORT={port + 1}" in run.text


def test_a_second_run_in_the_same_folder_is_told_about_the_first(start):
    first = start()
    first.until("Starting the emulator|Building")

    second = start()

    assert second.ends() == 1
    assert "Stopped: Another local cloud is running from this folder" in second.text


def test_timers_that_name_no_timer_are_refused_before_anything_is_played(start):
    run = start(TIMERS="nonsense=1s")

    assert run.ends() == 1
    assert "Stopped: TIMERS=nonsense=1s was refused." in run.text


def test_a_port_that_is_no_number_is_refused(start):
    run = start(PORT="http")

    assert run.ends() == 1
    assert "Stopped: PORT=http is not a port." in run.text


def test_setup_without_a_python_says_which_one_it_needs(tmp_path):
    make = shutil.which("make")
    assert make is not None

    tried = subprocess.run(  # noqa: S603 - the command under test
        [make, "setup", "PYTHON=", f"VENV={tmp_path}"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )

    assert tried.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13 was found." in tried.stdout
