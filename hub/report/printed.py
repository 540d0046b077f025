"""The report as a printable page, and as PDF where WeasyPrint is installed."""

import subprocess
import sys
from importlib.util import find_spec
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from hub.domain.phrases import what
from hub.domain.schedule import school_time
from hub.domain.site import Site, in_language
from hub.report.key import grouped
from hub.report.model import Report, RoundItem
from hub.report.words import duration, percent, word

PDF_SECONDS: Final = 180
PRINTED_ALARMS: Final = 200
PRINTED_TESTS: Final = 100
PRINTED_DRILLS: Final = 40
PRINTED_ROUNDS: Final = 12
"""A year of monthly rounds; the whole of everything is in the lists."""
_SHARES: Final = frozenset({"available", "hub_available", "hq_line_available", "cameras_available"})


class NoPdf(Exception):
    """No PDF could be made; the message says why, and the printable page is as good."""


def html(report: Report, site: Site, language: str, key: str) -> str:
    """One page without any resource from elsewhere. `key` is the fingerprint of the signing key."""
    environment = Environment(
        loader=PackageLoader("hub.report", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    texts = {**spoken(report, site, language), "key": grouped(key)}
    return environment.get_template("act.html").render(texts)


def spoken(report: Report, site: Site, language: str) -> dict[str, object]:
    """What a template that shows the report needs: the report, its lists in short, and words in `language`."""

    def when(at: int | None) -> str:
        if at is None:
            return "–"
        return school_time(site.hours, at).strftime("%d.%m.%Y %H:%M:%S")

    urgent = [alarm for alarm in report.alarms if alarm.priority != "medium"]
    return {
        "report": report,
        "language": language,
        "t": lambda name: word(name, language),
        "when": when,
        "day": lambda at: when(at)[:10],
        "date": lambda iso: ".".join(reversed(iso.split("-"))),
        "duration": lambda ms: duration(ms, language),
        "percent": lambda share: percent(share, language),
        "figure": lambda name, value: _figure(name, value, language),
        "name": in_language(report.name, language),
        "zone_name": lambda id_: in_language(site.zones[id_].name, language) if id_ in site.zones else id_,
        "device_name": lambda id_: in_language(site.devices[id_].name, language) if id_ in site.devices else "",
        "target_name": lambda target: _target_name(target, site, language),
        "item_name": lambda item: _item_name(item, site, language),
        "through": lambda channel: word("page", language) if channel == "page" else channel,
        "what": lambda code: what(code, language),
        "alarms": list(reversed(urgent[-PRINTED_ALARMS:])),
        "drills": list(reversed(report.drills[-PRINTED_DRILLS:])),
        "rounds": list(reversed(report.rounds[-PRINTED_ROUNDS:])),
        "tests": list(reversed(report.tests[-PRINTED_TESTS:])),
        "cameras": [row for row in report.availability if row.kind == "camera"],
        "days": [day for day in report.per_day if day.critical + day.high + day.medium][-62:],
    }


def pdf(page: str) -> bytes:
    """The page as PDF, made in a process of its own: what a layout engine takes of memory is given back. Raises
    NoPdf."""
    if find_spec("weasyprint") is None:
        raise NoPdf('WeasyPrint is not installed: pip install "school-safety-hub[pdf]"')
    command = [sys.executable, "-m", "hub.report.pdf_process"]
    try:
        made = subprocess.run(command, input=page.encode(), capture_output=True, timeout=PDF_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPdf(f"the PDF could not be made: {error}") from None
    if made.returncode or not made.stdout.startswith(b"%PDF"):
        said = made.stderr.decode(errors="replace").strip().splitlines()
        raise NoPdf(f"the PDF could not be made: {said[-1] if said else made.returncode}")
    return made.stdout


def _target_name(target: str, site: Site, language: str) -> str:
    """Where a finding is."""
    kind, _, name = target.partition(":")
    if kind == "zone" and name in site.zones:
        return in_language(site.zones[name].name, language)
    if kind == "device" and name in site.devices:
        device = site.devices[name]
        zone = in_language(site.zones[device.zone].name, language)
        return f"{zone}: {in_language(device.name, language) or word(device.kind, language)} ({name})"
    return target if target else word("whole_school", language)


def _item_name(item: RoundItem, site: Site, language: str) -> str:
    """What was visited on a round, with its zone where the school still has it."""
    found = site.posters.get(item.target) if item.kind == "poster" else site.devices.get(item.target)
    zone = in_language(site.zones[found.zone].name, language) if found is not None else ""
    return f"{zone} ({item.target})" if zone else item.target


def _figure(name: str, value: float | None, language: str) -> str:
    if value is None:
        return "–"
    if name in _SHARES:
        return percent(value, language)
    if name.endswith("_ms"):
        return duration(value, language)
    text = f"{value:g}"
    return text if language == "en" else text.replace(".", ",")
