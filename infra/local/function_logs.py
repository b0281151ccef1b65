"""What the functions said, gathered from the emulator: into a file when the run ends, or to the screen while it is up.

`make logs [FUNCTION=Signup]` shows the errors of a running cloud.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.aws import client
from infra.local.workspace import CHECKOUT

GROUP_PREFIX = "/aval/"
ADDRESS_FILE = "address"
_NOISE = ("START ", "END ")


def write_function_logs(endpoint: str, path: Path) -> None:
    """Write every function's log below `path`, one file a function; a dead emulator has nothing to tell."""
    try:
        for name, lines in _logs(client(endpoint, "logs")):
            (path / f"{name}.log").write_text("".join(f"{line}\n" for line in lines))
    except (BotoCoreError, ClientError):
        return


def _logs(logs: Any) -> Iterator[tuple[str, list[str]]]:
    for group in logs.describe_log_groups(logGroupNamePrefix=GROUP_PREFIX)["logGroups"]:
        events = []
        for stream in logs.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]:
            asked = {"logGroupName": group["logGroupName"], "logStreamName": stream["logStreamName"]}
            events += logs.get_log_events(**asked)["events"]
        events.sort(key=lambda event: event["timestamp"])
        lines = [event["message"].rstrip() for event in events if not event["message"].startswith(_NOISE)]
        if lines:
            yield group["logGroupName"].rsplit("/", 1)[-1], lines


def _is_error(line: str) -> bool:
    try:
        return json.loads(line).get("level") in ("ERROR", "CRITICAL")
    except (ValueError, AttributeError):
        return "Traceback" in line or "AccessDenied" in line


def main(arguments: list[str]) -> int:
    """Print the errors of the cloud that is up; all lines of one function when it is named."""
    address = CHECKOUT / ".local" / "tmp" / ADDRESS_FILE
    if not address.is_file():
        sys.stdout.write("No local cloud is up in this checkout. What the last one said is in .local/logs/functions.\n")
        return 1
    wanted = arguments[0] if arguments else ""
    for name, lines in _logs(client(address.read_text(), "logs")):
        shown = lines if name == wanted else [line for line in lines if not wanted and _is_error(line)]
        sys.stdout.write("".join(f"{name}: {line}\n" for line in shown))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
