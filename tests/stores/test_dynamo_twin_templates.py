"""Table definitions are read from the template that is deployed, whatever intrinsic functions it uses."""

from pathlib import Path

import pytest
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from tests.fakes.dynamo import MemoryDynamo, create_tables
from tests.fakes.dynamo_reserved import RESERVED

TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: dev}
Mappings:
  Names: {Orders: {short: ord}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Condition IsTest]
  One: !Or [!Condition IsProd, !Condition IsTest]
Resources:
  Kept:
    Type: AWS::DynamoDB::Table
    Condition: One
    Properties: &table
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      TableName: NAME
  Dropped:
    Type: AWS::DynamoDB::Table
    Condition: Both
    Properties: *table
  Topic:
    Type: AWS::SNS::Topic
"""


def created(tmp_path: Path, name: str, **parameters: str) -> dict[str, str]:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE.replace("NAME", name))
    dynamo = MemoryDynamo()
    names = create_tables(dynamo, path, parameters)
    assert dynamo.tables() == sorted(names.values())
    return names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", "plain"),
        ("!Sub '${Stage}-orders'", "dev-orders"),
        ("!Sub ['${Stage}-${what}', {what: !Ref Stage}]", "dev-dev"),
        ("!Join ['-', [!Ref Stage, orders]]", "dev-orders"),
        ("!If [IsProd, gold, lead]", "lead"),
        ("!FindInMap [Names, Orders, short]", "ord"),
        ("!Sub '${AWS::StackName}-x'", "test-x"),
        ("{'Fn::Sub': '${Stage}-orders'}", "dev-orders"),
    ],
)
def test_names_are_worked_out(tmp_path, name, expected):
    assert created(tmp_path, name) == {"Kept": expected}


def test_parameters_replace_defaults(tmp_path):
    assert created(tmp_path, "!If [IsProd, gold, lead]", Stage="prod") == {"Kept": "gold"}


@pytest.mark.parametrize(("name", "message"), [("!Ref Nothing", "Nothing"), ("!GetAtt Topic.Arn", "Fn::GetAtt")])
def test_what_cannot_be_worked_out_is_said(tmp_path, name, message):
    with pytest.raises(ValueError, match=message):
        created(tmp_path, name)


def test_tables_in_a_loop_are_not_passed_over(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text("Resources:\n  Fn::ForEach::T: [Name, [A], {'${Name}': {Type: AWS::DynamoDB::Table}}]\n")
    with pytest.raises(ValueError, match="loop"):
        create_tables(MemoryDynamo(), path)


def test_the_projects_own_tables_can_be_made():
    names = create_tables(MemoryDynamo(), "infra/data.yaml", {"Stage": "test"})
    assert len(set(names.values())) == len(names) > 0


def test_reserved_words_are_those_that_moto_knows():
    assert set(ReservedKeywords.get_reserved_keywords()) == RESERVED
