"""What Twilio's error codes mean for a message and its person (twilio.com/docs/api/errors)."""

from __future__ import annotations

from bot.channels.protocol import Cause, DeliveryError

OPTED_OUT = {21610, 63050}
UNREACHABLE = {
    21211,  # invalid "To" number
    21214,
    21217,
    21614,  # "To" cannot receive SMS
    30005,  # unknown destination
    30006,  # a landline, or a carrier that cannot be reached
    63003,  # no such person on WhatsApp
}
OUTSIDE_WINDOW = {63016}
BUTTONS_REFUSED = {21655, 21656, 21658, 63005, 63013, 63027, 63028, 63036}
"""Content that cannot be sent as it is: the reply is sent again as numbered text."""
RETRY_AFTER_S = {
    14107: 10.0,  # too many messages a second
    20429: 10.0,
    21611: 60.0,  # Twilio's queue for our number is full
    30001: 60.0,
    30022: 60.0,  # carrier's rate limit
    63018: 30.0,  # WhatsApp's rate limit
    63038: 3600.0,  # the account's limit of the day
}
MENDABLE = {20003, 20005, 20404, 21606, 21659, 21703, 30002, 63007}
"""Wrong token or number, suspended account: tried again while the operator mends it."""


def delivery_error(code: int | None, status: int | None = None) -> DeliveryError:
    """The meaning of error `code`, or of HTTP `status` where there is no code."""
    name = f"Twilio error {code}" if code else f"Twilio: HTTP {status}"
    if code in OPTED_OUT:
        return DeliveryError(name, final=True, cause=Cause.OPTED_OUT)
    if code in UNREACHABLE:
        return DeliveryError(name, final=True, cause=Cause.UNREACHABLE)
    if code in OUTSIDE_WINDOW:
        return DeliveryError(name, final=True, cause=Cause.OUTSIDE_WINDOW)
    if code in BUTTONS_REFUSED:
        return DeliveryError(name, final=True, cause=Cause.BUTTONS_REFUSED)
    if code in RETRY_AFTER_S:
        return DeliveryError(name, retry_after_s=RETRY_AFTER_S[code])
    if code in MENDABLE or status is None or status == 429 or status >= 500:
        return DeliveryError(name, final=status is None and code not in MENDABLE)
    return DeliveryError(name, final=True)
