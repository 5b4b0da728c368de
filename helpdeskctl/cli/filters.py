"""Which cases are meant: the options that `list` and `export` have in common."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import click

from helpdeskctl.application.listing import Wanted, whole_case
from helpdeskctl.application.ports import CaseStore, ParseMail
from helpdeskctl.cli import bootstrap, suggesting
from helpdeskctl.cli.days import Day
from helpdeskctl.cli.options import session
from helpdeskctl.cli.words import _
from helpdeskctl.domain.case import Case, Status, Urgency
from helpdeskctl.domain.folding import fold
from helpdeskctl.domain.settings import Settings


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options, which reach the command as its argument `wanted`, as does its own option for
    `everything`; `--text`, for which mails must be read, as `text`."""

    @wraps(command)
    @click.pass_context
    def with_wanted(
        context: click.Context, /, *arguments: Any, status: str | None, urgency: str | None, **options: Any
    ) -> Any:
        asked = {name: options.pop(name) for name in Wanted._fields if name in options}
        if options.pop("mine"):
            asked["owner"] = session(context).who
        wanted = Wanted(
            status=Status(status) if status else None,
            urgency=Urgency[urgency] if urgency else None,
            **asked,
        )
        return command(*arguments, wanted=wanted, **options)

    for option in reversed(_options()):
        option(with_wanted)
    return with_wanted


def saying(text: str, cases: Iterable[Case], store: CaseStore, chosen: Settings) -> Iterable[Case]:
    """Those of which some mail contains the text; every case where it is ""."""
    if not text:
        return cases
    parse = bootstrap.parser(chosen)
    return (case for case in cases if _says(text, case, store, parse))


def _says(sought: str, case: Case, store: CaseStore, parse: ParseMail) -> bool:
    """Whether any mail of the case contains the text; the mails are read from their files."""
    from helpdeskctl.cli.reading import said_in

    whole = case if case.messages else whole_case(store, case.number)
    return any(fold(sought) in fold(said_in(mail, store, parse).text) for mail in whole.messages)


def _options() -> tuple[Callable[[Any], Any], ...]:
    text, option = _("TEXT"), click.option
    statuses, urgencies = click.Choice([s.value for s in Status]), click.Choice([u.name for u in Urgency])
    return (
        option("--status", type=statuses, help=_("Only of this status.")),
        option(
            "--sector",
            default="",
            metavar=_("SECTOR"),
            help=_("Only of this sector."),
            shell_complete=suggesting.sectors,
        ),
        option("--urgency", type=urgencies, help=_("Only of this urgency.")),
        option("--customer", default="", metavar=text, help=_("Only where the customer contains this.")),
        option("--contract", default="", metavar=_("NUMBER"), help=_("Only of this contract.")),
        option(
            "--owner",
            default="",
            metavar=_("LOGIN"),
            help=_("Only of this technician."),
            shell_complete=suggesting.technicians,
        ),
        option("--mine", is_flag=True, help=_("Only my own.")),
        option("--unassigned", is_flag=True, help=_("Only those that nobody has taken.")),
        option("--overdue", is_flag=True, help=_("Only those that are late.")),
        option("--waiting", is_flag=True, help=_("Only those where a customer waits for an answer.")),
        option(
            "--search",
            default="",
            metavar=text,
            help=_("Only where number, subject or people contain this."),
        ),
        option("--text", default="", metavar=text, help=_("Only where a mail's text contains this.")),
        option("--since", type=Day(), metavar=_("DAY"), help=_("Only what came on this day or later.")),
        option("--until", type=Day(), metavar=_("DAY"), help=_("Only what came on this day or before.")),
    )
