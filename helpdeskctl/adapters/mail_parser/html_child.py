"""The process that turns large pages into text: none may hang or swell anything else.

Standard input are the pages, standard output their texts; both UTF-8, with `SEPARATOR` between.
"""

import resource
import sys

_SECONDS, _BYTES = 5, 1 << 30


def main() -> None:
    """Write the texts; whatever goes wrong ends this process and no other."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from helpdeskctl.adapters.mail_parser.html import SEPARATOR, seen

    pages = sys.stdin.buffer.read().decode("utf-8", "replace").split(SEPARATOR)
    sys.stdout.buffer.write(SEPARATOR.join(map(seen, pages)).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
