"""Turn the templates into what CloudFormation can deploy: code and layers zipped, uploaded and pointed at."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.archives import digest, zip_folder
from infra.local.builds import Builder
from infra.local.templates import read_template, resources_of
from infra.local.trouble import Trouble
from infra.local.workspace import CHECKOUT

BUCKET = "aval-local-artifacts"
_MADE_LAYERS = {
    "RuntimeLayer": "runtime",
    "PasswordsLayer": "passwords",
    "CryptoLayer": "crypto",
    "WebauthnLayer": "webauthn",
    "StripeLayer": "stripe",
}


@dataclass(frozen=True)
class Packager:
    """Uploads artifacts to the emulator's S3, each under its own hash."""

    s3: Any
    builder: Builder
    timers: str

    def package(self, template_file: Path) -> str:
        """Replace every local path in the template by the address of its upload; return the address of the result."""
        template = read_template(template_file)
        for name, layer in resources_of(template, "AWS::Serverless::LayerVersion").items():
            layer["ContentUri"] = self._upload(self._layer(name), f"layers/{name}", "zip")
        for name, function in resources_of(template, "AWS::Serverless::Function").items():
            function["CodeUri"] = self._upload(
                function_code(template_file.parent, name, function), f"functions/{name}", "zip"
            )
        for name, machine in resources_of(template, "AWS::Serverless::StateMachine").items():
            uri = self._upload(
                self._definition(template_file.parent / machine["DefinitionUri"]), f"machines/{name}", "json"
            )
            bucket, key = uri.removeprefix("s3://").split("/", 1)
            machine["DefinitionUri"] = {"Bucket": bucket, "Key": key}
        return self._upload(json.dumps(template).encode(), f"templates/{template_file.stem}", "json")

    def _layer(self, name: str) -> bytes:
        if name in _MADE_LAYERS:
            return self.builder.layer(_MADE_LAYERS[name], f"build-{name}")
        return self.builder.shared_layer()

    def _definition(self, generated: Path) -> bytes:
        """Return the escrow definition; how long it waits is the functions' business, which TIMERS compresses."""
        check = "import sys; from marketplace.orders.timers import Timers; Timers(sys.argv[1])"
        command = [sys.executable, "-c", check, self.timers]
        path = {"PYTHONPATH": str(CHECKOUT / "layers" / "shared" / "python")}
        made = subprocess.run(  # noqa: S603 - our own command; no shell reads TIMERS
            command, env={**os.environ, **path}, cwd=CHECKOUT, capture_output=True, check=False
        )
        if made.returncode != 0:
            raise Trouble(f"TIMERS={self.timers} was refused.", made.stderr.decode(errors="replace").strip())
        return generated.read_bytes()

    def _upload(self, content: bytes, name: str, suffix: str) -> str:
        key = f"{name}-{digest(content)}.{suffix}"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=content)
        return f"s3://{BUCKET}/{key}"


def function_code(beside: Path, name: str, properties: dict[str, Any]) -> bytes:
    """Return the zipped folder of a function of a template in the folder `beside`."""
    folder = (beside / properties["CodeUri"]).resolve()
    if not (folder / "handler.py").is_file():
        raise Trouble(
            f"{name} has no code: {folder.relative_to(CHECKOUT)}/handler.py is missing.",
            "Is the checkout complete? `git status` shows what is missing.",
        )
    return zip_folder(folder)
