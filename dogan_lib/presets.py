"""How a notebook picks its numbers: one of `smoke`, `cpu`, `gpu`.

`smoke` runs every line in seconds (CI), `cpu` teaches on a laptop in minutes, `gpu` reproduces the
effect on all of Stanford Dogs within an hour on a T4. `DOGAN_PRESET` chooses; without it, `gpu`
where TensorFlow sees one and `cpu` otherwise.
"""

import os

NAMES = ("smoke", "cpu", "gpu")


def active() -> str:
    """The name of the preset in force."""
    name = os.environ.get("DOGAN_PRESET", "").strip().lower()
    if not name:
        return "gpu" if gpus() else "cpu"
    if name not in NAMES:
        raise ValueError(f"DOGAN_PRESET={name!r}: choose one of {', '.join(NAMES)}, or unset it")
    return name


def gpus() -> list[str]:
    """The names of the GPUs that TensorFlow sees; empty without TensorFlow."""
    try:
        import tensorflow as tf
    except ImportError:
        return []
    found = tf.config.list_physical_devices("GPU")
    return [tf.config.experimental.get_device_details(g).get("device_name", g.name) for g in found]


class Preset:
    """The numbers of the active preset, by attribute; a notebook shows all three side by side."""

    def __init__(self, name: str, table: dict[str, dict]):
        self.name, self._table = name, table
        vars(self).update(table[name])

    def __getattr__(self, key: str):
        known = vars(self).get("_table", {}).get(vars(self).get("name"), ())
        raise AttributeError(f"the preset has no {key!r}; it has {', '.join(known)}")

    def __repr__(self):
        numbers = ", ".join(f"{k}={v!r}" for k, v in self._table[self.name].items())
        return f"preset {self.name}: {numbers}"

    def _repr_html_(self):
        table = [self._table[name] for name in NAMES]
        rows = [("", *NAMES), *((key, *(values[key] for values in table)) for key in table[0])]
        mine, html = 1 + NAMES.index(self.name), ""
        for row in rows:
            cells = [f"<b>{cell}</b>" if i == mine else cell for i, cell in enumerate(row)]
            cells = "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells)
            html += f"<tr>{cells}</tr>"
        return f"<table>{html}</table>"


def preset(*, smoke: dict, cpu: dict, gpu: dict) -> Preset:
    """The active preset out of three dicts that hold the same keys.

    Example:
        >>> cfg = preset(smoke=dict(epochs=1), cpu=dict(epochs=5), gpu=dict(epochs=60))
        >>> cfg.epochs

    Raises:
        ValueError: the three do not name the same numbers, or `DOGAN_PRESET` is unknown.
    """
    table = {"smoke": smoke, "cpu": cpu, "gpu": gpu}
    if odd := set(smoke) ^ set(cpu) | set(cpu) ^ set(gpu):
        raise ValueError(f"every preset must give every number; not in all three: {sorted(odd)}")
    if "name" in smoke:
        raise ValueError("`name` is the preset's own: call this number something else")
    return Preset(active(), table)
