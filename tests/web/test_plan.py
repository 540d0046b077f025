"""The floor's plan: harmless whatever was drawn, devices where an inspector put them, zones alone without one."""

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hub.config.model import Plan
from hub.web.live import Live
from hub.web.plans import drawing, photograph, picture
from tests.web.school import School

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><rect width="50" height="50" fill="none"/>{}</svg>'


@pytest.fixture
def school(tmp_path):
    school = School(tmp_path)
    path = tmp_path / "floor.svg"
    path.write_text(SVG.format("<script>alert(1)</script>"))
    school.config = msgspec.structs.replace(school.config, plans=(Plan(1, path),))
    school.live = Live(school.config, lambda: school.now)
    school.start().is_well()
    yield school
    school.end()


def test_an_inspector_places_a_device_and_it_is_shown_there_by_shape_and_words(school, client):
    form = {"x-door": "25", "y-door": "50.0"}
    with school.core_answers():
        assert client.signs_in("caretaker").post("/plan/1", data=form).status_code == 403
        assert "placing" not in client.page("/plan/1")
        assert "placing" in client.signs_in("inspector").page("/plan/1")
        answer = client.post("/plan/1", data=form)
        assert "places on the plan are kept" in client.page(answer.location)
        text = client.page("/plan/1")
        assert "translate(250.0 250.0)" in text
        assert "mark-ok" in text
        school.says("door", battery=4)
        assert "mark-attention" in client.page("/plan/1")
        assert client.post("/plan/1", data={"x-door": "101", "y-door": "1"}).status_code == 409
        assert client.post("/plan/1", data={"x-door": "nan", "y-door": "1"}).status_code == 409
        client.post("/plan/1")
    assert "mark-attention" not in client.page("/plan/1")


def test_the_picture_is_served_without_its_scripts_and_can_do_nothing(client):
    answer = client.get("/plan/1/picture")
    assert answer.mimetype == "image/svg+xml"
    assert b"alert" not in answer.data
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_without_a_picture_the_floor_shows_its_zones(school, client):
    school.config.plans[0].image.unlink()
    assert "can't be shown" in client.page("/plan/1")
    assert "Hall" in client.page("/plan/1")
    assert client.get("/plan/1/picture").status_code == 404
    assert client.get("/plan/7").status_code == 404


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<g onload="alert(1)"/>',
        '<image href="https://evil.example/x.png"/>',
        '<use href="https://evil.example/x.svg#a"/>',
        '<a href="javascript:alert(1)"><rect/></a>',
        "<style>@import url(https://evil.example)</style>",
        '<rect style="fill:url(https://evil.example/x)"/>',
        '<rect fill="url(https://evil.example/#x)"/>',
        '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example"/></foreignObject>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
    ],
)
def test_of_a_drawing_only_drawing_is_left(evil):
    made = drawing(SVG.format(evil).encode())
    assert made is not None
    for word in (b"alert", b"evil.example", b"script", b"iframe"):
        assert word not in made.content
    assert (made.width, made.height) == (1000, 500)


def test_what_a_drawing_is_made_of_stays():
    made = drawing(SVG.format('<defs><path id="a" d="M0 0h9"/></defs><use href="#a" fill="url(#b)"/>').encode())
    assert b'd="M0 0h9"' in made.content
    assert b'href="#a"' in made.content
    assert b'fill="url(#b)"' in made.content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html/>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + SVG.format("&x;").encode(),
        SVG.format("<g>" * 100_000 + "</g>" * 100_000).encode(),
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1000"/>',
    ],
    ids=["empty", "html", "no size", "entities", "deep", "thin"],
)  # fmt: skip
def test_what_is_no_plan_is_none(content):
    assert drawing(content) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(content):
    assert drawing(content) is None
    assert photograph(content) is None


def test_a_photograph_is_made_anew(tmp_path):
    said = Image.Exif()
    said[0x010E] = "telephone"
    content = io.BytesIO()
    Image.new("RGB", (400, 300)).save(content, "JPEG", exif=said)
    path = tmp_path / "floor.jpg"
    path.write_bytes(content.getvalue())
    made = picture(path)
    assert (made.mimetype, made.width, made.height) == ("image/jpeg", 400, 300)
    assert b"telephone" not in made.content
    assert picture(tmp_path / "none.png") is None
