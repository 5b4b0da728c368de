"""What technicians do with a case at the terminal: each act one transaction, one entry in the history."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import NamedTuple

from helpdeskctl.application.correspondence import written
from helpdeskctl.application.ports import CaseStore, Clock, Snapshot, Texts
from helpdeskctl.domain import answers, transitions
from helpdeskctl.domain.answers import Letter, Postmark
from helpdeskctl.domain.case import Case, Happened, Status, Work
from helpdeskctl.domain.errors import NoSuchCaseError, RefusedError
from helpdeskctl.domain.mail_commands import COMMANDS
from helpdeskctl.domain.settings import Policy


class Desk(NamedTuple):
    """What an act needs: store, words, policy, clock, and who acts (a technician's login). In a
    `rehearsal` all is tried and nothing is written."""

    store: CaseStore
    texts: Texts
    policy: Policy
    clock: Clock
    by: str
    rehearsal: bool = False


class Effort(NamedTuple):
    """Minutes of work to be recorded with an act; 0 for none."""

    minutes: int = 0
    billable: bool = True


NO_EFFORT = Effort()

Step = Callable[[Case, datetime], Happened]
Letters = Callable[[Case], Iterable[Letter]]


def close(number: int, desk: Desk, note: str, tell: bool, effort: Effort = NO_EFFORT) -> Case:
    """Close the case and, if `tell`, write to the requester; closing is an answer to its due time."""
    return _command("close", number, desk, note, tell, effort)


def reopen(number: int, desk: Desk, note: str, tell: bool) -> Case:
    """Open a closed case again and, if `tell`, write to the requester."""
    return _command("reopen", number, desk, note, tell, NO_EFFORT)


def hold(number: int, desk: Desk, question: str, effort: Effort = NO_EFFORT) -> Case:
    """Ask the requester, and suspend the case until they write."""

    def step(case: Case, now: datetime) -> Happened:
        if case.status is Status.closed:
            raise RefusedError("Case #{number} is closed: reopen it first.", number=number)
        if case.status is Status.suspended:
            case = transitions.resumed(case, desk.by, now).case
            case = transitions.with_due(case, desk.policy.calendar_of(case.terms))
        return transitions.suspended(case, desk.by, now, question)

    return act(number, desk, step, _to_requester("question", question, desk), effort)


def take(number: int, desk: Desk) -> Case:
    """Make the case one's own; the first act on it meets its due time."""

    def step(case: Case, now: datetime) -> Happened:
        if case.owner == desk.by:
            raise RefusedError("Case #{number} is yours already: nothing was changed.", number=number)
        return transitions.taken(_not_closed(case), desk.by, now)

    return act(number, desk, step)


def assign(number: int, desk: Desk, owner: str, note: str = "") -> Case:
    """Give the case to a technician (her login), who is told, or ("") to nobody."""
    known = [technician.login for technician in desk.policy.technicians]
    if owner and known and owner not in known:
        said = "There is no technician {login}: those of the configuration are {known}."
        raise RefusedError(said, login=owner, known=", ".join(known))

    def step(case: Case, now: datetime) -> Happened:
        if case.owner == owner:
            said = "Case #{number} belongs to {owner} already: nothing was changed."
            raise RefusedError(said, number=number, owner=owner or "-")
        return transitions.assigned(_not_closed(case), owner, desk.by, now, note)

    return act(number, desk, step, lambda case: answers.given(case, desk.by, note, desk.policy))


def note(number: int, desk: Desk, text: str, effort: Effort = NO_EFFORT) -> Case:
    """An internal note, which nobody outside sees."""
    return act(number, desk, lambda case, now: transitions.noted(case, desk.by, now, text), None, effort)


def seen(number: int, desk: Desk) -> Case:
    """What came in has been looked at, and needs no answer."""

    def step(case: Case, _now: datetime) -> Happened:
        after = transitions.seen(case)
        if after == case:
            raise RefusedError("Case #{number} has no news: nothing was changed.", number=number)
        return Happened(after, ())

    return act(number, desk, step)


def act(
    number: int, desk: Desk, step: Step, letters: Letters | None = None, effort: Effort = NO_EFFORT
) -> Case:
    """One case changed in one transaction, with the letters that the changed case calls for."""
    with writing(desk) as store:
        now = desk.clock()
        case = with_effort(step(existing(store, number), now).case, effort, desk.by, now)
        case = with_letters(case, letters(case) if letters else (), desk, store)
        store.put(case)
    return case


def writing(desk: Desk) -> AbstractContextManager[Snapshot]:
    """A transaction; in a rehearsal one that is never written."""
    return nullcontext(desk.store.snapshot()) if desk.rehearsal else desk.store.transaction()


def existing(store: Snapshot, number: int) -> Case:
    """The case of that number."""
    case = store.case(number)
    if case is None:
        raise NoSuchCaseError("There is no case #{number}.", number=number)
    return case


def refuse_merged(case: Case) -> None:
    """Raises `RefusedError` for a case that goes on as another one."""
    if case.merged_into:
        said = "Case #{number} was merged into #{into}, which goes on: work on that one."
        raise RefusedError(said, number=case.number, into=case.merged_into)


def with_effort(case: Case, effort: Effort, by: str, now: datetime) -> Case:
    """The case with that work recorded."""
    if not effort.minutes:
        return case
    return transitions.worked(case, Work(now, by, effort.minutes, effort.billable))


def with_letters(case: Case, letters: Iterable[Letter], desk: Desk, store: Snapshot) -> Case:
    """The case with these letters queued."""
    mark = Postmark(desk.policy, store.secret(), desk.clock())
    # Where no event came with it, the number of its mails and of its work tells two acts apart.
    seed = f"{case.number}.{len(case.history)}.{len(case.outgoing)}"
    return transitions.with_outgoing(
        case, written(letters, (case.number, case.sector), mark, seed, desk.texts)
    )


def _command(name: str, number: int, desk: Desk, note: str, tell: bool, effort: Effort) -> Case:
    command = next(c for c in COMMANDS if c.name == name)

    def step(case: Case, now: datetime) -> Happened:
        if command.already(case):
            raise _nothing_to_do(name, number)
        refuse_merged(case)
        if name == "close":
            case = transitions.responded(case, now)
        happened = command.carry_out(case, desk.by, now, (), note)
        calendar = desk.policy.calendar_of(case.terms)
        return happened._replace(case=transitions.with_due(happened.case, calendar))

    letters = _to_requester(f"{command.outcome}_by_technician", note, desk) if tell else None
    return act(number, desk, step, letters, effort)


def _to_requester(template: str, note: str, desk: Desk) -> Letters:
    return lambda case: answers.to_requester(case, template, note, desk.policy)


def _not_closed(case: Case) -> Case:
    if case.status is Status.closed:
        raise RefusedError("Case #{number} is closed: reopen it first.", number=case.number)
    return case


def _nothing_to_do(command: str, number: int) -> RefusedError:
    if command == "close":
        return RefusedError("Case #{number} is closed already: nothing was changed.", number=number)
    return RefusedError("Case #{number} is not closed: nothing was changed.", number=number)
