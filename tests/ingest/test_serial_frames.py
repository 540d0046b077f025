"""Frames of the line protocol: found in any pieces, between any garbage; nothing else gets through."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.reports import Reason, Rejection, Report
from hub.ingest.serial.frames import LIMIT, Frame, Framer, Spoiled, checksum, encode
from hub.ingest.serial.speech import Speech
from tests.ingest.serial_line import device

BODIES = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="$*"), max_size=100)
FRAMES = st.builds(
    Frame,
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True),
    st.sampled_from("SEPR"),
    st.integers(0, 255),
    BODIES,
)
STATE = Frame("door-1", "S", 7, "contact=open,battery=97")


def found(data: bytes) -> list[Frame | Spoiled]:
    return Framer().feed(data)


def reasons(data: bytes) -> list[str]:
    return [one.reason for one in found(data + encode(STATE)) if isinstance(one, Spoiled)]


def test_the_checksum_is_ccitt_false():
    assert checksum(b"123456789") == 0x29B1


def test_a_frame_looks_as_documented():
    assert encode(STATE) == b"$door-1;S;7;contact=open,battery=97*AAB5\r\n"


@given(st.lists(FRAMES, max_size=5), st.lists(st.integers(1, 40), min_size=1))
def test_frames_are_found_in_pieces_of_any_size(frames, sizes):
    data, framer, came = b"".join(map(encode, frames)), Framer(), []
    while data:
        for size in sizes:
            came += framer.feed(data[:size])
            data = data[size:]
    assert came == frames


@given(st.binary(max_size=600), FRAMES)
def test_after_any_garbage_the_next_frame_is_understood(garbage, frame):
    assert found(garbage + encode(frame))[-1] == frame


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_garbage_keeps_no_memory(pieces):
    framer = Framer()
    for piece in pieces:
        framer.feed(piece)
    assert len(framer._begun) < LIMIT
    assert not framer._noise


@given(FRAMES, st.data())
def test_a_frame_with_one_changed_bit_is_never_taken_for_it(frame, data):
    sent = bytearray(encode(frame)[:-2])
    place = data.draw(st.integers(0, len(sent) * 8 - 1))
    sent[place // 8] ^= 1 << place % 8
    assert frame not in found(bytes(sent) + b"\r\n") or sent.lower() == encode(frame)[:-2].lower()


@given(st.sampled_from(("panic", "door", "restroom", "lighting")), st.sampled_from("SEXQ"), BODIES)
def test_whatever_a_right_frame_says_is_a_report_or_a_named_rejection(kind, letter, body):
    said = Speech(device("d", kind)).read(Frame("d", letter, 1, body))
    assert isinstance(said, Report) or (isinstance(said, Rejection) and said.device == "d" and said.detail)


def test_each_fault_has_its_name():
    whole = encode(STATE)
    assert reasons(whole[:10]) == [Reason.BAD_FRAME]
    assert reasons(whole.replace(b"open", b"shut")) == [Reason.BAD_CHECKSUM]
    assert reasons(b"hello\r\n") == [Reason.BAD_FRAME]
    assert reasons(b"$" + b"x" * 300) == [Reason.OVERSIZED]
    assert reasons(b"$door-1;S;256;*0000\r\n") == [Reason.BAD_CHECKSUM]
    assert reasons(b"\0\xff\xff\r\n\n") == []


def test_a_state_gives_signals_and_what_is_unknown_costs_its_neighbours_nothing():
    said = Speech(device("d", "door")).read(Frame("d", "S", 1, "contact=open,battery=200,rssi=-60,colour=red"))
    assert said == Report("d", (("contact", "open"), ("rssi", -60.0)))


def test_a_press_is_numbered():
    speech = Speech(device("d"))
    (press,) = speech.read(Frame("d", "E", 1, "event=panic,boot=7,seq=42")).presses
    assert (press.event, press.boot, press.seq) == ("press", 7, 42)
    for said, age in (
        ("0", 0),
        ("41", 41),
        ("4294967", 4294967),
        ("4294968", None),
        ("-1", None),
        ("", None),
        ("x", None),
    ):
        (press,) = speech.read(Frame("d", "E", 1, f"event=panic,boot=7,seq=42,age={said}")).presses
        assert (press.seq, press.age) == (42, age)
    for body in ("event=panic", "event=panic,boot=7", "event=panic,boot=7,seq=4294967296", "event=panic,boot=-1,seq=1"):
        assert speech.read(Frame("d", "E", 1, body)).reason is Reason.WRONG_TYPE
    assert speech.read(Frame("d", "E", 1, "event=help,boot=1,seq=1")).reason is Reason.UNKNOWN_EVENT
