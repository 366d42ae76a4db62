"""Rows of pictures by the clock."""

import numpy as np
import pytest

from dogan_lib.classroom import sheets


class Model:
    def sample(self, n, seed):
        return np.zeros((n, 4, 4, 3), "float32")


def test_a_row_at_each_second_that_is_reached_and_one_at_the_end(monkeypatch):
    clock = iter((0, 10, 31, 32, 130, 130, 140))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    film = sheets.Sheets(seconds=(60, 30, 120, 500), samples=2)
    film.set_model(Model())
    film.on_train_begin()
    film.on_epoch_begin(0)
    for batch in range(3):  # at 10 s, 31 s and, one row for two marks, 130 s
        film.on_train_batch_end(batch)
    film.on_epoch_end(0)
    film.on_train_end()
    assert [len(row) for row in film.rows] == [2, 2, 2]
    assert film.labels == ["epoch 1, 32 s", "epoch 1, 130 s", "epoch 1, 140 s"]
    assert film.waiting == [500]


@pytest.mark.parametrize("seconds", [(), (1000,)])
def test_the_end_has_a_row_in_any_case(seconds):
    film = sheets.Sheets(seconds, samples=1)
    film.set_model(Model())
    film.on_train_begin()
    film.on_epoch_begin(2)
    film.on_train_batch_end(0)
    film.on_train_end()
    assert film.labels == ["epoch 3, 0 s"]
