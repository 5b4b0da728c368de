"""What will be done with one mail, and why: the table of behaviour.md §4 as one tuple of rows.

`decide` is pure: the same mail, policy and context give the same decision, and nothing is touched.
`classify` prints the decision; `ingest` carries out the very same value.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from helpdeskctl.domain import outcomes
from helpdeskctl.domain.automatic import automatic_answer, automatic_mail
from helpdeskctl.domain.context import Context
from helpdeskctl.domain.events import Finding
from helpdeskctl.domain.message import Message
from helpdeskctl.domain.outcomes import Decision
from helpdeskctl.domain.reference import bounced_number, loop_mark
from helpdeskctl.domain.settings import Policy
from helpdeskctl.domain.situation import Situation, situation

# A number alone, without a command, no longer reaches a case that has been closed for so long.
_STALE = timedelta(days=30)


class Row(NamedTuple):
    """One line: `applies` gives what was found when the line is the one, else None."""

    name: str
    when: str
    applies: Callable[[Situation], tuple[Finding, ...] | None]
    decide: Callable[[Situation, tuple[Finding, ...]], Decision]


def decide(message: Message, policy: Policy, context: Context) -> Decision:
    """The first line of the table that applies, carried to its decision."""
    return weigh(message, policy, context)[0]


def weigh(message: Message, policy: Policy, context: Context) -> tuple[Decision, tuple[Row, ...]]:
    """The decision, and the lines before it, which did not apply."""
    here = situation(message, policy, context)
    for place, row in enumerate(TABLE):
        found = row.applies(here)
        if found is not None:
            decision = row.decide(here, found)
            return decision._replace(line=row.name, sender=here.sender), TABLE[:place]
    raise AssertionError("the last line of the table applies to every mail")


def _known(here: Situation) -> tuple[Finding, ...] | None:
    return () if here.context.known else None


def _repeated(here: Situation) -> tuple[Finding, ...] | None:
    if here.context.repeated is None:
        return None
    return (Finding("same Message-ID, sender and date", "message_id", here.message.message_id, "recorded"),)


def _own_mail(here: Situation) -> tuple[Finding, ...] | None:
    if here.context.ours_itself:
        return (Finding("Message-ID of ours", "message_id", here.message.message_id, "ignored"),)
    mark = here.message.header("x-helpdeskctl-loop").strip()
    if mark and here.context.secret and mark == loop_mark(here.context.secret):
        return (Finding("loop header of ours", "x-helpdeskctl-loop", mark, "ignored"),)
    return None


def _spam(here: Situation) -> tuple[Finding, ...] | None:
    flag = here.message.header("x-spam-flag").strip()
    if flag.lower() != "yes" or here.context.customer or here.context.referenced:
        return None
    return (Finding("spam flag", "x-spam-flag", flag, "held"),)


def _bounce(here: Situation) -> tuple[Finding, ...] | None:
    report = here.message.report
    if report and report.kind == "failed":
        return (Finding("bounce", "report", report.detail[:200] or report.kind, "undelivered"),)
    to_bounces = _bounce_recipient(here)
    if to_bounces and automatic_mail(here.message):
        return (Finding("sent to the bounce address", "recipient", to_bounces, "undelivered"),)
    return None


def _bounce_recipient(here: Situation) -> str:
    """The recipient that is our bounce address, tagged or plain, or ""."""
    local, _, domain = here.policy.bounces.lower().rpartition("@")
    for address in (*here.message.envelope_recipients, *here.message.recipients):
        name, _, host = address.lower().rpartition("@")
        if local and host == domain and (name == local or bounced_number(address, here.context.secret)):
            return address
    return ""


def _automatic_answer(here: Situation) -> tuple[Finding, ...] | None:
    if here.trusted:
        return None
    found = automatic_answer(here.message)
    if found is None and here.context.ours_referenced and here.automatic:
        found = here.automatic._replace(effect="automatic answer")
    return (found,) if found else None


PERSONAL = "personal address"


def _personal(here: Situation) -> tuple[Finding, ...] | None:
    if here.to_desk or not here.to_staff or _bounce_recipient(here):
        return None
    return (Finding(PERSONAL, "recipient", here.to_staff[0], "ignored"),)


def _cron(here: Situation) -> tuple[Finding, ...] | None:
    if "x-cron-env" in here.message.headers and here.sender.address.partition("@")[0] in {"root", "cron"}:
        return (Finding("mail of cron", "x-cron-env", here.sender.address, "ignored"),)
    return None


def _names_case(here: Situation) -> tuple[Finding, ...] | None:
    found = outcomes.named(here)
    if found is None:
        return None
    case, finding = found
    stale = case.closed_at is not None and here.context.now - case.closed_at > _STALE
    if finding.field == "subject" and stale and not here.command(case.subject):
        return None
    return (finding,)


def _anything(_here: Situation) -> tuple[Finding, ...] | None:
    return ()


TABLE: tuple[Row, ...] = (
    Row("known", "a case already holds it", _known, outcomes.resumed_or_duplicate),
    Row("repeated", "a case holds it with another body", _repeated, outcomes.recorded_again),
    Row("own mail", "our own mail come back", _own_mail, outcomes.ignored),
    Row("spam", "marked as spam", _spam, outcomes.held),
    Row("bounce", "a mail of ours came back", _bounce, outcomes.bounced),
    Row("automatic answer", "a machine answers", _automatic_answer, outcomes.answered_by_machine),
    Row("personal", "addressed only to staff", _personal, outcomes.personal),
    Row("cron", "cron's own mail", _cron, outcomes.ignored),
    Row("names a case", "about a case that exists", _names_case, outcomes.about_a_case),
    Row("new", "anything else", _anything, outcomes.opened),
)
