"""What technicians do with a case at the terminal: each act one transaction, one entry in the history."""

from collections.abc import Callable
from typing import NamedTuple

from helpdeskctl.application.correspondence import written
from helpdeskctl.application.ports import CaseStore, Clock, Texts
from helpdeskctl.domain import answers, transitions
from helpdeskctl.domain.answers import Postmark
from helpdeskctl.domain.case import Case, Happened, Status
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError
from helpdeskctl.domain.mail_commands import COMMANDS
from helpdeskctl.domain.settings import Policy


class Desk(NamedTuple):
    """What an act needs: store, words, policy, clock, and who acts (a technician's login)."""

    store: CaseStore
    texts: Texts
    policy: Policy
    clock: Clock
    by: str


def close(number: int, desk: Desk, note: str, tell: bool) -> Case:
    """Close the case and, if `tell`, write to the requester; closing is an answer to its due time."""
    return _command("close", number, desk, note, tell)


def reopen(number: int, desk: Desk, note: str, tell: bool) -> Case:
    """Open a closed case again and, if `tell`, write to the requester."""
    return _command("reopen", number, desk, note, tell)


def hold(number: int, desk: Desk, question: str) -> Case:
    """Ask the requester, and suspend the case until they write."""
    now = desk.clock()

    def act(case: Case) -> Happened:
        if case.status is Status.closed:
            raise RefusedError("Case #{number} is closed: reopen it first.", number=number)
        if case.status is Status.suspended:
            case = transitions.with_due(
                transitions.resumed(case, desk.by, now).case, desk.policy.calendar_of(case.terms)
            )
        return transitions.suspended(case, desk.by, now, question)

    return _act(number, desk, act, "question", question)


def _command(name: str, number: int, desk: Desk, note: str, tell: bool) -> Case:
    command = next(c for c in COMMANDS if c.name == name)
    now = desk.clock()

    def act(case: Case) -> Happened:
        if command.already(case):
            raise _nothing_to_do(name, number)
        if name == "close":
            case = transitions.responded(case, now)
        happened = command.carry_out(case, desk.by, now, (), note)
        return happened._replace(
            case=transitions.with_due(happened.case, desk.policy.calendar_of(happened.case.terms))
        )

    template = f"{command.outcome}_by_technician" if tell else ""
    return _act(number, desk, act, template, note)


def _nothing_to_do(command: str, number: int) -> RefusedError:
    if command == "close":
        return RefusedError("Case #{number} is closed already: nothing was changed.", number=number)
    return RefusedError("Case #{number} is not closed: nothing was changed.", number=number)


def _act(number: int, desk: Desk, act: Callable[[Case], Happened], template: str, note: str) -> Case:
    """One case changed in one transaction, with a letter to the requester where a template is named."""
    with desk.store.transaction() as store:
        before = store.case(number)
        if before is None:
            raise NoSuchCaseError("There is no case #{number}.", number=number)
        case = act(before).case
        if template and case.requester.address:
            letter = answers.to_requester(case, template, note, desk.policy)
            mark = Postmark(desk.policy, store.secret(), desk.clock())
            seed = f"{number}.{len(case.history)}"
            mails = written([letter], (number, case.sector), mark, seed, desk.texts)
            case = transitions.with_outgoing(case, mails)
        store.put(case)
    return case
