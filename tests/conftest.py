"""What holds for all tests."""

from hypothesis import settings

# How long an example takes depends on what else the machine does; whether it ever ends is pytest-timeout's concern.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")
