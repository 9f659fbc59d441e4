"""Mail to editors, through whatever server SALAMA_SMTP_URL names."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from bot.faults import Fault

TIMEOUT_S = 20
SUBMISSION, SMTPS = 587, 465


class MailError(Fault):
    """The mail was not sent; the message says why, without addresses or passwords."""


@dataclass(frozen=True)
class Mailer:
    """Sends plain text. `smtp://` speaks TLS when the server offers it, `smtps://` from the start.

    Args:
        url: smtp://user:password@host:587
        sender: the From address.
        to: who gets it.
    """

    url: str
    sender: str
    to: Sequence[str]

    def send(self, subject: str, body: str) -> None:
        """Send one mail to all.

        Raises:
            MailError: the server is not there, or refuses.
        """
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self.sender, ", ".join(self.to)
        message.set_content(body)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(f"the digest was not mailed ({type(error).__name__}): check SALAMA_SMTP_URL") from None

    def _connected(self) -> smtplib.SMTP:
        where = urlsplit(self.url)
        host, context = where.hostname or "localhost", ssl.create_default_context()
        if where.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, where.port or SMTPS, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(host, where.port or SUBMISSION, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        return server
