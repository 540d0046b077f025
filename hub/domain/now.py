"""The moment at which something is decided, always passed in."""

import msgspec


class Now(msgspec.Struct, frozen=True, gc=False):
    """One moment on two clocks.

    `wall` is UTC in milliseconds since 1970, for records and people. `mono` is milliseconds on a clock that never
    steps, for delays and silence: a corrected clock must neither raise nor hide an alarm. `trusted` is whether the
    wall clock was synchronised at that moment.
    """

    wall: int
    mono: int
    trusted: bool = True

    def ms_since(self, earlier: "Now") -> int:
        """Milliseconds that really passed since `earlier`, whatever the wall clock did."""
        return self.mono - earlier.mono
