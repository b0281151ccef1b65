"""What the local cloud says when a part of it fails, tried without starting one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from infra.local.archives import digest, zip_folder
from infra.local.builds import Builder
from infra.local.packaging import function_code
from infra.local.progress import Progress
from infra.local.stacks import Stacks
from infra.local.templates import read_template
from infra.local.trouble import Trouble
from infra.local.workspace import CHECKOUT, Workspace


class FailingCloudFormation:
    """Accepts a stack, then fails one resource and rolls the others back."""

    def describe_stacks(self, **_stack):
        if not hasattr(self, "made"):
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": "ROLLBACK_COMPLETE"}]}

    def create_stack(self, **stack):
        self.made = stack

    def describe_stack_events(self, **_stack):
        return {
            "StackEvents": [
                _event("SignupFunction", "CREATE_FAILED", "Resource creation cancelled", minute=2),
                _event("SignupRole", "CREATE_FAILED", "The policy is malformed", minute=1),
                _event("Api", "CREATE_COMPLETE", "", minute=0),
            ]
        }


def _event(name, status, reason, *, minute):
    at = datetime(2026, 1, 1, 12, minute, tzinfo=UTC)
    return {"LogicalResourceId": name, "ResourceStatus": status, "ResourceStatusReason": reason, "Timestamp": at}


def test_a_failed_stack_names_the_first_resource_that_failed_and_its_reason():
    stacks = Stacks(FailingCloudFormation(), "http://127.0.0.1:1")

    with pytest.raises(Trouble) as trouble:
        stacks.deploy("aval-local", "s3://bucket/key", {})

    assert trouble.value.sentence == "Stack aval-local ended in ROLLBACK_COMPLETE: SignupRole: The policy is malformed"


def test_a_function_without_code_is_named_with_the_file_that_is_missing():
    with pytest.raises(Trouble) as trouble:
        function_code(CHECKOUT / "infra", "GhostFunction", {"CodeUri": "../functions/ghost/"})

    assert trouble.value.sentence == "GhostFunction has no code: functions/ghost/handler.py is missing."


def test_short_tags_become_long_forms_and_a_policys_version_stays_text(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text("A: !GetAtt Role.Arn\nB: !Sub x-${Stage}\nC: !Ref Api\nVersion: 2012-10-17\n")

    template = read_template(file)

    assert template == {
        "A": {"Fn::GetAtt": ["Role", "Arn"]},
        "B": {"Fn::Sub": "x-${Stage}"},
        "C": {"Ref": "Api"},
        "Version": "2012-10-17",
    }


def test_the_same_files_make_the_same_archive_whenever_they_were_written(tmp_path):
    for name in ("first", "second"):
        folder = tmp_path / name
        (folder / "inner" / "__pycache__").mkdir(parents=True)
        (folder / "inner" / "module.py").write_text("VALUE = 1\n")
        (folder / "inner" / "__pycache__" / f"{name}.pyc").write_text(name)

    archives = [zip_folder(tmp_path / name) for name in ("first", "second")]

    assert digest(archives[0]) == digest(archives[1])


def test_a_build_tool_that_fails_shows_the_end_of_what_it_said(tmp_path):
    workspace = Workspace(tmp_path, cache=tmp_path)
    workspace.logs.mkdir()
    builder = Builder(workspace, Progress())

    with pytest.raises(Trouble) as trouble:
        builder.run("make nothing", ["sh", "-c", "echo no rule; exit 2"], "Try again.")

    assert trouble.value.sentence == "make nothing failed with status 2."
    assert "no rule" in trouble.value.advice


def test_everything_that_is_cached_lives_in_the_checkouts_own_folder():
    assert Workspace(Path("elsewhere")).cache == CHECKOUT / ".local" / "cache"
