"""For development: nobody gets a message, the code stands in the log."""

import logging

from domain.log_records import PRIVATE

log = logging.getLogger(__name__)


class LogSms:
    """Raises ValueError where codes in a log would be a hole."""

    def __init__(self, *, production: bool) -> None:
        if production:
            raise ValueError("SMS codes are written to the log, which production must not: choose a vendor")

    async def send_code(self, phone: str, code: str, minutes: int) -> None:
        log.warning("the code for ...%s is %s, valid for %d minutes", phone[-4:], code, minutes, extra=PRIVATE)
