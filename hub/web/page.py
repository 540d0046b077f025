"""What the routes work with: the configuration, the live view, orders and streams of this application."""

from typing import Final

import msgspec
from flask import current_app

from hub.config.model import Config
from hub.web.live import Live
from hub.web.orders import Orders
from hub.web.reports import Reports
from hub.web.sessions import Sessions
from hub.web.streams import Streams

EXTENSION: Final = "school-hub"


class Page(msgspec.Struct, frozen=True):
    """One per application."""

    config: Config
    live: Live
    orders: Orders
    streams: Streams
    sessions: Sessions
    reports: Reports


def page() -> Page:
    """Of the application that answers now."""
    found: Page = current_app.extensions[EXTENSION]
    return found
