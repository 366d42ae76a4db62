"""What chapter 08 says of the extras holds in the recorded comparison."""

from dogan_lib.classroom import studies
from dogan_lib.classroom.obedience import differences, scored


def test_what_was_told_apart():
    values = scored(studies.load("extras"))
    found = {score: differences(each) for score, each in values.items()}
    apart = {
        (name, score, middle > 0)
        for score, each in found.items()
        for name, (middle, half) in each.items()
        if abs(middle) > half
    }
    assert apart == {
        ("+ mode seeking", "spread", True),
        ("+ mode seeking", "KID", False),
        ("+ guide", "obedience", True),
    }
