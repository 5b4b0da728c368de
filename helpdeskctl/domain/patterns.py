"""Regular expressions that are compiled when they are first asked for.

A mail, or a list, needs few of them, and compiling one may take as long as reading the mail.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial


def lazily(pattern: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """What gives the compiled expression."""
    return lru_cache(partial(re.compile, pattern, flags))
