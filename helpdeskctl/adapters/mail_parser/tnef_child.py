"""The process that opens one winmail.dat: it may hang or swell, so it has limits and holds nothing of ours.

Standard input is the TNEF stream; standard output a line of JSON (texts, names and sizes), then the
contents one after the other.
"""

import json
import resource
import sys

_SECONDS, _BYTES = 5, 512 * 1024 * 1024


def main() -> None:
    """Open it; whatever goes wrong ends this process and no other."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import logging

    from tnefparse import TNEF

    logging.disable(logging.CRITICAL)
    opened = TNEF(sys.stdin.buffer.read())
    files = [(one.long_filename() or one.name or "", bytes(one.data or b"")) for one in opened.attachments]
    told = {
        "text": _text(opened.body),
        "html": _text(opened.htmlbody),
        "files": [(_text(name), len(content)) for name, content in files],
    }
    out = sys.stdout.buffer
    out.write(json.dumps(told).encode() + b"\n" + b"".join(content for _, content in files))
    out.flush()


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


if __name__ == "__main__":
    main()
