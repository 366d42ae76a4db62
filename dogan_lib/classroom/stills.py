"""Widgets that leave a still picture behind, for pages that cannot run them, as on GitHub."""

import inspect

import ipywidgets

from dogan_lib import plots

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Controlled(ipywidgets.VBox):
    """Controls above a picture that follows them; a subclass draws `figure()`, or `png()`.

    A saved notebook keeps the picture as it was first.

    Args:
        rows: what stands above the picture, each a widget, or several side by side. The picture
            follows them all but what is in a box of its own.
        width: of the picture in screen pixels; its own where not given.
    """

    def __init__(self, *rows, width: int | None = None):
        rows = [[row] if isinstance(row, ipywidgets.Widget) else row for row in rows]
        layout = ipywidgets.Layout(width=width and f"{width}px")
        self.picture = ipywidgets.Image(format="png", layout=layout)
        for control in (control for row in rows for control in row):
            if not isinstance(control, ipywidgets.HTML | ipywidgets.Label):  # which only tell
                control.observe(self._draw, "value")
        self._draw()
        lines = [ipywidgets.HBox(row) if len(row) > 1 else row[0] for row in rows]
        super().__init__([*lines, self.picture])

    def _draw(self, change=None):
        self.picture.value = self.png()

    def png(self) -> bytes:
        """The picture as it is now."""
        return plots.to_png(self.figure())

    def still(self) -> bytes:
        """What a saved notebook keeps, PNG."""
        return bytes(self.picture.value)

    def alt(self) -> str:
        """What it shows: the first sentence of the class's docstring, where not said."""
        return inspect.getdoc(type(self)).split("\n\n")[0].replace("\n", " ")

    def _ipython_display_(self):
        show(self, self.still(), self.alt())


def show(widget, png: bytes, alt: str) -> None:
    """Display a widget, and for where it cannot run a picture and its description."""
    from IPython.display import display

    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    data = {WIDGET_VIEW: view, "image/png": png, "text/plain": alt}
    display(data, metadata={"image/png": {"alt": alt}}, raw=True)


def seed_box(value: int = 0, name: str = "seed") -> ipywidgets.BoundedIntText:
    """A seed to type."""
    return ipywidgets.BoundedIntText(value, 0, 9999, description=name)


def button_grid(rows: int, columns: int, side: int, on_click, style=None, **layout):
    """Buttons without gaps, `side` screen pixels each; a click calls `on_click(row, column)`.

    They share a layout, and a `style` if there is one, which keeps a saved notebook small.
    """
    shared = dict(width=f"{side}px", height=f"{side}px", min_width="0", margin="0", padding="0")
    look = dict(layout=ipywidgets.Layout(**shared), **({"style": style} if style else {}))
    buttons = [ipywidgets.Button(**look) for _ in range(rows * columns)]
    for i, button in enumerate(buttons):
        button.on_click(lambda _, i=i: on_click(*divmod(i, columns)))
    across, down = (f"repeat({n}, {side}px)" for n in (columns, rows))
    grid = dict(grid_template_columns=across, grid_template_rows=down, grid_gap="0")
    return ipywidgets.GridBox(buttons, layout=ipywidgets.Layout(**grid, **layout))
