import pytest

from tests.web.school import School


@pytest.fixture
def school(tmp_path):
    school = School(tmp_path).start()
    yield school
    school.end()


@pytest.fixture
def client(school):
    return school.client()
