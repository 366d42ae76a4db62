"""One file of scores, and it is of the generators that ship."""

from pathlib import Path

import pytest

from data.make import leaderboard as measuring
from dogan_lib.classroom import leaderboard

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def board():
    return leaderboard.read()


def test_every_generator_of_dogs_has_the_row_of_its_file(board):
    assert measuring.outdated(board) == [], "`make leaderboard` measures them"
    assert len(measuring.contestants()) >= 6


def test_another_file_is_noticed(board):
    rows = [row | ({"sha256": "0"} if row["name"] == "biggan64" else {}) for row in board["rows"]]
    assert measuring.outdated(board | {"rows": rows}) == ["biggan64"]
    without = [row for row in board["rows"] if row["name"] != "biggan64"]
    assert measuring.outdated(board | {"rows": without}) == ["biggan64"]


def test_real_dogs_are_the_floor(board):
    rows = {row["name"]: row for row in board["rows"]}
    assert board["rows"][0]["name"] == "real dogs", "best first"
    assert all(row["FID"][0] <= row["FID"][1] <= row["FID"][2] for row in rows.values())
    assert rows["real dogs through 32 px"]["FID"][1] < rows["real dogs through 16 px"]["FID"][1]
    assert not rows["projected64"]["rules"] and rows["biggan64"]["rules"]


def test_the_readme_shows_this_file(board):
    assert leaderboard.markdown(board) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_cells():
    row = {"FID": [1.0, 2.0, 3.0], "KID": [0.1, 0.1, 0.1], "parameters": 1234567, "rules": False}
    assert leaderboard.cell(row, "FID") == "2.0 (1.0–3.0)"
    assert leaderboard.cell(row, "KID") == "100.0"
    assert leaderboard.cell(row, "parameters") == "1,234,567"
    assert leaderboard.cell(row, "rules") == "borrowed eyes"
    assert leaderboard.cell(row, "top1") == "–"


def test_the_pictures_of_it(board):
    names = [text.get_text() for text in leaderboard.figure(board).axes[0].get_yticklabels()]
    assert "projected64" in names and "real dogs" in names
    text = leaderboard.options(board)
    assert "pggan64, D's favourite of 2" in text and board["network"] in text


def test_rows_of_truncation_begin_with_all_z(board):
    found = leaderboard.truncated(board)
    assert list(found) == ["projected64", "biggan64"]  # the better one first
    assert all(list(rows) == ["all z", "τ = 1", "τ = 0.5"] for rows in found.values())
    assert found["biggan64"]["τ = 1"]["name"] == "biggan64, |z| < 1"
