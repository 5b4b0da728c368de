"""An SMTP server that follows a script: it answers each stage as it is told, falls silent, or hangs up.

It knows neither encryption nor login; `aiosmtpd` does both where a test wants them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread
from typing import cast

# What the script may say instead of an answer.
HANG_UP = "(hangs up)"
SILENCE = "(says nothing)"
_ACCEPTS = {
    "greeting": "220 posta.example ESMTP", "EHLO": "250 posta.example", "MAIL": "250 OK", "RCPT": "250 OK",
    "DATA": "354 go on", "end": "250 OK queued", "QUIT": "221 bye",
}  # fmt: skip


class ScriptedServer(ThreadingTCPServer):
    """`script` holds the answers that differ from friendliness, by stage; `taken` every mail that was
    received to its end, whatever was said then; `sessions` counts connections."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.script: dict[str, str] = {}
        self.taken: list[tuple[str, bytes]] = []
        self.sessions = 0
        self.over = Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def recipients(self) -> list[str]:
        """Who got mail, in order."""
        return [recipient for recipient, _ in self.taken]


class _Session(StreamRequestHandler):
    def handle(self) -> None:
        server = cast(ScriptedServer, self.server)
        server.sessions += 1
        recipient = ""
        if not self._answers("greeting"):
            return
        while line := self.rfile.readline().decode("ascii").strip():
            verb = line.partition(" ")[0].upper()
            stage = "EHLO" if verb in {"EHLO", "HELO", "RSET"} else verb
            if stage == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
            if not self._answers(stage):
                return
            if stage == "DATA" and "DATA" not in server.script:
                if server.script.get("middle"):
                    return
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                server.taken.append((recipient, content))
                if not self._answers("end"):
                    return
            if stage == "QUIT":
                return

    def _answers(self, stage: str) -> bool:
        """Whether the session goes on."""
        server = cast(ScriptedServer, self.server)
        answer = server.script.get(stage, _ACCEPTS.get(stage, "502 what"))
        if answer == SILENCE:
            server.over.wait(120)
        if answer in {HANG_UP, SILENCE}:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    """A running one."""
    with ScriptedServer() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.over.set()
        server.shutdown()
