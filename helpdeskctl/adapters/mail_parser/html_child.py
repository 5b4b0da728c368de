"""The process that turns a large page into text: no page may hang or swell anything else.

Standard input is the page, standard output the text; both UTF-8.
"""

import resource
import sys

_SECONDS, _BYTES = 5, 1 << 30


def main() -> None:
    """Write the text; whatever goes wrong ends this process and no other."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from helpdeskctl.adapters.mail_parser.html import seen

    page = sys.stdin.buffer.read().decode("utf-8", "replace")
    sys.stdout.buffer.write(seen(page).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
