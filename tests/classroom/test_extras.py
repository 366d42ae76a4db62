"""What chapter 08 says of the extras holds in the recorded comparison."""

from dogan_lib.classroom import studies
from dogan_lib.classroom.obedience import extras


def test_what_was_told_apart():
    told = extras(studies.load("extras")).splitlines()[-1]
    assert told.removeprefix("told apart: ").split(", ") == [
        "+ guide in obedience",
        "+ mode seeking in KID",
        "+ mode seeking in spread",
    ]
