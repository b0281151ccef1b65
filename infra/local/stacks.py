"""Create or update a CloudFormation stack, and say which resource failed and why."""

import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.local.trouble import Trouble

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 120.0
# CloudFormation repeats the whole template in front of its reason.
LONGEST_REASON = 400
_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_ADVICE = "Mend the template; with PERSIST=1 it may also help to forget the kept state: rm -r .local/state"
_UNCHANGED = "No updates are to be performed"


@dataclass(frozen=True)
class Stacks:
    """The stacks of one account."""

    cloudformation: Any
    endpoint: str

    def deploy(self, name: str, template_uri: str, values: dict[str, str]) -> dict[str, str]:
        """Bring the stack to the template at `template_uri` ("s3://bucket/key") and return its outputs.

        Raises:
            Trouble: a resource could not be made; names it.
        """
        wanted = {
            "StackName": name,
            "TemplateURL": f"{self.endpoint}/{template_uri.removeprefix('s3://')}",
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()],
            "Capabilities": _CAPABILITIES,
        }
        try:
            if self._exists(name):
                self.cloudformation.update_stack(**wanted)
            else:
                self.cloudformation.create_stack(**wanted)
        except ClientError as refused:
            if _UNCHANGED not in str(refused):
                why = str(refused)[-LONGEST_REASON:]
                raise Trouble(f"Stack {name} was refused: {why}", "Check infra/*.yaml with `make check`.") from refused
        return self._settled(name)

    def _exists(self, name: str) -> bool:
        try:
            self.cloudformation.describe_stacks(StackName=name)
        except ClientError:
            return False
        return True

    def _settled(self, name: str) -> dict[str, str]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            stack = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            status = stack["StackStatus"]
            if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
            if not status.endswith("_IN_PROGRESS"):
                raise Trouble(f"Stack {name} ended in {status}: {self._why(name, stack)}", _ADVICE)
            time.sleep(POLL_SECONDS)
        raise Trouble(f"Stack {name} was not ready within {PATIENCE_SECONDS:.0f} seconds.", "Look at .local/logs.")

    def _why(self, name: str, stack: dict[str, Any]) -> str:
        """Return the first failure: what follows it is only its consequence."""
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        if not failed:
            return str(stack.get("StackStatusReason", "no reason was given"))
        first = min(failed, key=lambda event: event["Timestamp"])
        return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'no reason was given')}"
