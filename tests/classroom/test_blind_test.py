"""The blind test: counts, intervals, and who fooled whom."""

import numpy as np
import pytest

from dogan_lib.classroom import blind_test
from dogan_lib.classroom.blind_test import BlindTest, verdict


def heap(value, n=30):
    return np.full((n, 8, 8, 3), value, "uint8")


def test_wilsons_interval():
    """8 of 10: the textbook's 49 % to 94 %."""
    said = ["real"] * 8 + ["generated"] * 2
    assert "95 % interval 49% to 94%" in verdict(["real"] * 10, said, "real")
    assert "95 % interval 84% to 100%" in verdict(["real"] * 20, ["real"] * 20, "real")


def test_who_fooled_whom():
    truth = ["real", "a", "a", "b", "b", "real"]
    said = ["real", "real", "generated", "generated", "generated", "generated"]
    first, *fooled = verdict(truth, said, "real").splitlines()
    assert first.startswith("4 of 6 right: 67%")
    assert fooled == [
        f"{name:<14} taken for real {n} of 2 times" for name, n in (("a", 1), ("b", 0))
    ]


def test_twenty_of_each_in_random_order():
    test = BlindTest({"a": heap(10), "b": heap(20)}, heap(200), each=20)
    origins = [name for name, _ in test.queue]
    assert sorted(origins) == ["a"] * 10 + ["b"] * 10 + ["real"] * 20
    assert origins != sorted(origins)
    assert all((image[0, 0, 0] == 200) == (name == "real") for name, image in test.queue)


def test_buttons_answer_until_the_end():
    test = BlindTest({"a": heap(10)}, heap(200), each=3)
    for _ in range(6):
        assert not test.buttons[0].disabled
        test.buttons[0].click()
    assert test.buttons[0].disabled and test.text.value.startswith("3 of 6 right")
    assert "real or generated?" in test.alt() and test.still().startswith(b"\x89PNG")
    assert "<br>a              taken for real 3 of 3" in test.text.value
    test.answer("real")
    assert len(test.said) == 6, "there is nothing left to answer"
    with pytest.raises(ValueError, match="real and generated"):
        test.answer("cat")


def test_without_real_pictures_it_is_between_two_generators():
    test = BlindTest({"a": heap(10), "b": heap(20)}, each=5)
    assert test.sides == ("a", "b") and len(test.queue) == 10
    for name, _ in test.queue:
        test.answer(name)
    assert test.text.value.startswith("10 of 10 right")
    with pytest.raises(ValueError, match="two generators"):
        BlindTest({"a": heap(10)})


def test_own_pictures_are_used(tmp_path, monkeypatch):
    from PIL import Image

    from dogan_lib.dogs import stanford

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stanford, "find", lambda: None)
    assert blind_test.real_pictures() is None
    (tmp_path / "my_dogs").mkdir()
    for i in range(3):
        Image.fromarray(heap(40 * i, 1)[0].repeat(10, 0).repeat(10, 1)).save(
            tmp_path / f"my_dogs/{i}.png"
        )
    assert blind_test.real_pictures(16).shape == (3, 16, 16, 3)
