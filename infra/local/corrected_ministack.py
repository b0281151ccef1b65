"""Start MiniStack with the corrections that make it refuse and fail where AWS does.

Run by the emulator's own interpreter, never imported by the product. Each correction names what MiniStack 1.5.33 does
and what AWS does; `start` stops with a plain sentence when a new version has moved the function a correction hangs on.
"""

# ruff: noqa: SLF001 - every correction reaches into MiniStack, where it has no public place to hook on

import base64
import contextvars
import functools
import hashlib
import importlib
import io
import json
import operator
import os
import re
import socket
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

PORT_WAIT_SECONDS = 30.0

_machine: contextvars.ContextVar[str] = contextvars.ContextVar("machine", default="")
_arming_token: contextvars.ContextVar[str] = contextvars.ContextVar("arming_token", default="")
_machine_of_token: dict[str, str] = {}


def _wrap(module: str, name: str, around: Callable[..., Any]) -> None:
    """Replace `module.name` by `around(original, *args)`."""
    owner: Any = importlib.import_module(f"ministack.{module}")
    *classes, name = name.split(".")
    for each in classes:
        owner = getattr(owner, each, None)
    original = getattr(owner, name, None)
    if original is None:
        sys.exit(f"MiniStack no longer has {module}.{name}, which infra/local/corrected_ministack.py corrects.")

    def corrected(*args: Any, **kwargs: Any) -> Any:
        return around(original, *args, **kwargs)

    setattr(owner, name, corrected)


# Which role used which permission: what a policy grants beyond it is too much (tests/e2e reads this file).
_used: set[tuple[str, str, str, str]] = set()


def _note_use(original: Callable[..., Any], key: str, action: str, service: str, *args: Any, **kwargs: Any) -> Any:
    answer = original(key, action, service, *args, **kwargs)
    log = os.environ.get("ACCESS_LOG")
    if log and key.startswith("ASIA"):  # a role's temporary key; the deploying account owner is of no interest
        resource = kwargs.get("resource_arn", args[1] if len(args) > 1 else "*")
        use = (_role_of(key), action, resource, "allowed" if answer is None else "denied")
        if use not in _used:
            _used.add(use)
            with Path(log).open("a") as lines:
                lines.write(json.dumps(dict(zip(("role", "action", "resource", "answer"), use, strict=True))) + "\n")
    return answer


def _role_of(key: str) -> str:
    account = importlib.import_module("ministack.core.responses").get_account_id()
    principal = importlib.import_module("ministack.core.iam_evaluator").resolve_principal(key, account)
    _, _, role_and_session = str(getattr(principal, "arn", "")).partition(":assumed-role/")
    return role_and_session.partition("/")[0]


# A policy names one state machine or one mail identity; MiniStack compares SendTask* and SendEmail with "*" instead.
def _exact_resource(original: Callable[..., str], service: str, *args: Any, **kwargs: Any) -> str:
    arn = original(service, *args, **kwargs)
    if arn != "*" or service not in ("states", "ses"):
        return arn
    _method, _path, _headers, body, _query, region, account = args
    fields = _json(body)
    if service == "states":
        return _machine_of_token.get(str(fields.get("taskToken"))) or _any_machine(arn)
    sender = fields.get("FromEmailAddress")
    return f"arn:aws:ses:{region}:{account}:identity/{sender}" if sender else arn


# A policy may ask for an encryption context; MiniStack knows no such condition key, and would refuse every call.
def _encryption_context(original: Callable[..., Any], service: str, action: str, body: bytes, *args: Any) -> Any:
    context = original(service, action, body, *args)
    given = _json(body).get("EncryptionContext") if service == "kms" else None
    if not isinstance(given, dict):
        return context
    return context | {f"kms:EncryptionContext:{name}": str(value) for name, value in given.items()}


def _any_machine(otherwise: str) -> str:
    """Answer for a token from before a restart: the call then fails for being late, as on AWS, not for its policy."""
    machines = importlib.import_module("ministack.services.stepfunctions")._state_machines.all_values()
    return next((str(machine["stateMachineArn"]) for machine in machines), otherwise)


