"""What in a configuration without mistakes is probably not what the school wants: alarms of which nobody is told,
channels that tell nobody."""

from collections.abc import Iterator
from typing import Final

from hub.config.model import Config
from hub.domain.routing import routes_of
from hub.domain.site import PRIORITY_RANK, Priority, Route

_MEANT: Final[dict[Priority, str]] = {
    "high": "tampering, leaks and lost lines",
    "medium": "tasks such as dark lamps and empty batteries",
}


def advice(config: Config) -> tuple[str, ...]:
    """One sentence for each, none where all is well."""
    return (*_of_routes(config), *_of_channels(config))


def _of_routes(config: Config) -> Iterator[str]:
    for priority in PRIORITY_RANK:
        routes = routes_of(config.site, priority)
        names = {name for route in routes for name in _channels(route)}
        if priority == "critical":
            yield from _unproven(config, names)
        elif not routes:
            yield f"no route for priority {priority}: nobody is told of {_MEANT[priority]}"
        elif names <= config.site.hq_channels and all(route.headquarters == "important" for route in routes):
            yield (
                f"alarms of priority {priority} go to headquarters' channels alone ({', '.join(sorted(names))}), which "
                f"get only the important ones: nobody is told of {_MEANT[priority]}. Add a channel for people, or set "
                "headquarters: all"
            )


def _of_channels(config: Config) -> Iterator[str]:
    told = {name for route in config.site.routes for name in _channels(route)}
    for name in config.site.channels:
        if name not in told:
            yield f"channel {name} is in no route: nobody is told of an alarm through it"


def _unproven(config: Config, names: set[str]) -> Iterator[str]:
    if not names & config.site.proving:
        yield (
            f"no channel of priority critical can prove that headquarters has a panic ({', '.join(sorted(names))}): "
            "the button's lamp never says so. Add a webhook, mqtt, a dc09 with a key or a cap with a secret"
        )


def _channels(route: Route) -> Iterator[str]:
    yield from route.to
    for _delay, names in route.after:
        yield from names
