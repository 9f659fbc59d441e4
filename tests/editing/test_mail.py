"""A real server on this machine takes the mail."""

import socket
import threading

import pytest

from bot.editing.mail import Mailer, MailError
from tests.channels.serving import free_port


def serve_once(listening, heard):
    """As much of SMTP (RFC 5321) as one mail needs."""
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb") as stream:
        stream.write(b"220 here\r\n")
        stream.flush()
        in_data = False
        for line in stream:
            heard.append(line.decode())
            if in_data and line != b".\r\n":
                continue
            answers = {b"EHLO": b"250 hello", b"DATA": b"354 go on", b"QUIT": b"221 bye"}
            stream.write(answers.get(line[:4].upper(), b"250 fine") + b"\r\n")
            stream.flush()
            in_data = line[:4].upper() == b"DATA"
            if line[:4].upper() == b"QUIT":
                return


def test_a_mail_arrives_with_its_letters():
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve_once, args=(listening, heard))
        thread.start()
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        Mailer(url, "salama@example.org", ["asha@example.org", "ben@example.org"]).send("Révision", "À réviser")
        thread.join(5)
    said = "".join(heard)
    assert said.upper().count("RCPT TO") == 2
    assert "=?utf-8?q?R=C3=A9vision?=" in said


def test_a_server_that_is_away_is_named_without_its_password():
    with pytest.raises(MailError, match="SALAMA_SMTP_URL") as error:
        Mailer(f"smtp://asha:hunter2@127.0.0.1:{free_port()}", "a@example.org", ["b@example.org"]).send("x", "y")
    assert "hunter2" not in str(error.value)
