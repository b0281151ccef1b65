"""Carriers' webhook as JSON."""

import msgspec


class CarrierReceived(msgspec.Struct):
    """The delivery was taken in; it may have moved nothing."""

    moved: int  # orders
