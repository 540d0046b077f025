"""What every template can use: the view, the configuration, and the words of this reader."""

from flask import Flask, g

from hub.domain.alarms import Alarm, AlarmState
from hub.domain.site import Hours, Language, in_language
from hub.domain.tasks import is_task
from hub.domain.wording import kk_from, to_do, told
from hub.domain.work import Task
from hub.store.ladder import STEPS, reached, rungs
from hub.web import times, vocabulary, words
from hub.web.access import visitor
from hub.web.cards import Card, cards
from hub.web.due import Due
from hub.web.language import gettext, language, ngettext, switch, translations
from hub.web.page import page
from hub.web.view import View, is_danger


def teach(app: Flask) -> None:
    """Makes these functions known to the templates."""
    app.context_processor(_context)
    app.template_filter("named")(named)
    app.template_filter("clock")(clock)
    app.template_filter("seconds")(seconds)
    app.template_filter("moment")(moment)
    app.template_filter("since")(since)
    app.template_filter("lasted")(lasted)


def _context() -> dict[str, object]:
    view = present()
    return {
        "view": view,
        "site": page().config.site,
        "language": language(),
        "languages": switch,
        "words": words,
        "vocabulary": vocabulary,
        "marks": words.marks(language()),
        "school": in_language(page().config.site.name, language()),
        "age": age_texts(view, page().config.site.hours, language()),
        "cards": lambda: cards(view),
        "card_texts": card_texts,
        "line_words": lambda: line_words(view),
        "headline": lambda: headline(view),
        "unknown_words": lambda: unknown_words(view),
        "alarm_words": alarm_words,
        "task_state": task_state,
        "steps_of": lambda alarm: steps_of(view, alarm),
        "is_danger": is_danger,
        "is_task": is_task,
        "in_language": lambda text: in_language(text, language()),
    }


def named(name: str) -> str:
    """A person's name, for those who have signed in; others learn that there was somebody."""
    return name if not name or visitor() is not None else gettext("a member of staff")


def task_state(task: Task) -> str:
    """Where a task stands, and with whom."""
    sentences = {
        "open": lambda: gettext("Nobody has taken it yet"),
        "taken": lambda: gettext("%(name)s does it", name=named(task.taken_by)),
        "said_done": lambda: gettext(
            "%(name)s has done it; the sensor has not confirmed it yet", name=named(task.done_by)
        ),
        "accepted": lambda: gettext("%(name)s has accepted why not", name=named(task.accepted_by)),
        "closed": lambda: (
            gettext("Closed: the sensor has confirmed it")
            if task.closed_by == "sensor"
            else gettext("Closed: accepted by %(name)s", name=named(task.accepted_by))
        ),
    }
    return sentences[task.state]()


def present() -> View:
    """The view of this request: the same one from its first line to its last."""
    if "view" not in g:
        g.view = page().live.view
    view: View = g.view
    return view


def clock(at: int) -> str:
    return times.clock(page().config.site.hours, at)


def seconds(at: int) -> str:
    return times.seconds(page().config.site.hours, at)


def moment(at: int, *, with_seconds: bool = False) -> str:
    return times.moment(page().config.site.hours, at, present().at, language(), with_seconds=with_seconds)


def since(at: int) -> str:
    return times.since(page().config.site.hours, at, present().at, language())


def lasted(at: int) -> str:
    """How long ago, in words."""
    return words.lasted(times.passed(page().config.site.hours, at, present().at))


def age_texts(view: View, hours: Hours, code: Language) -> dict[str, str]:
    """The words for the page's age; also used by the stream, which goes on after its request."""
    texts = translations(code)
    fine, coarse = times.seconds(hours, view.at), times.clock(hours, view.at)
    stale = texts.gettext("This page hasn't been updated since %(time)s")
    return {
        "updated": texts.gettext("updated %(time)s") % {"time": fine},
        "clock": coarse,
        "stale": stale % {"time": kk_from(coarse) if code == "kk" else coarse},
    }


def headline(view: View) -> str:
    """The one big answer, in two or three words."""
    if view.state == "alarm":
        return gettext("ALARM")
    if view.state == "unknown":
        return gettext("No data")
    if view.state == "ok":
        return gettext("All is well")
    waiting = len(cards(view))
    if not waiting:
        aside = sum(kept.alarm.state is AlarmState.SHELVED for kept in view.alarms)
        return ngettext("%(num)d thing is put aside", "%(num)d things are put aside", aside)
    return ngettext("%(num)d thing is waiting", "%(num)d things are waiting", waiting)


def unknown_words(view: View) -> str:
    """Why the page does not know, as a sentence; empty where it does."""
    if view.store_fails:
        return card_texts(Card("store_failing"))[0]
    if view.store == "absent":
        return card_texts(Card("store_absent"))[0]
    if not view.pulse.running:
        return card_texts(Card("core_down", view.pulse.down_since))[0]
    if view.store == "unreadable":
        return card_texts(Card("store_unreadable"))[0]
    waiting = view.whole.counts.get("waiting", 0)
    if not view.devices:
        return gettext("No sensors are set up yet.")
    return not_heard(waiting) if waiting else ""


