"""The way of a request: key, operation, idempotency, faults, execution, answer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from infra.local.stripe.errors import (
    ConnectionDropped,
    Json,
    NotAuthenticated,
    NotModelled,
    SavedFailure,
    StripeError,
)
from infra.local.stripe.expand import expand
from infra.local.stripe.faults import Fault, Faults
from infra.local.stripe.idempotency import Keys
from infra.local.stripe.params import parse
from infra.local.stripe.protocol import Reply, Request, answer, authenticate, read
from infra.local.stripe.routes import Call, Operation, find
from infra.local.stripe.store import PLATFORM
from infra.local.stripe.unit import Workplace

_OK = 200


@dataclass(frozen=True)
class _Job:
    """A request that may be executed: the operation is known and the key fits."""

    request: Request
    operation: Operation
    ids: dict[str, str]
    publishable: bool
    fault: Fault | None


class _Outcome(NamedTuple):
    reply: Reply
    #: The answer is to be kept under the idempotency key.
    saved: bool


class Gateway:
    """Answers requests at a workplace."""

    def __init__(self, workplace: Workplace, keys: Keys, faults: Faults) -> None:
        self._workplace = workplace
        self._keys = keys
        self._faults = faults
        self._numbers = itertools.count(1)

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes | str | None) -> Reply:
        """Return the answer; raise ConnectionDropped when there is to be none."""
        request_id = f"req_local{next(self._numbers):08d}"
        fault = None
        try:
            request = read(method, target, headers, body, request_id=request_id)
            publishable = authenticate(request)
            entry, ids = find(request.method, request.path)
            _check_access(request, entry, publishable=publishable)
            self._check_account(request)
            fault = self._faults.take(request.method, request.path)
            if fault:
                fault.raise_before()
            reply = self._once(_Job(request, entry, ids, publishable, fault))
        except StripeError as error:
            reply = answer(request_id, error.status, error.body(), _advice(fault))
        if fault and fault.name == "answer_lost":
            raise ConnectionDropped("the answer was lost after the work was done (injected)")
        return reply

    def _check_account(self, request: Request) -> None:
        """Refuse an account that the key may not act for, before its idempotency keys are looked at."""
        if not request.account:
            return
        account = self._workplace.world.store.find("account", request.account, PLATFORM)
        if account is None or account.hidden.get("disconnected"):
            raise NotAuthenticated(
                f"The provided key does not have access to account "
                f"'{request.account}' (or that account does not exist).",
                code="account_invalid",
                status=403,
            )

    def _once(self, job: _Job) -> Reply:
        """Execute under the request's idempotency key, or replay its answer."""
        key = job.request.key
        if key is None:
            return self._execute(job).reply
        scope = (job.request.account or PLATFORM, key)
        replayed = self._keys.claim(scope, job.request, self._workplace.world.now())
        if replayed:
            return replayed
        try:
            outcome = self._execute(job)
            if outcome.saved:
                self._keys.keep(scope, outcome.reply)
        finally:
            self._keys.release(scope)
        return outcome.reply

    def _execute(self, job: _Job) -> _Outcome:
        request, advice = job.request, _advice(job.fault)
        self._faults.pass_gate(request.method, request.path)
        try:
            body = self._run(job)
        except StripeError as error:
            self._compare(job, error.status, error.body())
            return _Outcome(answer(request.id, error.status, error.body(), advice), error.saved)
        return _Outcome(answer(request.id, _OK, body, advice), saved=True)

    def _run(self, job: _Job) -> Json:
        """Parse, run and render: one unit of work."""
        request, check = job.request, self._workplace.check
        with self._workplace.unit(request.id, request.key):
            call = self._call(job)
            if check:
                check.request(job.operation.method, job.operation.template, request.params)
            body = job.operation.run(call)
            paths = call.params.get("expand", [])
            shown = expand(body, paths, self._workplace.world.store)
            if job.fault and job.fault.name == "saved_500":
                raise SavedFailure("Injected failure, kept under its key.", status=500)
            self._compare(job, _OK, shown)
        if job.fault and job.fault.name == "saved_500_done":
            raise SavedFailure("Injected failure after the work, kept under its key.", status=500)
        return shown

    def _call(self, job: _Job) -> Call:
        request, world = job.request, self._workplace.world
        params = parse(request.params, job.operation.params)
        owner = request.account or PLATFORM
        return Call(world, request.path, job.ids, params, owner, job.publishable)

    def _compare(self, job: _Job, status: int, body: Json) -> None:
        check = self._workplace.check
        if check:
            entry = job.operation
            check.response(entry.method, entry.template, status, body)


def _check_access(request: Request, entry: Operation, *, publishable: bool) -> None:
    if publishable and not entry.publishable:
        raise NotAuthenticated(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            code="secret_key_required",
        )
    if request.account and not entry.connected:
        raise NotModelled(f"The local Stripe does not model {entry.method} {entry.template} on a connected account.")


def _advice(fault: Fault | None) -> dict[str, str]:
    return fault.headers() if fault else {}
