"""Why a device was not adopted: a word for programs, which the page says in the reader's language, and its details."""

from typing import Final, Literal, get_args

import msgspec

from hub.config.privacy import REASON

Code = Literal[
    "no_kind", "unknown_zone", "id_taken", "bad_id", "intrudes", "camera_there", "topic_taken", "mistakes",
    "mistakes_before", "no_place", "changed", "read_only", "not_writable",
]  # fmt: skip
CODES: Final = get_args(Code)

_SENTENCES: Final[dict[Code, str]] = {
    "no_kind": "what it is can't be told from what it says: choose a kind (panic, door, lighting, restroom)",
    "unknown_zone": "there is no zone '{about}': hub.yaml has {detail}",
    "id_taken": "'{about}' is there already: choose another id",
    "bad_id": "'{about}' is no id (a-z, 0-9 and - between them, at most 64): choose another id",
    "intrudes": f"'{{about}}' is {REASON}",
    "camera_there": "camera '{about}' stands in this zone: no camera may be in a restroom",
    "topic_taken": "'{about}' is the topic of device '{detail}' already",
    "mistakes": "hub.yaml would have mistakes with it:\n{detail}",
    "mistakes_before": "hub.yaml has mistakes already; put them right first:\n{detail}",
    "no_place": "hub.yaml can't be changed: {detail}",
    "changed": "hub.yaml was changed by somebody else just now: try again",
    "read_only": "{about} can't be written by the hub's user: {detail}",
    "not_writable": "{about} can't be written: {detail}",
}


class Refusal(msgspec.Struct, frozen=True):
    """`about` is what is wrong with it, such as an id or a path; `detail` is for a technician, in English."""

    code: Code
    about: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return _SENTENCES[self.code].format(about=self.about, detail=self.detail)


class NotAdopted(Exception):
    """Nothing was changed; `refusal` says why."""

    def __init__(self, code: Code, about: str = "", detail: str = "") -> None:
        self.refusal = Refusal(code, about[:200], detail[:500])
        super().__init__(str(self.refusal))
