"""The templates keep the promises that a deploy cannot check: least privilege, something watching, nothing lost."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.local.templates import read_template
from marketplace.kit.settings import Settings
from marketplace.payments.unclaimed_model import PAID_WITHIN, WARNED_BEFORE
from marketplace.vault.model import PURPOSE

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = read_template(CHECKOUT / "infra" / "data.yaml")
CODE = read_template(CHECKOUT / "infra" / "template.yaml")

# A pattern stands where the last part of a name is not known before; everything else is named in full.
ALLOWED_PATTERNS = {
    "${Bucket}/photos/*": "one object a photo",
    "${Bucket}/evidence/*": "one object a piece of evidence",
    "${Bucket}/digital/*": "one object a sold file",
    "${Table}/stream/*": "ListStreams knows streams by their table; reading names the one stream",
}
STRIPE_CALLERS = {
    "AuditRun",
    "Capital",
    "Chargebacks",
    "Checkout",
    "Sellers",
    "PaymentEvents",
    "Escrow",
    "Sweep",
    "Reconcile",
    "SolvencyRun",
    "Intents",
    "OperatorPayouts",
    "PayoutRun",
    "Proposals",
    "Verifications",
}
SETS_PASSWORDS = {"Password", "Recovery", "Signup"}
MAY_NOT_CHANGE_ACCOUNTS = {
    "OrdersRole",
    "DisputesRole",
    "ReviewsRole",
    "ModerationRole",
    "NotificationsRole",
    "FraudScreeningRole",
    "EscrowRole",
}
NEVER_GRANTED = {"dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:DeleteTable", "dynamodb:UpdateTable"}
STACK_RESOURCES_MAX = 500  # CloudFormation's quota
API_RESOURCES = 2  # its deployment and its stage
LEDGER_VERBS = {"dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:Query"}
VISIBILITY_FACTOR = 6  # of the consumer's timeout, as Lambda's documentation on SQS asks


@cache
def _resources(which: str) -> dict[str, dict[str, Any]]:
    """Return every resource, loops written out."""
    template = {"data": DATA, "code": CODE}[which]
    written: dict[str, dict[str, Any]] = {}
    for name, resource in template["Resources"].items():
        if name.startswith("Fn::ForEach::"):
            variable, values, body = resource
            for value in values:
                written |= json.loads(json.dumps(body).replace("${" + variable + "}", value))
        else:
            written[name] = resource
    return written


def _of(which: str, kind: str) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in _resources(which).items() if each["Type"] == kind}


FUNCTIONS = {name.removesuffix("Function"): each for name, each in _of("code", "AWS::Serverless::Function").items()}
ROLES = _of("code", "AWS::IAM::Role")


def _statements(role: str) -> list[dict[str, Any]]:
    return [statement for policy in ROLES[role]["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _grants() -> list[tuple[str, str, Any]]:
    """Return every (role, action, resource)."""
    return [
        (role, action, resource)
        for role in ROLES
        for statement in _statements(role)
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    ]


def _export(name: str) -> dict[str, Any]:
    return {"Fn::ImportValue": {"Fn::Sub": "aval-${Stage}-" + name}}


def test_no_action_is_a_pattern():
    assert [grant for grant in _grants() if "*" in grant[1]] == []


def test_no_resource_is_a_pattern_but_the_listed_ones():
    patterns = {
        found for _, _, resource in _grants() for found in re.findall(r'"([^"]*\*[^"]*)"', json.dumps(resource))
    }

    assert patterns == set(ALLOWED_PATTERNS)


def test_every_statement_allows_exact_verbs_and_nothing_in_reverse():
    statements = [statement for role in ROLES for statement in _statements(role)]

    assert {frozenset(each) - {"Condition"} for each in statements} == {frozenset({"Effect", "Action", "Resource"})}
    narrowed = {action for each in statements if "Condition" in each for action in _list(each["Action"])}
    assert narrowed <= {"kms:Decrypt", "kms:GenerateDataKey"}


def test_peoples_keys_are_made_and_opened_for_personal_fields_and_for_nothing_else():
    asked = [each for role in ROLES for each in _statements(role) if "kms:Decrypt" in each["Action"]]

    assert {str(each["Resource"]) for each in asked} == {str(_export("DataKeyArn"))}
    assert {json.dumps(each["Condition"]) for each in asked} == {
        json.dumps({"StringEquals": {"kms:EncryptionContext:purpose": PURPOSE}})
    }


def test_who_opens_a_personal_field_reads_keys_has_the_cipher_and_asks_the_key_service_and_nobody_else():
    openers = {role.removesuffix("Role") for role, action, _ in _grants() if action == "kms:Decrypt"}
    readers = {role.removesuffix("Role") for role, _, resource in _grants() if resource == _export("KeysTableArn")}
    told = {name for name, function in FUNCTIONS.items() if "DATA_KEY_ID" in _variables(function)}
    carriers = {name for name, function in FUNCTIONS.items() if {"Ref": "CryptoLayer"} in function.get("Layers", [])}

    assert openers == readers == told
    assert openers <= carriers


def test_only_signing_up_and_withdrawing_make_a_key_and_nobody_changes_one():
    makers = {role for role, action, _ in _grants() if action == "kms:GenerateDataKey"}
    verbs = {(role, action) for role, action, resource in _grants() if resource == _export("KeysTableArn")}

    assert makers == {"SignupRole", "WithdrawalsRole"}
    assert {action for _, action in verbs} == {"dynamodb:GetItem", "dynamodb:PutItem"}
    assert {role for role, action in verbs if action == "dynamodb:PutItem"} == makers


def test_the_key_of_the_blind_index_is_read_where_it_is_named():
    told = {name for name, function in FUNCTIONS.items() if "BLIND_SECRET_ID" in _variables(function)}

    assert _readers_of("BlindSecretArn") == told


def test_every_session_check_reads_both_tables_and_may_note_a_use_in_the_sessions_alone():
    verbs: dict[str, set[str]] = {}
    for role, action, resource in _grants():
        if resource == _export("SessionsTableArn"):
            verbs.setdefault(role, set()).add(action)

    checked = {"dynamodb:BatchGetItem", "dynamodb:UpdateItem"}
    assert {role for role, each in verbs.items() if not checked <= each} == set()
    batches = {(role, str(resource)) for role, action, resource in _grants() if action == "dynamodb:BatchGetItem"}
    assert {(role, str(_export("AccountsTableArn"))) for role in verbs} <= batches


@pytest.mark.parametrize("role", sorted(MAY_NOT_CHANGE_ACCOUNTS))
def test_who_has_no_business_with_accounts_may_not_change_one(role):
    accounts = _export("AccountsTableArn")
    verbs = {action for owner, action, resource in _grants() if (owner, resource) == (role, accounts)}

    assert verbs <= {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}


def test_nobody_may_scan_a_table_or_change_one():
    assert {action for _, action, _ in _grants()} & NEVER_GRANTED == set()


def test_nobody_may_change_or_delete_what_the_ledger_holds():
    verbs = {action for _, action, resource in _grants() if resource == _export("LedgerTableArn")}

    assert verbs == LEDGER_VERBS


def test_no_role_carries_a_policy_that_is_not_written_in_the_template():
    assert [name for name, role in ROLES.items() if "ManagedPolicyArns" in role] == []
    assert [name for name, function in FUNCTIONS.items() if "Policies" in function] == []


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_has_a_role_and_a_log_group_of_its_own(name):
    function = FUNCTIONS[name]

    assert function["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}Logs"}}
    assert _of("code", "AWS::Logs::LogGroup")[f"{name}Logs"]["RetentionInDays"] > 0
    own_log = [statement for statement in _statements(f"{name}Role") if "logs:PutLogEvents" in statement["Action"]]
    assert [statement["Resource"] for statement in own_log] == [{"Fn::GetAtt": [f"{name}Logs", "Arn"]}]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_somebody_hears_when_a_function_fails_or_is_throttled(name):
    watching = _of("code", "AWS::CloudWatch::Alarm")[f"{name}Alarm"]

    asked = [each["MetricStat"] for each in watching["Metrics"] if "MetricStat" in each]
    assert [each["Metric"]["MetricName"] for each in asked] == ["Errors", "Throttles"]
    for each in asked:
        named = {"Name": "FunctionName", "Value": {"Ref": {"Fn::Sub": f"{name}Function"}}}
        assert each["Metric"]["Dimensions"] == [named]
    (sum_of_both,) = (each["Expression"] for each in watching["Metrics"] if "Expression" in each)
    assert sum_of_both == "FILL(errors, 0) + FILL(throttles, 0)"
    assert (watching["Threshold"], watching["AlarmActions"]) == (1, [_export("AlarmTopicArn")])


OWN_ALARMS = {
    name: each for name, each in _of("code", "AWS::CloudWatch::Alarm").items() if each.get("Namespace") == "aval"
}


@pytest.mark.parametrize("name", sorted(OWN_ALARMS))
def test_an_alarm_on_a_metric_of_ours_waits_for_one_that_a_function_says(name):
    alarm = OWN_ALARMS[name]
    [service] = (each["Value"] for each in alarm["Dimensions"])
    handlers = [path.read_text() for path in (CHECKOUT / "functions").glob("*/handler.py")]

    saying = [text for text in handlers if f'"{alarm["MetricName"]}"' in text and f'"service": "{service}"' in text]

    assert len(saying) == 1
    assert alarm["AlarmActions"] == [_export("AlarmTopicArn")]
    assert "docs/runbooks/" in alarm["AlarmDescription"]


def _minutes_between_runs():
    """Of the functions that run every so many minutes, and say a metric each time."""
    for function in FUNCTIONS.values():
        for event in function.get("Events", {}).values():
            if found := re.fullmatch(r"rate\((\d+) minutes?\)", str(event["Properties"].get("Schedule"))):
                yield Path(function["CodeUri"]).name, int(found[1])


def test_somebody_hears_when_a_schedule_of_minutes_falls_silent():
    every = dict(_minutes_between_runs())
    rings = {
        each["Dimensions"][0]["Value"]: each for each in OWN_ALARMS.values() if each["TreatMissingData"] == "breaching"
    }

    assert set(rings) == set(every) == {"sweep", "payout_run"}
    for name, minutes in every.items():
        assert rings[name]["Period"] >= 3 * minutes * 60
        assert rings[name]["EvaluationPeriods"] == 1
        assert "silent" in rings[name]["AlarmDescription"]


def _hours_of_nightly_runs():
    """Of the functions that run every night: the hours in which their schedule fires."""
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if found := re.fullmatch(
                r"cron\(\S+ (\d+)(?:-(\d+))? \* \* \? \*\)", str(event["Properties"].get("Schedule"))
            ):
                first, last = found[1], found[2] or found[1]
                yield name, set(range(int(first), int(last) + 1))


def test_somebody_hears_when_a_nightly_schedule_never_fires():
    """One alarm for all: it counts the hours in which each of them ran, so that they need an hour in common."""
    nightly = dict(_hours_of_nightly_runs())
    alarm = _of("code", "AWS::CloudWatch::Alarm")["NightlyRunsSilentAlarm"]
    *counted, (_, _, ran) = [(each["Id"], each.get("MetricStat"), each.get("Expression")) for each in alarm["Metrics"]]

    watched = {stat["Metric"]["Dimensions"][0]["Value"]["Ref"].removesuffix("Function") for _, stat, _ in counted}
    assert watched == set(nightly) == {"Reconcile", "SolvencyRun", "AuditRun"}
    assert len(set.intersection(*nightly.values())) == 1
    assert {(stat["Metric"]["MetricName"], stat["Stat"], stat["Period"]) for _, stat, _ in counted} == {
        ("Invocations", "Sum", 3600)
    }
    assert ran == " * ".join(f"FILL({each}, 0)" for each, _, _ in counted)
    assert 24 <= alarm["EvaluationPeriods"] < 2 * 24 - 1
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["TreatMissingData"], alarm["AlarmActions"]) == ("breaching", [_export("AlarmTopicArn")])


def test_somebody_is_woken_days_before_a_promise_to_a_buyer_ends():
    alarm = OWN_ALARMS["UnclaimedWaitingAlarm"]

    assert alarm["Threshold"] == (PAID_WITHIN - WARNED_BEFORE).total_seconds()


@pytest.mark.parametrize("which", ["data", "code"])
def test_a_stack_holds_no_more_than_cloudformation_takes(which):
    """SAM makes more of a template than is written: a permission a route, a rule and a permission a schedule, ..."""
    made = Counter(event["Type"] for function in FUNCTIONS.values() for event in function.get("Events", {}).values())
    more = made.total() + made["Schedule"] + made["ScheduleV2"] + API_RESOURCES if which == "code" else 0

    assert len(_resources(which)) + more <= STACK_RESOURCES_MAX


def test_every_folder_of_functions_is_deployed_once():
    deployed = sorted(Path(function["CodeUri"]).name for function in FUNCTIONS.values())
    folders = sorted(path.parent.name for path in (CHECKOUT / "functions").glob("*/handler.py"))

    assert deployed == folders


def test_every_role_belongs_to_somebody():
    owners = {f"{name}Role" for name in FUNCTIONS} | {"EscrowMachineRole"}

    assert set(ROLES) == owners


def test_the_library_of_passkeys_goes_only_where_one_is_verified():
    carriers = {name for name, function in FUNCTIONS.items() if {"Ref": "WebauthnLayer"} in function.get("Layers", [])}

    assert carriers == {"Sessions", "Passkeys"}
    assert all({"Ref": "CryptoLayer"} in FUNCTIONS[name]["Layers"] for name in carriers)  # it has their cryptography


def test_stripes_library_goes_only_where_stripe_is_called():
    with_layer = {name for name, function in FUNCTIONS.items() if {"Ref": "StripeLayer"} in function.get("Layers", [])}

    assert with_layer == STRIPE_CALLERS


def test_the_breached_passwords_go_only_where_a_password_is_set():
    carriers = {name for name, function in FUNCTIONS.items() if {"Ref": "PasswordsLayer"} in function.get("Layers", [])}

    assert carriers == SETS_PASSWORDS


def test_only_who_talks_to_stripe_or_hears_from_it_reads_stripes_secret():
    readers = _readers_of("StripeSecretArn")

    assert readers == STRIPE_CALLERS | {"StripeWebhook"}
    assert readers == {name for name, function in FUNCTIONS.items() if "STRIPE_SECRET_ID" in _variables(function)}


def test_only_signup_reads_the_key_of_the_address_marks():
    assert _readers_of("MarkSecretArn") == {"Signup"}


def _readers_of(secret: str) -> set[str]:
    reads = [grant for grant in _grants() if grant[1] == "secretsmanager:GetSecretValue"]
    return {role.removesuffix("Role") for role, _, resource in reads if secret in str(resource)}


def _variables(function: dict[str, Any]) -> set[str]:
    return set(function.get("Environment", {}).get("Variables", {}))


def test_every_variable_that_a_function_gets_is_one_the_settings_read():
    read: set[str] = set()

    class Watched(dict[str, str]):
        def get(self, name, default=None):
            read.add(name)
            return default

    Settings.from_environment(Watched())

    given = {variable for function in FUNCTIONS.values() for variable in _variables(function)}
    assert given <= read | {"ALLOWED_ORIGIN"}  # the web adapter's own


@pytest.mark.parametrize(
    "path",
    [
        "/signup",
        "/signup/verify",
        "/signup/resend",
        "/sessions",
        "/password/reset-requests",
        "/password/resets",
        "/security/not-me",
        "/withdrawals",
        "/checkouts",
        "/webhooks/stripe",
        "/webhooks/carriers/{carrier}",
    ],
)
def test_what_can_be_flooded_is_throttled_by_itself(path):
    [api] = _of("code", "AWS::Serverless::Api").values()
    [whole] = [each for each in api["MethodSettings"] if each["ResourcePath"] == "/*"]
    [own] = [each for each in api["MethodSettings"] if each["ResourcePath"] == "/" + path.replace("/", "~1")]

    assert own["ThrottlingRateLimit"] <= whole["ThrottlingRateLimit"] / 2
    assert path in {
        event["Properties"]["Path"]
        for function in FUNCTIONS.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }


def test_functions_that_hash_passwords_cannot_take_the_whole_accounts_concurrency():
    bounded = {name for name, function in FUNCTIONS.items() if "ReservedConcurrentExecutions" in function}

    assert bounded == {"Signup", "Sessions", "Security", "Passkeys", "Password", "Recovery"}


def _is_served(function: dict[str, Any]) -> bool:
    return any(event["Type"] == "Api" for event in function.get("Events", {}).values())


def test_every_function_behind_the_api_and_no_other_knows_the_allowed_origin():
    served = {name for name, each in FUNCTIONS.items() if _is_served(each)}

    assert served == {name for name, function in FUNCTIONS.items() if "ALLOWED_ORIGIN" in _variables(function)}


def test_the_local_stripes_address_is_empty_unless_somebody_asks_for_it():
    assert CODE["Parameters"]["StripeApiBase"]["Default"] == ""
    assert CODE["Parameters"]["Timers"]["Default"] == ""


def test_a_recovery_waits_as_long_as_the_product_says_unless_somebody_asks_for_less():
    told = {name for name, function in FUNCTIONS.items() if "RECOVERY_DELAY_SECONDS" in _variables(function)}

    assert CODE["Parameters"]["RecoveryDelaySeconds"]["Default"] == ""
    assert told == {"Recovery"}


@pytest.mark.parametrize("name", sorted(name for name in _of("data", "AWS::SQS::Queue") if name.endswith("Queue")))
def test_a_queue_gives_up_after_five_tries_into_dead_letters_that_ring(name):
    area = name.removesuffix("Queue")
    queue = _of("data", "AWS::SQS::Queue")[name]
    alarm = _of("data", "AWS::CloudWatch::Alarm")[f"{area}DeadLettersAlarm"]

    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [f"{area}DeadLetters", "Arn"]},
        "maxReceiveCount": 5,
    }
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["Threshold"] == 1


@pytest.mark.parametrize("area", ["Payments", "Fraud", "Notifications", "Escrow"])
def test_a_message_stays_hidden_for_as_long_as_its_consumer_may_need(area):
    [(name, source)] = [
        (name, source["Properties"])
        for name, function in FUNCTIONS.items()
        for source in function.get("Events", {}).values()
        if source["Type"] == "SQS" and source["Properties"]["Queue"] == _export(f"{area}QueueArn")
    ]
    hidden_seconds = _of("data", "AWS::SQS::Queue")[f"{area}Queue"]["VisibilityTimeout"]

    assert hidden_seconds == VISIBILITY_FACTOR * FUNCTIONS[name]["Timeout"]
    assert source["BatchSize"] == 1 or source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_payments_are_taken_from_their_queue_one_at_a_time():
    [source] = FUNCTIONS["PaymentEvents"]["Events"].values()

    assert source["Properties"]["BatchSize"] == 1


def test_the_outbox_relay_sees_insertions_only_and_keeps_what_it_could_not_deliver():
    [source] = FUNCTIONS["OutboxRelay"]["Events"].values()

    assert json.loads(source["Properties"]["FilterCriteria"]["Filters"][0]["Pattern"]) == {"eventName": ["INSERT"]}
    assert source["Properties"]["DestinationConfig"]["OnFailure"]["Destination"] == _export("OutboxDeadLettersArn")


@pytest.mark.parametrize("name", sorted(_of("data", "AWS::DynamoDB::Table")))
def test_a_table_can_be_brought_back_and_goes_with_no_stack(name):
    table = _of("data", "AWS::DynamoDB::Table")[name]
    # A destroyed key must not come back: a day is enough to undo a mistake, and an erasure is final after it.
    kept = {"RecoveryPeriodInDays": 1} if name == "KeysTable" else {}

    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True} | kept
    assert table["DeletionProtectionEnabled"] is True
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize(
    "name",
    sorted(
        name for name, each in _resources("data").items() if not each["Type"].startswith(("AWS::Cloud", "AWS::SNS"))
    ),
)
def test_what_holds_data_outlives_its_stack(name):
    resource = _resources("data")[name]

    assert resource["DeletionPolicy"] == "Retain"
    assert resource["UpdateReplacePolicy"] == "Retain"


def test_everything_that_is_imported_is_exported():
    imported = set(re.findall(r'"Fn::ImportValue": \{"Fn::Sub": "([^"]+)"\}', json.dumps(CODE)))
    exported: set[str] = set()
    for name, output in DATA["Outputs"].items():
        bodies = [output]
        if name.startswith("Fn::ForEach::"):
            variable, values, body = output
            bodies = [json.loads(json.dumps(body).replace("${" + variable + "}", value)) for value in values]
        exported |= set(re.findall(r'"Export": \{"Name": \{"Fn::Sub": "([^"]+)"\}\}', json.dumps(bodies)))

    assert imported <= exported


def test_the_escrow_machine_may_call_the_escrow_function_and_nothing_else():
    grants = [(action, resource) for role, action, resource in _grants() if role == "EscrowMachineRole"]

    assert grants == [("lambda:InvokeFunction", {"Fn::GetAtt": ["EscrowFunction", "Arn"]})]


def test_only_the_escrow_machine_may_invoke_a_function_by_name():
    assert {role for role, action, _ in _grants() if action.startswith("lambda:")} == {"EscrowMachineRole"}


def test_what_the_gateway_refuses_by_itself_is_a_problem_document_too():
    [api] = _of("code", "AWS::Serverless::Api").values()

    for refusal in api["GatewayResponses"].values():
        [text] = refusal["ResponseTemplates"].values()
        problem = json.loads(text.replace("$context.status", "400"))
        assert set(problem) == {"type", "title", "status", "detail", "code", "request_id"}
        assert problem["type"] == f"urn:aval:problem:{problem['code']}"
        assert refusal["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"
