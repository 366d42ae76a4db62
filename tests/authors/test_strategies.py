"""Which devices train together, and what cannot be is said."""

import json

import pytest

from data.make import strategies


def test_what_cannot_be_is_said(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert strategies.strategy().num_replicas_in_sync == 1
    with pytest.raises(ValueError, match="mirrored, multiworker"):
        strategies.strategy("ring")
    with pytest.raises(ValueError, match="TF_CONFIG"):
        strategies.strategy("multiworker")
    monkeypatch.setenv("TF_CONFIG", "{")
    with pytest.raises(ValueError, match="not JSON"):
        strategies.strategy("multiworker")
    with pytest.raises(ValueError, match="1, 2, 4, 8, 16 can"):
        strategies.check(3, 32)
    strategies.check(2, 32)


def test_the_first_worker_writes(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert strategies.is_chief()
    for index in (0, 1):
        monkeypatch.setenv("TF_CONFIG", json.dumps({"task": {"type": "worker", "index": index}}))
        assert strategies.is_chief() == (index == 0)
