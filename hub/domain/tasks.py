"""Tasks: what a medium alarm asks for. People take it and say that it is done; only the sensor, or an inspector who
accepts why not, ends it."""

import msgspec

from hub.domain.alarms import Alarm, AlarmState, acknowledged, shelved
from hub.domain.commands import AcceptTask, FinishTask, GiveBackTask, TakeTask
from hub.domain.conditions import Judgement
from hub.domain.decision import Decision, Entry
from hub.domain.maintenance import REASON_LIMIT, fault_of
from hub.domain.now import Now
from hub.domain.photos import fault_of_photos
from hub.domain.state import SiteState
from hub.domain.work import Task


def is_task(alarm: Alarm) -> bool:
    """Whether the alarm is work to be done rather than danger."""
    return alarm.priority == "medium" and alarm.status == "actual"


def on_take_task(state: SiteState, event: TakeTask, now: Now) -> Decision:
    """`answer` is `taken`, `taken_already` (somebody else was first), `put_aside` or `no_such_task`. Whoever takes a
    task has acknowledged its alarm."""
    alarm, task = _found(state, event.alarm)
    if alarm is None:
        return Decision(answer="no_such_task")
    if alarm.state is AlarmState.SHELVED:
        return Decision(answer="put_aside")
    if task.state in ("taken", "said_done"):
        return Decision(answer="taken" if task.taken_by == event.by and task.state == "taken" else "taken_already")
    task = msgspec.structs.replace(task, state="taken", taken_by=event.by, taken_at=now.wall)
    judgement = Judgement(state, now)
    if alarm.state is AlarmState.UNACKNOWLEDGED:
        alarm = acknowledged(alarm, now, by=event.by, through="page")
        judgement.keep(judgement.tell(alarm, "alarm.updated", "acknowledged"))
    return _with(judgement.decision("taken"), task, "taken", event.by, now)


def on_give_back_task(state: SiteState, event: GiveBackTask, now: Now) -> Decision:
    """It waits for somebody again: `answer` is `given_back`, or `no_such_task` where nobody has it."""
    alarm, task = _found(state, event.alarm)
    if alarm is None or task.state not in ("taken", "said_done"):
        return Decision(answer="no_such_task")
    task = msgspec.structs.replace(task, state="open", taken_by="", taken_at=0, done_by="", done_at=0)
    return _with(Decision(answer="given_back"), task, "given_back", event.by, now)


def on_finish_task(state: SiteState, event: FinishTask, now: Now) -> Decision:
    """Somebody says that it is done: it then waits for the sensor. `answer` is `said_done`, `put_aside`,
    `no_such_task`, `reason_too_long`, `too_many_photos` or `bad_photo`."""
    alarm, task = _found(state, event.alarm)
    if alarm is None:
        return Decision(answer="no_such_task")
    if alarm.state is AlarmState.SHELVED:
        return Decision(answer="put_aside")
    if len(event.note) > REASON_LIMIT:
        return Decision(answer="reason_too_long")
    photos = tuple(dict.fromkeys((*task.photos, *event.photos)))
    if fault := fault_of_photos(photos):
        return Decision(answer=fault)
    task = msgspec.structs.replace(
        task, state="said_done", done_by=event.by, done_at=now.wall, note=event.note.strip() or task.note, photos=photos
    )
    return _with(Decision(answer="said_done"), task, "said_done", event.by, now)


def on_accept_task(state: SiteState, event: AcceptTask, now: Now) -> Decision:
    """An inspector accepts why it is not done: the alarm is put aside until `until`, then the task is back. `answer` is
    `accepted`, `put_aside`, `no_such_task`, or what `fault_of` says."""
    alarm, task = _found(state, event.alarm)
    if alarm is None:
        return Decision(answer="no_such_task")
    if alarm.state is AlarmState.SHELVED:
        return Decision(answer="put_aside")
    fault = fault_of(event.reason, event.until, state.site.limits.shelve_at_most, now)
    if fault:
        return Decision(answer=fault)
    judgement = Judgement(state, now)
    alarm = shelved(alarm, now, by=event.by, reason=event.reason, until=event.until)
    judgement.keep(judgement.tell(alarm, "alarm.updated", "shelved"))
    task = msgspec.structs.replace(
        task, state="accepted", accepted_by=event.by, accepted_at=now.wall, accept_reason=event.reason
    )
    return _with(judgement.decision("accepted"), task, "accepted", event.by, now)


def follow_tasks(state: SiteState, decision: Decision, now: Now) -> Decision:
    """The decision with what its alarms mean for their tasks: an alarm that is over closes its task, one that comes
    back from the shelf opens it again."""
    if not decision.alarms:
        return decision
    known = {**state.tasks, **{task.alarm: task for task in decision.tasks}}
    for alarm in decision.alarms:
        task = known.get(alarm.id)
        if task is None or task.state == "closed":
            continue
        if not alarm.open:
            by = "inspector" if task.state == "accepted" and not alarm.returned_at else "sensor"
            task = msgspec.structs.replace(task, state="closed", closed_at=now.wall, closed_by=by)
            decision = _with(decision, task, "closed", "", now)
        elif task.state == "accepted" and alarm.state is not AlarmState.SHELVED:
            task = msgspec.structs.replace(task, state="open", taken_by="", taken_at=0, done_by="", done_at=0)
            decision = _with(decision, task, "reopened", "", now)
    return decision


def _found(state: SiteState, number: int) -> tuple[Alarm | None, Task]:
    alarm = state.find_alarm(number)
    return alarm if alarm is not None and is_task(alarm) else None, state.tasks.get(number) or Task(alarm=number)


def _with(decision: Decision, task: Task, change: str, by: str, now: Now) -> Decision:
    entry = Entry("task", now.wall, {"change": change, "by": by, "task": msgspec.to_builtins(task)})
    tasks = (*(other for other in decision.tasks if other.alarm != task.alarm), task)
    return msgspec.structs.replace(decision, tasks=tasks, journal=(*decision.journal, entry))
