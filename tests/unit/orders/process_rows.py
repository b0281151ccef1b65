"""The order process as it was agreed, in a spelling of its own: who may do what, where it leads, and what it does.

This is written by hand and not from the code. A move is `name who -> target ?guard +effects`; a wait is
`state kind timer>length` with what else is said of it.
"""

_ANYTHING_PAID = "charge_back stripe -> charged_back +withdrawn"
_ACCEPTED = """
    confirm buyer -> settling ?clear +award_seller
    confirm buyer -> held ?risky
"""
_GIVEN_BACK = "refund seller,operator -> settling +award_buyer"
_REFUSED = "refuse operator -> settling +award_buyer"
_OPENED = "open_dispute buyer -> disputed"
_PEACE = """
    agree buyer,seller -> settling ?clear +award_decided
    agree buyer,seller -> settling ?risky +award_buyer
    agree_return buyer,seller -> return_open
    drop buyer -> return_open ?returning
    drop buyer -> delivered ?proven
    drop buyer -> delivery_unproven ?unproven
"""
_BANK = """
    chargeback_won stripe -> dispute_review +reinstated
    chargeback_lost stripe -> lost_to_chargeback ?whole +lost
    chargeback_lost stripe -> dispute_review ?in_part +lost_in_part
    chargeback_overdue system -> lost_to_chargeback ?whole +lost
    chargeback_overdue system -> dispute_review ?in_part +lost_in_part
"""
_END = """
    settle system -> released ?all_to_seller
    settle system -> refunded ?all_to_buyer
    settle system -> split ?shared
"""
_UNPAID = """
    pay stripe -> paid +capture
    expire system -> cancelled +restock
"""
_BEFORE_SHIPMENT = """
    cancel buyer,seller -> settling +award_buyer +restock
    refuse operator -> settling +award_buyer +restock
    ship_overdue system -> settling +award_buyer +restock
"""
_INSPECTED = """
    inspection_over system -> settling ?clear +award_seller
    inspection_over system -> held ?risky
"""
_HELD = """
    clear operator -> settling +award_seller
    hold_overdue system -> settling +award_buyer
"""
_RETURNED = """
    returns_done system -> settling ?clear +award_seller
    returns_done system -> held ?risky
    return_overdue system -> dispute_review
"""
_UNPROVEN = """
    attest_delivery operator -> delivered
    proof_overdue system -> settling +award_buyer
"""
_AFTER_SHIPMENT = f"{_GIVEN_BACK}\n{_REFUSED}\n{_OPENED}\n{_ANYTHING_PAID}"

MOVES_1 = {
    "awaiting_payment": _UNPAID,
    "paid": "ship seller -> shipped\n" + _BEFORE_SHIPMENT + _ANYTHING_PAID,
    "shipped": "attest_delivery operator -> delivered\ndelivery_overdue system -> delivery_unproven"
    + _ACCEPTED
    + _AFTER_SHIPMENT,
    "delivery_unproven": _UNPROVEN + _ACCEPTED + _AFTER_SHIPMENT,
    "delivered": _INSPECTED + _ACCEPTED + _AFTER_SHIPMENT,
    "held": _HELD + _AFTER_SHIPMENT,
    "disputed": f"answer seller -> dispute_review\nanswer_overdue system -> dispute_review\n{_ANYTHING_PAID}",
    "dispute_review": """
        decide operator -> settling +award_decided
        decision_overdue system -> settling +award_buyer
        """
    + _ANYTHING_PAID,
    "charged_back": _BANK,
    "settling": _END,
}

