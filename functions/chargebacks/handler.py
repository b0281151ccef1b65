"""/operator/chargebacks: what banks ask and take back, and the one answer they get; in plain words on the order."""

from marketplace.orders.model import OrderMissing, OwnCase
from marketplace.payments.bank.wire import (
    BankQuestions,
    Chargeback,
    ChargebackCase,
    ChargebackQuery,
    SendEvidence,
    case_to_wire,
    chargeback_to_wire,
    questions_to_wire,
)
from marketplace.payments.bank_case import AnswerGiven, BankCaseMissing, BankCaseMoved
from marketplace.storage.cursor import BadCursor
from marketplace.web import Page, Request, Verified, make_app, route
from marketplace.web.access import CaseStaff
from marketplace.wiring import Services, live


@route(
    "GET",
    "/operator/chargebacks",
    access=CaseStaff,
    query=ChargebackQuery,
    returns=Page[Chargeback],
    errors=(BadCursor,),
)
def list_chargebacks(request: Request, services: Services) -> Page[Chargeback]:
    """List what banks ask, the nearest deadline first: to answer, with the bank, or closed."""
    asked = request.query
    rows = services.bank_cases.page(asked.queue, asked.cursor, asked.limit)
    return Page([chargeback_to_wire(each) for each in rows.items], rows.cursor)


@route(
    "GET",
    "/operator/chargebacks/{dispute_id}",
    access=CaseStaff,
    returns=ChargebackCase,
    errors=(BankCaseMissing, OwnCase),
)
def get_chargeback(request: Request, services: Services) -> ChargebackCase:
    """Read one case with the evidence that was sent, or that would be sent now."""
    return case_to_wire(services.bank_cases.read(request.path["dispute_id"], request.account))


@route(
    "POST",
    "/operator/chargebacks/{dispute_id}/evidence",
    access=CaseStaff,
    body=SendEvidence,
    returns=ChargebackCase,
    errors=(BankCaseMissing, OwnCase, AnswerGiven, BankCaseMoved),
)
def send_evidence(request: Request, services: Services) -> ChargebackCase:
    """Answer the bank from the order's record, once and for good; with `submit` false, only see what would go."""
    cases, dispute_id = services.bank_cases, request.path["dispute_id"]
    act = cases.answer if request.body.submit else cases.read
    return case_to_wire(act(dispute_id, request.account))


@route("GET", "/orders/{order_id}/bank", access=Verified, returns=BankQuestions, errors=(OrderMissing,))
def get_bank_questions(request: Request, services: Services) -> BankQuestions:
    """Read what the buyer's bank asks about this order's payment, in plain words."""
    order_id, account = request.path["order_id"], request.account
    cases = services.bank_cases.of_order(order_id, account.account_id, staff=account.is_staff)
    order = services.order_store.read(order_id)
    return questions_to_wire(cases, order.party(account.account_id) if order else None, request.locale)


ROUTES = (list_chargebacks, get_chargeback, send_evidence, get_bank_questions)
handler = make_app("chargebacks", *ROUTES, services=live)
