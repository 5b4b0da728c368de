"""A real browser without a window, for what only it can tell: what a page draws, fetches, complains of, prints.

It speaks the DevTools protocol over a pipe (chromium --remote-debugging-pipe): JSON texts, each ended by NUL.
"""

import fcntl
import json
import os
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)  # fmt: skip
# The browser wants its ends of the pipe as 3 and 4.
_AS_3_AND_4 = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execvp(sys.argv[3], sys.argv[3:])"
)


class Browser:
    """One page in a browser of its own, with a profile in `home`; ends with the `with` block.

    `complaints` are errors and warnings of its console, `requests` the addresses it asked for.
    """

    def __init__(self, home: Path) -> None:
        theirs, ours = _pipe(), _pipe()
        command = [sys.executable, "-c", _AS_3_AND_4, str(theirs[0]), str(ours[1])]
        command += ["chromium", *FLAGS, f"--user-data-dir={home}"]
        self._process = subprocess.Popen(
            command, pass_fds=(theirs[0], ours[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs[0])
        os.close(ours[1])
        self._to = os.fdopen(theirs[1], "wb", buffering=0)
        self._from = os.fdopen(ours[0], "rb")
        self._number = 0
        self._session = ""
        self._loaded = False
        self._read = b""
        self.complaints: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._to.close()
        self._from.close()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command and its result; what is reported in the meantime is noted."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        answer = self._message()
        while answer.get("id") != self._number:
            answer = self._message()
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def show(self, page: Path, width: int, height: int = 900, scheme: str = "light", media: str = "") -> None:
        """The page in a window of that size, drawn."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call(
            "Emulation.setEmulatedMedia",
            media=media,
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        self._loaded = False
        self.call("Page.navigate", url=page.as_uri())
        while not self._loaded:
            self._message()
        self.picture()

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def picture(self) -> bytes:
        """The whole page as PNG; whatever was changed is drawn by then."""
        taken = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return b64decode(taken["data"])

    def printed(self) -> bytes:
        """The page as PDF, on the paper it asks for."""
        made = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return b64decode(made["data"])

    def _message(self) -> dict[str, Any]:
        """The next message, noted."""
        while b"\0" not in self._read:
            piece = self._from.read1(65536)
            assert piece, "the browser ended"
            self._read += piece
        text, _end, self._read = self._read.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._note(message)
        return message

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Page.loadEventFired":
                self._loaded = True
            case "Log.entryAdded":
                self.complaints.append(parameters["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled":
                self.complaints.append(str(parameters["args"]))


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are neither 3 nor 4."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]
