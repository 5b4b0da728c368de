"""Whether a mail is from whom it says, as one trusted server found (RFC 8601; behaviour.md §5).

Only the topmost Authentication-Results of `[security] authserv_id` is believed; anybody can write others.
"""

import re

from helpdeskctl.domain.message import Message

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*(dmarc|spf|dkim)\s*=\s*([a-z]+)(.*)", re.IGNORECASE | re.DOTALL)
_PROPERTY = re.compile(r"(?:header\.from|header\.d|header\.i|smtp\.mailfrom)\s*=\s*([^\s;]+)", re.IGNORECASE)


def verdict(message: Message, authserv_id: str) -> str:
    """`pass`, `fail` or `none` (nothing trustworthy said); `none` also when no server is trusted.

    A pass is DMARC pass, or SPF or DKIM pass for the domain of From, a parent or a child of it.
    """
    if not authserv_id:
        return "none"
    for header in message.headers.get("authentication-results", ()):
        said = _COMMENT.sub(" ", header)
        server, _, results = said.partition(";")
        if server.split() and server.split()[0].lower() == authserv_id.lower():
            return _judged(results, _from_domain(message))
    return "none"


def _from_domain(message: Message) -> str:
    return message.envelope.provider.domain if message.envelope else message.sender.domain


def _judged(results: str, domain: str) -> str:
    failed = False
    for result in results.split(";"):
        match = _RESULT.match(result)
        if not match:
            continue
        method, value, properties = match[1].lower(), match[2].lower(), match[3]
        if value == "pass" and (method == "dmarc" or _aligned(properties, domain)):
            return "pass"
        failed = failed or (method == "dmarc" and value in {"fail", "permerror"})
    return "fail" if failed else "none"


def _aligned(properties: str, domain: str) -> bool:
    for found in _PROPERTY.findall(properties):
        signed = found.strip('"<>').rpartition("@")[2].lower()
        if signed and (domain == signed or domain.endswith("." + signed) or signed.endswith("." + domain)):
            return True
    return False
