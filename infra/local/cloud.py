"""Bring the local cloud up, step by step, and hand out its addresses."""

import contextlib
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from infra.local.aws import REGION, client
from infra.local.builds import Builder
from infra.local.carriers import SECRETS as CARRIER_SECRETS
from infra.local.edge import EDGE_SECRET_SHA256
from infra.local.function_logs import ADDRESS_FILE, write_function_logs
from infra.local.interrupts import Interrupts
from infra.local.options import Options
from infra.local.packaging import BUCKET, Packager
from infra.local.processes import LOOPBACK, Child, claim_port, wait_for_port
from infra.local.progress import Progress
from infra.local.servers import Watch, start_emulator, start_stripe
from infra.local.stacks import Stacks
from infra.local.trouble import Trouble
from infra.local.workspace import CHECKOUT, Workspace

PORT_FILE = "port"  # in a kept state

STAGE = "local"
MAIL_FROM = "hola@aval.example"
PUBLIC_URL = "https://aval.example"
ADMIN_EMAIL = "admin@aval.example"
STRIPE_API_KEY = "sk_test_local"
START_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
_TRY_SECONDS = 0.3


@dataclass(frozen=True)
class Cloud:
    """Addresses of a running local cloud, for whoever plays or explores."""

    api_url: str
    stripe_url: str
    emulator_url: str
    admin_email: str
    timers: str
    recovery_delay_seconds: int | None = None  # None: the product's own
    table_prefix: str = f"aval-{STAGE}"
    region: str = REGION

    @property
    def docs_url(self) -> str:
        """Return the page that explains the API."""
        return f"{self.api_url}/docs"

    @property
    def mail_url(self) -> str:
        """Return where every sent mail can be read, as JSON."""
        return f"{self.emulator_url}/_ministack/ses/messages"


@dataclass(frozen=True)
class Bringup:
    """One run's way from nothing to a healthy cloud; what it starts, `cleanup` ends."""

    options: Options
    workspace: Workspace
    progress: Progress
    interrupts: Interrupts
    watch: Watch
    cleanup: ExitStack

    def bring_up(self, timers: str, recovery_delay_seconds: int | None = None) -> Cloud:
        """Start, deploy and wait until the API answers.

        Raises:
            Trouble: with what went wrong and what to do.
        """
        port = claim_port(self._wanted_port(), "the API", "PORT")
        stripe_port = claim_port(self.options.stripe_port, "the local Stripe", "STRIPE_PORT")
        builder = Builder(self.workspace, self.progress)
        self._start_emulator(builder.emulator(), port)
        self._keep_port(port)
        emulator_url, stripe_url = f"http://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{stripe_port}"
        api_id = self._deploy(emulator_url, builder, _parameters(stripe_url, timers, recovery_delay_seconds))
        self._keep_function_logs(emulator_url)
        api_url = f"{emulator_url}/_aws/execute-api/{api_id}/v1"
        cloud = Cloud(api_url, stripe_url, emulator_url, ADMIN_EMAIL, timers, recovery_delay_seconds)
        self._start_stripe(cloud, stripe_port)
        with self.progress.step("Waiting for the API to answer"):
            _wait_until_healthy(f"{cloud.api_url}/openapi.json")
        return cloud

    def _wanted_port(self) -> int:
        """Return the port to listen on: a kept marketplace's queues are named by the one it had."""
        wanted, kept = self.options.port, self.workspace.state / PORT_FILE
        if not self.options.persist or not kept.exists():
            return wanted
        had = int(kept.read_text())
        if wanted not in (0, had):
            raise Trouble(
                f"The kept marketplace listens on port {had}, not {wanted}: its queues are named by it.",
                f"Run make run PERSIST=1 PORT={had}, or forget it with make clean.",
            )
        return had

    def _keep_port(self, port: int) -> None:
        if self.options.persist:
            self.workspace.state.mkdir(parents=True, exist_ok=True)
            (self.workspace.state / PORT_FILE).write_text(str(port))

    def _start_emulator(self, interpreter: Path, port: int) -> None:
        with self.progress.step("Starting the emulator"):
            persist = self.options.persist
            self._start(port, lambda: start_emulator(interpreter, self.workspace, port=port, persist=persist))

    def _keep_function_logs(self, emulator_url: str) -> None:
        folder = self.workspace.logs / "functions"
        folder.mkdir()
        (self.workspace.tmp / ADDRESS_FILE).write_text(emulator_url)
        self.cleanup.callback(write_function_logs, emulator_url, folder)

    def _start_stripe(self, cloud: Cloud, port: int) -> None:
        secret = f"whsec_{secrets.token_hex(16)}"
        address = f"{cloud.api_url}/webhooks/stripe"
        persist = self.options.persist
        with self.progress.step("Starting the local Stripe"):
            self._start(
                port,
                lambda: start_stripe(
                    self.workspace, port=port, webhook_url=address, webhook_secret=secret, persist=persist
                ),
            )
        _seed(cloud.emulator_url, secret)

    def _start(self, port: int, start: Callable[[], Child]) -> None:
        with self.interrupts.held_off():
            child = start()
            self.cleanup.callback(child.stop)
        self.watch.add(child)
        wait_for_port(port, child, START_SECONDS)

    def _deploy(self, endpoint: str, builder: Builder, parameters: dict[str, str]) -> str:
        """Return the id the API got."""
        s3 = client(endpoint, "s3")
        with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):  # kept by an earlier PERSIST=1 run
            s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        packager = Packager(s3, builder, parameters["Timers"])
        stacks = Stacks(client(endpoint, "cloudformation"), endpoint)
        with self.progress.step("Deploying infra/data.yaml"):
            stacks.deploy(f"aval-{STAGE}-data", packager.package(CHECKOUT / "infra" / "data.yaml"), {"Stage": STAGE})
        with self.progress.step("Packaging functions and layers"):
            template = packager.package(CHECKOUT / "infra" / "template.yaml")
        with self.progress.step("Deploying infra/template.yaml"):
            return stacks.deploy(f"aval-{STAGE}", template, parameters)["ApiId"]


