"""What infra/template.yaml gives each function: memory, layers, and the services that its role lets it call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path("infra/template.yaml")
FUNCTION = "AWS::Serverless::Function"
# An action that only a client of ours performs, and botocore's name for that client. What Lambda does itself to feed a
# function (receiving messages, reading streams) is not there.
CLIENT_OF_ACTION = {
    "dynamodb:GetItem": "dynamodb",
    "dynamodb:PutItem": "dynamodb",
    "dynamodb:Query": "dynamodb",
    "kms:Decrypt": "kms",
    "s3:PutObject": "s3",
    "secretsmanager:GetSecretValue": "secretsmanager",
    "ses:SendEmail": "sesv2",
    "sqs:SendMessage": "sqs",
    "states:StartExecution": "stepfunctions",
    "states:SendTaskSuccess": "stepfunctions",
}
ON_DEMAND = frozenset({"s3"})  # signs an upload form; most requests of such a function never make the client


@dataclass(frozen=True, slots=True)
class Deployed:
    """One function as it is deployed."""

    memory_mb: int
    clients: tuple[str, ...]
    has_stripe: bool
    has_crypto: bool = False


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags, which are read as their plain values."""


def _plain(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type, unused-ignore]


_Loader.add_multi_constructor("!", _plain)


@cache
def deployed() -> Mapping[str, Deployed]:
    """Read every function, by folder name."""
    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - derives from SafeLoader
    resources, usual = template["Resources"], template["Globals"]["Function"]
    found = {}
    for resource in resources.values():
        if isinstance(resource, dict) and resource.get("Type") == FUNCTION:
            said = resource["Properties"]
            role = resources[str(said["Role"]).removesuffix(".Arn")]
            memory_mb = int(said.get("MemorySize", usual["MemorySize"]))
            clients = tuple(sorted({CLIENT_OF_ACTION[action] for action in _actions(role)} - ON_DEMAND))
            layers = said.get("Layers", ())
            folder = Path(said["CodeUri"]).name
            found[folder] = Deployed(memory_mb, clients, "StripeLayer" in layers, "CryptoLayer" in layers)
    return found


def _actions(role: Mapping[str, Any]) -> Iterator[str]:
    for policy in role["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            listed = statement["Action"]
            actions = [listed] if isinstance(listed, str) else listed
            yield from (action for action in actions if action in CLIENT_OF_ACTION)