def _json(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body or b"{}")
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _remember_machine(
    original: Callable[..., Any], state: Any, raw_input: Any, execution: dict[str, Any], context: Any
) -> Any:
    set_before = _machine.set((execution or {}).get("stateMachineArn", ""))
    if "TimeoutSecondsPath" in state:  # which MiniStack does not know
        names = state["TimeoutSecondsPath"].removeprefix("$.").split(".")
        state = {**state, "TimeoutSeconds": functools.reduce(operator.getitem, names, raw_input)}
    try:
        return original(state, raw_input, execution, context)
    finally:
        _machine.reset(set_before)


# AWS fails a waiting task at once when the function that should arm it fails; MiniStack waits for the time-out.
def _remember_token(original: Callable[..., Any], resource: str, payload: Any, token: str, state: Any) -> Any:
    _machine_of_token[token] = _machine.get()
    set_before = _arming_token.set(token)
    try:
        return original(resource, payload, token, state)
    finally:
        _arming_token.reset(set_before)


def _fail_unarmed_task(original: Callable[..., Any], *args: Any) -> Any:
    try:
        return original(*args)
    except Exception as failure:
        waiting = importlib.import_module("ministack.services.stepfunctions")._task_tokens.get(_arming_token.get())
        if waiting is not None:
            waiting["error"] = {"Error": getattr(failure, "error", ""), "Cause": getattr(failure, "cause", "")}
            waiting["event"].set()
        raise


# AWS reports a Python exception under its class's name; MiniStack calls every one of them Runtime.HandlerError.
_EXCEPTION_LINE = re.compile(r"^(?:[\w<>]+\.)*(\w+)(?::|$)")


def _name_exception(original: Callable[..., dict[str, Any]], *args: Any, **kwargs: Any) -> dict[str, Any]:
    result = original(*args, **kwargs)
    body = result.get("body")
    if result.get("error") and isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
        _, found, traceback = result.get("log", "").rpartition("Traceback (most recent call last):")
        unindented = [line for line in traceback.splitlines()[1:] if line and not line.startswith(" ")]
        named = _EXCEPTION_LINE.match(unindented[0]) if found and unindented else None
        if named:
            body["errorType"] = named.group(1)
    return result


# AWS mounts a layer once; MiniStack unpacks all of a function's layers again for every worker it starts, which for the
# journeys came to 140,000 files. Workers share one unpacked copy, found by the variable the worker reads.
_LAYERS_VARIABLE = "_LAMBDA_LAYERS_DIRS"
_unpacking = threading.Lock()
_unpacked: dict[str, str] = {}


def _share_layers(original: Callable[..., None], worker: Any) -> None:
    config = worker.config
    folders = [_layer_folder(reference) for reference in config.get("Layers", [])]
    variables = {**config.get("Environment", {}).get("Variables", {}), _LAYERS_VARIABLE: os.pathsep.join(folders)}
    worker.config = {**config, "Layers": [], "Environment": {"Variables": variables}}
    try:
        original(worker)
    finally:
        worker.config = config


def _layer_folder(reference: Any) -> str:
    arn = reference if isinstance(reference, str) else reference["Arn"]
    with _unpacking:
        if arn not in _unpacked:
            content = importlib.import_module("ministack.services.lambda_svc")._resolve_layer_zip(reference)
            folder = tempfile.mkdtemp(prefix="layer-")
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                archive.extractall(folder)
            _unpacked[arn] = folder
        return _unpacked[arn]


# AWS gives a function its layers and the runtime; MiniStack's workers also see what MiniStack itself is installed with,
# so that a function without the layer it needs would run here and fail there.
_ONLY_LAYERS = "import sys\nsys.path[:] = [place for place in sys.path if not place.endswith('site-packages')]\n"


def _without_own_packages(original: Callable[..., tuple[str, str]], runtime: str) -> tuple[str, str]:
    interpreter, script = original(runtime)
    return interpreter, _ONLY_LAYERS + script if runtime.startswith("python") else script


