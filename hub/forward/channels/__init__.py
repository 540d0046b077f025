"""The channels to the outside: one file each, one line in this table."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from hub.config.model import (
    AppriseChannel,
    CapChannel,
    Dc09Channel,
    EmailChannel,
    MqttChannel,
    SmsChannel,
    WebhookChannel,
)
from hub.config.model import Channel as Settings
from hub.forward.channel import Channel

CHANNELS: Final[Mapping[type[Settings], tuple[str, str]]] = MappingProxyType(
    {
        WebhookChannel: ("webhook", "Webhook"),
        Dc09Channel: ("dc09", "Dc09"),
        SmsChannel: ("sms", "Sms"),
        CapChannel: ("cap", "Cap"),
        MqttChannel: ("mqtt", "Mqtt"),
        EmailChannel: ("email", "Email"),
        AppriseChannel: ("apprise", "Apprise"),
    }
)
"""For each kind of settings the module and class of its channel; loaded when used, since some bring heavy libraries."""


def channel_of(settings: Settings) -> Channel:
    """The channel for these settings, not yet connected. Raises KeyError for a kind that is not in the table."""
    module, name = CHANNELS[type(settings)]
    make: Callable[[Settings], Channel] = getattr(import_module(f"{__name__}.{module}"), name)
    return make(settings)