def not_heard(count: int) -> str:
    return ngettext("%(num)d sensor has given no data yet", "%(num)d sensors have given no data yet", count)


def line_words(view: View) -> tuple[str, str]:
    """The line to headquarters as an icon's status and a sentence."""
    line = view.line
    if line is None:
        return "attention", gettext("Not connected to headquarters")
    if not view.pulse.running or view.store != "ok":
        return "unknown", gettext("Nobody knows whether the line to headquarters works")
    if line.state == "up":
        return "ok", gettext("The line to headquarters works")
    if line.state == "down":
        return "attention", gettext("The line to headquarters is down")
    return "unknown", gettext("The line to headquarters is not proven yet")


def alarm_words(alarm: Alarm) -> tuple[str, str, str]:
    """Of an alarm: where, what (to be read after a colon), and what to do."""
    site, code = page().config.site, language()
    return words.place_of(site, alarm), told(site, alarm, code), to_do(site, alarm, code)


def steps_of(view: View, alarm: Alarm) -> list[tuple[str, int, str]]:
    """The ladder of an open alarm in short: each step's word, when it was taken (0: not yet), and by whom. What is not
    sent, or was refused, is not said to be awaited, and only headquarters' own receipt is headquarters'."""
    kept = next((kept for kept in view.alarms if kept.alarm.id == alarm.id), None)
    if kept is None:
        return []
    messages, hq = view.deliveries.get(alarm.id, ()), page().config.site.hq_channels
    taken = reached(rung for rung in rungs(kept, messages) if rung.step != "receipt" or rung.channel in hq)
    channels = {message.channel for message in messages}
    answering = {message.channel for message in messages if message.settled != "refused"} & hq
    not_asked = {step for step, asked in (("sent", channels), ("receipt", answering)) if not asked}
    rows = []
    for step in (step for step in STEPS if step not in not_asked):
        rung = taken[step]
        at = alarm.pressed_at if step == "received" and alarm.pressed_at else rung.at if rung else 0
        rows.append((words.step(alarm, step), at, named(rung.by) if rung else ""))
    return rows


def due_texts(due: Due) -> tuple[str, str]:
    """What is due and what to do about it."""
    if due.device is None:
        return gettext("The monthly round is due"), gettext("Walk through the school with the list.")
    place = in_language(page().config.site.zones[due.device.zone].name, language())
    said = {"place": place, "device": words.device_name(due.device), "day": words.day(due.by)}
    todo = gettext("Have it replaced, then write the new day down on its page.")
    if due.late:
        return gettext("%(place)s, %(device)s: it had to be replaced by %(day)s", **said), todo
    return gettext("%(place)s, %(device)s: to be replaced by %(day)s", **said), todo


def card_texts(card: Card) -> tuple[str, str]:
    """A card's sentence and what to do about it."""
    time = since(card.since) if card.since else ""
    if card.alarm is not None:
        place, said, todo = alarm_words(card.alarm)
        return f"{place}: {said}", todo
    if card.due is not None:
        return due_texts(card.due)
    tell = gettext("Tell the inspector.")
    return {
        "silent": lambda: (
            ngettext("%(num)d sensor is silent", "%(num)d sensors are silent", card.count),
            gettext("Check their power and the network."),
        ),
        "core_down": lambda: (
            gettext("The hub is down %(since)s: alarms are not received", since=time)
            if time
            else gettext("The hub is down: alarms are not received"),
            gettext("Switch the hub off and on. In danger, call 102."),
        ),
        "store_absent": lambda: (
            gettext("The hub has not been started yet"),
            gettext("It shows the school as soon as it runs."),
        ),
        "store_unreadable": lambda: (gettext("The hub's memory can't be read"), tell),
        "store_failing": lambda: (gettext("The hub's memory fails, messages are not kept"), tell),
        "broker_down": lambda: (
            gettext("The hub hears no sensors: its message service is down"),
            gettext("Switch the hub off and on. In danger, call 102."),
        ),
        "line_down": lambda: (
            gettext("The line to headquarters is down"),
            gettext("Check the internet. In danger, call 102."),
        ),
        "line_unproven": lambda: (
            gettext("The line to headquarters is not proven yet"),
            gettext("Headquarters has not answered so far. If this stays, tell the inspector."),
        ),
        "no_line": lambda: (gettext("The school is not connected to headquarters"), tell),
        "waiting": lambda: (
            not_heard(card.count)
            if card.device is None
            else f"{words.in_its_zone(page().config.site, card.device)}: {gettext(vocabulary.STATUS['waiting'])}",
            gettext(
                "Wait some minutes. If this stays, check the power; if that is well, tell the inspector: "
                "the name of the sensor may be wrong."
            ),
        ),
        "channel_down": lambda: (gettext("The message channel “%(name)s” is down", name=card.name), tell),
    }[card.kind]()