# S3 compares an uploaded form's file with the checksum in the form, and tells that checksum to whoever looks at the
# object; MiniStack stores whatever comes, and forgets the checksum.
def _check_digest(original: Callable[..., Any], bucket: str, body: bytes, headers: dict[str, str]) -> Any:
    s3 = importlib.import_module("ministack.services.s3")
    parts = s3._parse_multipart_form(headers.get("content-type", ""), body) or []
    fields = {name.lower(): value for name, _filename, _headers, value in parts}
    announced, file = fields.get("x-amz-checksum-sha256"), fields.get("file")
    if announced and file is not None and base64.b64encode(hashlib.sha256(file).digest()) != announced.strip():
        return s3._error("BadDigest", "The SHA256 you specified did not match the calculated checksum.", 400)
    answer = original(bucket, body, headers)
    stored = s3._buckets[bucket]["objects"].get(fields.get("key", b"").decode()) if bucket in s3._buckets else None
    if announced and stored is not None:
        stored["checksums"] = {"SHA256": announced.strip().decode()}
    return answer


# CloudWatch adds up metrics; MiniStack refuses a stack whose alarm does. It watches the first of them here: nobody
# waits for an alarm of this cloud.
def _first_metric(original: Callable[..., Any], name: str, props: dict[str, Any]) -> Any:
    asked = [each["MetricStat"] for each in props.get("Metrics", []) if "MetricStat" in each]
    if not asked:
        return original(name, props)
    kept = {key: value for key, value in props.items() if key != "Metrics"}
    metric = {"Statistic": asked[0]["Stat"], "Period": asked[0]["Period"], **asked[0]["Metric"]}
    return original(name, kept | metric)


# AWS never restarts; MiniStack fails every execution that was running. They begin again, under the name they had.
def _resume_executions(original: Callable[..., None], data: dict[str, Any]) -> None:
    original(data)
    engine = importlib.import_module("ministack.services.stepfunctions")
    for (account, region, arn), execution in list(engine._executions._data.items()):
        if execution.get("error") == "States.ServiceRestart":
            execution.update(status="RUNNING", stopDate=None, error=None, cause=None)
            threading.Thread(target=_resume, args=(engine, account, region, arn), daemon=True).start()


# MiniStack keeps how far a stream was read, and not the stream: after a restart it would skip as many new records.
def _read_from_the_start(original: Callable[..., None], store: Any, positions: Any) -> None:
    original(store, positions)
    if store is importlib.import_module("ministack.services.lambda_svc")._dynamodb_stream_positions:
        for place in store._data:
            store._data[place] = 0


def _resume(engine: Any, account: str, region: str, arn: str) -> None:
    responses = importlib.import_module("ministack.core.responses")
    responses.set_request_account_id(account)
    responses.set_request_region(region)
    if _port_opened():
        engine._run_execution(arn)


def _port_opened() -> bool:
    port = int(importlib.import_module("ministack.app")._resolve_port())
    deadline = time.monotonic() + PORT_WAIT_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def start() -> None:
    """Correct MiniStack, then serve until a signal ends it."""
    _wrap("core.iam_actions", "extract_resource_arn", _exact_resource)
    _wrap("core.iam_actions", "request_tag_context", _encryption_context)
    _wrap("core.iam_evaluator", "enforce", _note_use)
    _wrap("services.stepfunctions", "_execute_task", _remember_machine)
    _wrap("services.stepfunctions", "_invoke_with_callback", _remember_token)
    _wrap("services.stepfunctions", "_call_lambda", _fail_unarmed_task)
    _wrap("services.stepfunctions", "load_persisted_state", _resume_executions)
    _wrap("services.lambda_svc", "_execute_function_warm", _name_exception)
    _wrap("services.lambda_svc", "_restore_esm_positions", _read_from_the_start)
    _wrap("core.lambda_runtime", "Worker._spawn", _share_layers)
    _wrap("core.lambda_runtime", "_detect_runtime_binary", _without_own_packages)
    _wrap("services.s3", "_post_object", _check_digest)
    _wrap("services.cloudformation.provisioners", "_cw_metric_alarm_record", _first_metric)
    importlib.import_module("ministack.app").main()


if __name__ == "__main__":
    start()
