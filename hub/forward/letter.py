"""An alert as an e-mail: plain text and HTML, each in Kazakh and Russian."""

import html
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from hub.domain.alerts import Alert, headline_of, subject_of, text_of
from hub.domain.site import Language

LANGUAGES: Final[tuple[Language, ...]] = ("kk", "ru")
_SUBJECT_LIMIT: Final = 200
_SPACE: Final = "\N{NO-BREAK SPACE}"
"""In a subject that needs several lines, Python's email package loses a plain space where it breaks one."""

_PAGE: Final = """\
<!doctype html>
<html lang="kk"><head><meta charset="utf-8"></head>
<body style="font-family: system-ui, sans-serif; font-size: 18px; line-height: 1.5; max-width: 40em">
{parts}<p style="color: #595959; font-size: 14px">{event}</p>
</body></html>
"""
_PART: Final = """\
<div lang="{language}" style="border-left: 6px solid {colour}; padding-left: 1em; margin: 1em 0">
<p style="font-size: 22px; font-weight: bold; margin: 0">{subject}</p>
<p style="margin: 0">{text}</p></div>
"""
_RED, _AMBER, _GREEN, _GREY = "#b00020", "#8a5a00", "#1b6e2e", "#595959"


def letter(alert: Alert, sender: str, to: tuple[str, ...]) -> EmailMessage:
    """The same letter however often it is sent: repeats carry one Message-ID, and what follows refers to the first
    message of the alarm, so that mail programs show one thread."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, ", ".join(to)
    message["Subject"] = subject(alert).replace(" ", _SPACE)
    message["Date"] = datetime.fromtimestamp((alert.at or alert.raised_at) // 1000, UTC)
    message["Message-ID"] = _message_id(alert.event_id, sender)
    if alert.earlier:
        first = f"{alert.event_id.rpartition('-')[0]}-{alert.earlier[0].change}"
        message["In-Reply-To"] = message["References"] = _message_id(first, sender)
    message["Auto-Submitted"] = "auto-generated"
    if alert.priority == "critical" and alert.status == "actual":
        message["Importance"], message["X-Priority"] = "high", "1"
    message.set_content(plain(alert), cte="base64")
    message.add_alternative(page(alert), subtype="html", cte="base64")
    return message


def subject(alert: Alert) -> str:
    """What it is, which school and what happened, in both languages, a drill's mark first."""
    return one_line(" · ".join(dict.fromkeys(headline_of(alert, language) for language in LANGUAGES)))[:_SUBJECT_LIMIT]


def plain(alert: Alert) -> str:
    parts = (f"{one_line(subject_of(alert, code))}\n{one_line(text_of(alert, code))}\n" for code in LANGUAGES)
    return "\n".join([*parts, one_line(alert.event_id)]) + "\n"


def page(alert: Alert) -> str:
    parts = "".join(
        _PART.format(
            language=code,
            colour=_colour(alert),
            subject=html.escape(one_line(subject_of(alert, code))),
            text=html.escape(one_line(text_of(alert, code))),
        )
        for code in LANGUAGES
    )
    return _PAGE.format(parts=parts, event=html.escape(one_line(alert.event_id)))


def _colour(alert: Alert) -> str:
    if alert.status != "actual":
        return _GREY
    if alert.type == "alarm.cleared":
        return _GREEN
    return _AMBER if alert.priority == "medium" or alert.acknowledged_by else _RED


def _message_id(event_id: str, sender: str) -> str:
    return f"<{event_id}@{sender.rpartition('@')[2]}>"


def one_line(text: str) -> str:
    """Without line breaks and other control characters, which would be headers of a stranger's making."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
