"""An SMTP server as the way out: one connection a mail.

It knows RFC 5321 and the configured server; it knows no case and no sendmail program. The password
is read when it is needed and stands in no error, log or receipt.
"""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from helpdeskctl.adapters.transport.compose import compose, objection, one_line, wire_address
from helpdeskctl.application.ports import Receipt
from helpdeskctl.domain import settings
from helpdeskctl.domain.case import OutgoingMail

if TYPE_CHECKING:
    import smtplib

_LONGEST_SAID = 500
# Bad sequence and "authentication required", said of a recipient: our configuration, not the recipient.
_OUR_FAULT = frozenset({503, 530})


class Smtp:
    """Hands each mail to the configured server, which has `seconds` for each answer (behaviour.md §8)."""

    def __init__(self, server: settings.Smtp, seconds: float = 30) -> None:
        self._server = server
        self._seconds = seconds

    def send(self, mail: OutgoingMail, now: datetime) -> Receipt:
        """Send it in one session; `said` is the server's last answer. Never raises.

        Only a 5xx on the recipient or the mail itself is refused for good: what concerns connection,
        encryption, login or sender is ours to repair, and the mail waits.
        """
        refused = objection(mail)
        if refused:
            return refused
        import smtplib

        connection: smtplib.SMTP | None = None
        try:
            connection = self._connected(mail.sender.domain)
            return _delivered(connection, mail, compose(mail, now))
        except smtplib.SMTPResponseException as error:
            return self._retry(_said(error.smtp_code, error.smtp_error))
        # ValueError: a host name or a password that cannot be put into bytes; never quoted.
        except (OSError, ValueError) as error:
            return self._retry(_reason(error))
        finally:
            if connection is not None:
                _leave(connection)

    def _connected(self, helo: str) -> "smtplib.SMTP":
        """A session up to MAIL FROM: greeted, encrypted and logged in as configured.

        `helo` is our own mail domain: the machine's name may be unknown, or take long to look up.
        """
        import smtplib

        host, port, security, username, _ = self._server
        if security == "tls":
            from ssl import create_default_context

            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, helo, timeout=self._seconds, context=create_default_context()
            )
        else:
            connection = smtplib.SMTP(host, port, helo, timeout=self._seconds)
        try:
            connection.ehlo_or_helo_if_needed()
            if security == "starttls":
                from ssl import create_default_context

                connection.starttls(context=create_default_context())
                connection.ehlo_or_helo_if_needed()
            if username:
                self._log_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _log_in(self, connection: "smtplib.SMTP") -> None:
        from smtplib import SMTPAuthenticationError

        with open(self._server.password_file, encoding="utf-8") as file:
            password = file.read().rstrip("\r\n")
        try:
            connection.login(self._server.username, password)
        except SMTPAuthenticationError as error:
            # Some servers quote the line they did not like.
            words = _without_secrets(_text(error.smtp_error), self._server.username, password)
            raise SMTPAuthenticationError(error.smtp_code, f"{words} (login refused)") from None

    def _retry(self, reason: str) -> Receipt:
        said = f"The SMTP server {self._server.host}:{self._server.port} did not take the mail: {reason}"
        return Receipt("retry", one_line(said, _LONGEST_SAID))


def _delivered(connection: "smtplib.SMTP", mail: OutgoingMail, message: bytes) -> Receipt:
    """The mail transaction (RFC 5321 §3.3) and what its last answer means for the mail."""
    from smtplib import SMTPDataError

    words: bytes | str
    code, words = connection.mail(wire_address(mail.envelope))
    if not _accepted(code):
        return Receipt("retry", _said(code, words, "the sender"))
    code, words = connection.rcpt(wire_address(mail.to.address))
    if _accepted(code):
        try:
            code, words = connection.data(message.replace(b"\n", b"\r\n"))
        except SMTPDataError as error:
            code, words = error.smtp_code, error.smtp_error
        if _accepted(code):
            return Receipt("sent", _said(code, words))
    refused = 500 <= code < 600 and code not in _OUR_FAULT
    return Receipt("refused" if refused else "retry", _said(code, words))


def _leave(connection: "smtplib.SMTP") -> None:
    """End the session: the mail's fate is decided, so a server that has gone is no news."""
    with suppress(OSError):
        connection.quit()
    connection.close()


def _accepted(code: int) -> bool:
    return 200 <= code < 300


def _said(code: int, words: bytes | str, about: str = "") -> str:
    """The server's answer in one line: `550 5.1.1 No such user`, and what it was about."""
    line = f"{code} {_text(words)}" + (f" (about {about})" if about else "")
    return one_line(line, _LONGEST_SAID)


def _text(words: bytes | str) -> str:
    return words if isinstance(words, str) else words.decode("utf-8", "replace")


def _without_secrets(words: str, username: str, password: str) -> str:
    """The words without the password, however a login may have carried it."""
    from base64 import b64encode

    for secret in (f"\0{username}\0{password}", password):
        for form in (secret, b64encode(secret.encode()).decode("ascii")):
            words = words.replace(form, "***") if form else words
    return words


def _reason(error: OSError | ValueError) -> str:
    """What kept us from a session, without anything of user or password."""
    if not isinstance(error, OSError):
        return "host, user or password hold characters that SMTP cannot carry: correct [mail.smtp]."
    if error.filename is not None:
        return f'the password file "{error.filename}" cannot be read ({error.strerror}).'
    return str(error) or type(error).__name__
