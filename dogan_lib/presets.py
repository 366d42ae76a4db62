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
        self.name = name
        self._table = table

    def __getattr__(self, key: str):
        # Dunders and privates must fail the ordinary way, or copy and IPython recurse.
        values = {} if key.startswith("_") else self._table[self.name]
        if key not in values:
            raise AttributeError(f"the preset has no {key!r}; it has {', '.join(values)}")
        return values[key]

    def __dir__(self):
        return ["name", *self._table[self.name]]

    def __repr__(self):
        numbers = ", ".join(f"{k}={v!r}" for k, v in self._table[self.name].items())
        return f"preset {self.name}: {numbers}"

    def _repr_html_(self):
        def cell(text, name, tag="td"):
            weight = "bold" if name == self.name else "normal"
            style = f"text-align:left;font-weight:{weight}"
            return f'<{tag} style="{style}">{text}</{tag}>'

        marked = {name: f"{name} ◀" if name == self.name else name for name in NAMES}
        head = "".join(cell(marked[name], name, "th") for name in NAMES)
        rows = "".join(
            f'<tr><td style="text-align:left">{key}</td>'
            + "".join(cell(self._table[name][key], name) for name in NAMES)
            + "</tr>"
            for key in self._table["cpu"]
        )
        return f"<table><tr><th></th>{head}</tr>{rows}</table>"


def preset(*, smoke: dict, cpu: dict, gpu: dict) -> Preset:
    """The active preset out of three dicts that hold the same keys.

    Example:
        >>> cfg = preset(smoke=dict(epochs=1), cpu=dict(epochs=5), gpu=dict(epochs=60))
        >>> cfg.epochs

    Raises:
        ValueError: the three do not name the same numbers, or `DOGAN_PRESET` is unknown.
    """
    table = {"smoke": smoke, "cpu": cpu, "gpu": gpu}
    if not set(smoke) == set(cpu) == set(gpu):
        odd = set(smoke) ^ set(cpu) | set(cpu) ^ set(gpu)
        raise ValueError(f"every preset must give every number; not in all three: {sorted(odd)}")
    return Preset(active(), table)