MOVES_2 = {
    "awaiting_payment": _UNPAID,
    "paid": """
        ship seller -> shipped ?goods
        report_done seller -> reported_done ?service
        make_available seller -> delivered ?digital
        """
    + _BEFORE_SHIPMENT
    + _ANYTHING_PAID,
    "shipped": """
        arrive carrier -> delivered
        go_astray carrier -> delivery_unproven
        attest_delivery operator -> delivered
        delivery_overdue system -> delivery_unproven
        """
    + _ACCEPTED
    + _AFTER_SHIPMENT,
    "reported_done": "attest_delivery operator -> delivered\ndelivery_overdue system -> delivery_unproven"
    + _ACCEPTED
    + _AFTER_SHIPMENT,
    "delivery_unproven": "arrive carrier -> delivered" + _UNPROVEN + _ACCEPTED + _AFTER_SHIPMENT,
    "delivered": "open_return buyer -> return_open" + _INSPECTED + _ACCEPTED + _AFTER_SHIPMENT,
    "return_open": _RETURNED + _AFTER_SHIPMENT,
    "held": "open_return buyer -> return_open ?proven" + _HELD + _AFTER_SHIPMENT,
    "disputed": "answer seller -> negotiating\nanswer_overdue system -> dispute_review" + _PEACE + _ANYTHING_PAID,
    "negotiating": "escalate buyer,seller -> dispute_review\ntalk_over system -> dispute_review"
    + _PEACE
    + _ANYTHING_PAID,
    "dispute_review": """
        decide operator -> decided +award_proposed
        decision_overdue system -> settling +award_buyer
        """
    + _PEACE
    + _ANYTHING_PAID,
    "decided": """
        accept_decision buyer,seller -> settling +award_stands
        decision_stands system -> settling +award_stands
        appeal buyer,seller -> appeal_review
        """
    + _ANYTHING_PAID,
    "appeal_review": """
        decide_appeal operator -> settling +award_decided
        appeal_overdue system -> settling +award_stands
        """
    + _ANYTHING_PAID,
    "charged_back": _BANK,
    "settling": _END,
}

_ENDS = """
    settling working
    released end
    refunded end
    split end
    cancelled end
    lost_to_chargeback end
"""

WAITS_1 = (
    """
    awaiting_payment waiting expire>unpaid by=sweep
    paid waiting ship_overdue>unshipped next=shipped
    shipped waiting delivery_overdue>undelivered next=delivered
    delivery_unproven waiting proof_overdue>unproven queue next=settling
    delivered waiting inspection_over>inspection_trader private=inspection_private next=settling
    held waiting hold_overdue>hold queue next=settling
    disputed waiting answer_overdue>dispute_answer next=dispute_review
    dispute_review waiting decision_overdue>dispute_decision queue next=settling
    charged_back waiting chargeback_overdue>chargeback next=dispute_review
"""
    + _ENDS
)

WAITS_2 = (
    """
    awaiting_payment waiting expire>unpaid by=sweep
    paid waiting ship_overdue>handling_grace promise=handling seller@ship_reminder next=shipped
    shipped waiting delivery_overdue>delivery_grace promise=delivery next=delivered
    reported_done waiting delivery_overdue>unconfirmed buyer@inspection_reminder next=settling
    delivery_unproven waiting proof_overdue>unproven queue next=settling
    delivered waiting inspection_over>inspection_trader private=inspection_private \
        buyer@inspection_reminder next=settling
    return_open waiting return_overdue>return next=settling
    held waiting hold_overdue>hold queue next=settling
    disputed waiting answer_overdue>answer_business_days business seller@answer_reminder next=negotiating
    negotiating waiting talk_over>negotiation buyer@talk_reminder seller@talk_reminder next=dispute_review
    dispute_review waiting decision_overdue>dispute_decision queue next=decided
    decided waiting decision_stands>appeal_wait next=settling
    appeal_review waiting appeal_overdue>appeal_decision queue next=settling
    charged_back waiting chargeback_overdue>chargeback next=dispute_review
"""
    + _ENDS
)

FIRST = "awaiting_payment"
MOVES, WAITS = {1: MOVES_1, 2: MOVES_2}, {1: WAITS_1, 2: WAITS_2}
