"""Whether a mail is from whom it says, as one trusted server found (RFC 8601; behaviour.md §5).

Only the topmost Authentication-Results of `[security] authserv_id` is believed; anybody can write others.
What that server wrote holds words of the sender's (an envelope address, a reason): they are in comments
and quotes, and never a result.
"""

import re

from helpdeskctl.domain.message import Message
from helpdeskctl.domain.patterns import lazily

_RESULT = lazily(r"\s*(dmarc|spf|dkim)\s*=\s*([a-z]+)(.*)", re.IGNORECASE | re.DOTALL)
# The property of each method that names the domain it speaks of.
_DOMAIN_OF = {
    "dmarc": lazily(r"\bheader\.from\s*=\s*([^\s;]+)", re.IGNORECASE),
    "spf": lazily(r"\bsmtp\.mailfrom\s*=\s*([^\s;]+)", re.IGNORECASE),
    "dkim": lazily(r"\bheader\.[di]\s*=\s*([^\s;]+)", re.IGNORECASE),
}


def verdict(message: Message, authserv_id: str) -> str:
    """`pass`, `fail` or `none` (nothing trustworthy said); `none` also when no server is trusted.

    A pass is DMARC, SPF or DKIM pass for the domain of From, a parent or a child of it; DMARC's also
    without a domain, for it is always about From.
    """
    if not authserv_id:
        return "none"
    for header in message.headers.get("authentication-results", ()):
        server, _, results = _bare(header).partition(";")
        if server.split() and server.split()[0].lower() == authserv_id.lower():
            return _judged(results, _from_domain(message))
    return "none"


def _bare(header: str) -> str:
    """The header without comments, which may be nested, and with nothing that separates in its quotes."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in header:
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            kept.append(" " if char in ";=" else char)
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
            kept.append(" ")
        elif not depth:
            kept.append(char)
    return "".join(kept)


def _from_domain(message: Message) -> str:
    return message.envelope.provider.domain if message.envelope else message.sender.domain


def _judged(results: str, domain: str) -> str:
    failed = False
    for result in results.split(";"):
        match = _RESULT().match(result)
        if not match:
            continue
        method, value = match[1].lower(), match[2].lower()
        named = _DOMAIN_OF[method]().findall(match[3])
        if value == "pass" and (_aligned(named, domain) or (method == "dmarc" and not named)):
            return "pass"
        failed = failed or (method == "dmarc" and value in {"fail", "permerror"})
    return "fail" if failed else "none"


def _aligned(named: list[str], domain: str) -> bool:
    for found in named:
        signed = found.strip("<>").rpartition("@")[2].lower()
        if signed and (domain == signed or domain.endswith("." + signed) or signed.endswith("." + domain)):
            return True
    return False
