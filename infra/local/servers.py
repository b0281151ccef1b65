"""The two servers of the local cloud, and the watch that notices when one of them dies."""

import os
import sys
import threading
from pathlib import Path

from infra.local.aws import ACCOUNT, REGION
from infra.local.interrupts import Interrupts
from infra.local.processes import LOOPBACK, Child
from infra.local.trouble import Trouble
from infra.local.workspace import CHECKOUT, Workspace

WATCH_SECONDS = 0.2
# Above any journey's pause, so that a function is not started anew in the middle of one.
_WARM_SECONDS = 900


def start_emulator(interpreter: Path, workspace: Workspace, *, port: int, persist: bool) -> Child:
    """Start MiniStack on loopback, with IAM enforced and an environment that holds nothing of the caller's."""
    state = workspace.state if persist else workspace.tmp / "state"
    environment = {
        "PATH": os.defpath,
        "HOME": str(workspace.tmp),
        "TMPDIR": str(workspace.tmp),
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "AUTH": "true",
        "PERSIST_STATE": "1" if persist else "0",
        "STATE_DIR": str(state / "emulator"),
        "S3_PERSIST": "1" if persist else "0",
        "S3_DATA_DIR": str(state / "s3"),
        "LAMBDA_WARM_TTL_SECONDS": str(_WARM_SECONDS),
        "ACCESS_LOG": str(workspace.logs / "access.jsonl"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    launcher = CHECKOUT / "infra" / "local" / "corrected_ministack.py"
    command = [str(interpreter), str(launcher)]
    return Child(
        "The emulator", command, environment=environment, folder=workspace.tmp, log=workspace.logs / "emulator.log"
    )


def start_stripe(workspace: Workspace, *, port: int, webhook_url: str, webhook_secret: str, persist: bool) -> Child:
    """Start the local Stripe, which sends its signed webhooks to `webhook_url`."""
    command = [sys.executable, "-m", "infra.local.stripe", "--port", str(port)]
    command += ["--webhook-url", webhook_url, "--webhook-secret", webhook_secret]
    if persist:
        command += ["--state", str(workspace.state / "stripe.json")]
    environment = {"PATH": os.defpath, "HOME": str(workspace.tmp), "TMPDIR": str(workspace.tmp), "LANG": "C.UTF-8"}
    return Child(
        "The local Stripe", command, environment=environment, folder=CHECKOUT, log=workspace.logs / "stripe.log"
    )


class Watch:
    """Raises Broken in the main thread as soon as a watched server is gone."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self._children: list[Child] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def add(self, child: Child) -> None:
        """Watch `child` too."""
        self._children.append(child)

    def begin(self) -> None:
        """Look every WATCH_SECONDS until `end`."""
        self._thread.start()

    def end(self) -> None:
        """Stop looking; the servers may go now."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            for child in self._children:
                if child.ended():
                    self._interrupts.alarm(_lost(child))
                    return


def _lost(child: Child) -> Trouble:
    try:
        child.require_alive()
    except Trouble as trouble:
        return trouble
    return Trouble(f"{child.name} ended.")
