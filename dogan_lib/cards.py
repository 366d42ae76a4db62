"""What `data/` says about the shipped networks, read without Keras."""

import json
from pathlib import Path

from dogan_lib.runtime import data_dir


def available() -> list[str]:
    """Names of the shipped generators, for `load_generator`."""
    cards = sorted((data_dir() / "checkpoints").glob("*.json"))
    cards = [card for card in cards if card.with_suffix(".keras").exists()]
    return [card.stem for card in cards if read_card(card).get("kind", "generator") == "generator"]


def card(name: str) -> dict:
    """What is known about a shipped network: data, recipe, steps, seed, time, machine."""
    return read_card(data_dir() / "checkpoints" / f"{name}.json")


def read_card(path: Path) -> dict:
    """The card at `path`; empty where there is none. Raises ValueError for what is no card."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is no card that can be read: {error}") from error
