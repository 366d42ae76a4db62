"""Widgets that leave a still picture behind, for pages that cannot run them, as on GitHub."""

import inspect

import ipywidgets

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class WithStill(ipywidgets.VBox):
    """Controls around a `picture`; a saved notebook keeps the picture as it was first."""

    def still(self) -> bytes:
        """What is kept, PNG."""
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