def _parameters(stripe_url: str, timers: str, recovery_delay_seconds: int | None) -> dict[str, str]:
    return {
        "Stage": STAGE,
        "PublicUrl": PUBLIC_URL,
        "MailFrom": MAIL_FROM,
        "AdminEmails": ADMIN_EMAIL,
        "Timers": timers,
        "RecoveryDelaySeconds": "" if recovery_delay_seconds is None else str(recovery_delay_seconds),
        "StripeApiBase": stripe_url,
        "EdgeSecretSha256": EDGE_SECRET_SHA256,
    }


def _seed(endpoint: str, webhook_secret: str) -> None:
    """Do what the owner of an AWS account does by hand once: fill in the secrets, verify the mails' sender."""
    value = json.dumps({"api_key": STRIPE_API_KEY, "webhook_secret": webhook_secret})
    client(endpoint, "secretsmanager").put_secret_value(SecretId=f"aval/{STAGE}/stripe", SecretString=value)
    carriers = json.dumps(dict(CARRIER_SECRETS))
    client(endpoint, "secretsmanager").put_secret_value(SecretId=f"aval/{STAGE}/carriers", SecretString=carriers)
    mail = client(endpoint, "sesv2")
    known = {identity["IdentityName"] for identity in mail.list_email_identities()["EmailIdentities"]}
    if MAIL_FROM not in known:
        mail.create_email_identity(EmailIdentity=MAIL_FROM)


def _wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + HEALTHY_SECONDS
    answer = "nothing"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=HEALTHY_SECONDS) as response:  # noqa: S310  (our own loopback)
                if response.status == HTTPStatus.OK:
                    return
                answer = str(response.status)
        except urllib.error.HTTPError as refused:
            answer = f"{refused.code}: {refused.read(500).decode(errors='replace')}"
        except OSError as unreachable:
            answer = str(unreachable)
        time.sleep(_TRY_SECONDS)
    raise Trouble(f"The API did not get healthy; the last answer was {answer}", f"Look at {Path('.local/logs')}.")
