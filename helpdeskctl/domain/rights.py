"""Who may command, and who may be answered (behaviour.md §5, §8; RFC 3834).

Both functions give the reason for "no", which reaches history, `classify` and technician.
"""

from collections.abc import Callable
from datetime import timedelta

from helpdeskctl.domain.automatic import unanswerable
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.situation import Situation, desk_addresses

# Mail that lay about for longer is worked on, but an acknowledgement now would only confuse.
_TOO_OLD = timedelta(days=5)


def _faulty_envelope(here: Situation) -> bool:
    return here.message.envelope is not None and here.message.envelope.kind == "errore"


def _other_in_envelope(here: Situation) -> bool:
    envelope = here.message.envelope
    return envelope is not None and envelope.on_behalf_of.lower() != here.sender.address.lower()


def _unverified(here: Situation) -> bool:
    return bool(here.policy.authserv_id) and here.verdict != "pass"


def _unknown_provider(here: Situation) -> bool:
    envelope = here.message.envelope
    known = envelope is None or envelope.provider.domain in here.policy.pec_providers
    return bool(here.policy.authserv_id) and not known


def _unproven_staff(here: Situation) -> bool:
    # Anybody can write a staff address in From.
    return here.staff and not here.policy.authserv_id


REFUSALS: tuple[tuple[str, Callable[[Situation], bool]], ...] = (
    ("automatic mail gives no commands", lambda here: here.automatic is not None),
    ("it came through a group address", lambda here: here.indirect),
    ("the certified envelope is marked as faulty", _faulty_envelope),
    ("the certified envelope names another sender", _other_in_envelope),
    ("the sender could not be verified", _unverified),
    ("the certified mail's provider is not known", _unknown_provider),
    ("a staff address alone proves nothing", _unproven_staff),
)


def command_refused(here: Situation) -> str:
    """Why the sender may not give commands in this mail, or ""."""
    return next((reason for reason, applies in REFUSALS if applies(here)), "")


def withheld_answer(here: Situation) -> Finding | None:
    """Why the sender gets no automatic answer, or None."""
    address = here.sender.address
    if "@" not in address:
        return Finding("no sender address", "from", address, "no answer")
    if address.lower() in desk_addresses(here.policy):
        return Finding("sent by a desk address", "from", address, "no answer")
    if here.context.now - here.message.arrived_at > _TOO_OLD:
        return Finding("older than five days", "arrival", here.message.arrived_at.isoformat(), "no answer")
    if here.verdict == "fail":
        return Finding("sender verification failed", "authentication-results", "fail", "no answer")
    if here.trusted:
        return None
    automatic = here.automatic
    return unanswerable(here.message, here.sender) or (automatic and automatic._replace(effect="no answer"))
