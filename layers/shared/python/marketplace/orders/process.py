"""The life of an order, as one table a version. Everything that knows what may happen next is derived from it.

The API's guards and `allowed_actions`, the deadlines, the answer to "what if nobody does anything", the Step Functions
definition (asl.py), the diagrams (diagram.py) and the model checker of the tests all read PROCESSES.
A running order stays on the version it was placed under.
"""

from collections.abc import Mapping

from marketplace.orders import process_v1, process_v2
from marketplace.orders.process_table import Effect, Guard, Kind, Process, Reminder, Silence, State, Timer, Transition

__all__ = [
    "LATEST",
    "PROCESSES",
    "Effect",
    "Guard",
    "Kind",
    "Process",
    "Reminder",
    "Silence",
    "State",
    "Timer",
    "Transition",
]

LATEST = 2
PROCESSES: Mapping[int, Process] = {1: process_v1.PROCESS, 2: process_v2.PROCESS}
