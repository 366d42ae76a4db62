"""A GAN in the plane that plays while you watch, in the spirit of GAN Lab.

    playground = Playground("ring")
    playground          # in a notebook: play, pause, step, stop; every slider works while it plays

`plane.Game` trains and `scene` draws; `Playground` is the widgets around them. Only what ipywidgets
7.7 and 8 both have is used, so it plays in JupyterLab, the classic notebook and Colab.

Reference: Kahng et al. 2018, GAN Lab, https://poloclub.github.io/ganlab/
"""

import ipywidgets as widgets

from dogan_lib.classroom import points, scene, stills
from dogan_lib.classroom.plane import LOSSES, Game


class Playground:
    """The game as widgets: displays itself as the last line of a cell.

    Args:
        game: a `Game`, or the name of its data.

    Attributes:
        play: `widgets.Play`; each new `.value` is one picture. The browser counts, and waits for
            the kernel, so nothing blocks and nothing piles up. Its stop button starts anew.
        step, reset: buttons.
        data, loss: menus.
        g_rate, d_rate, d_steps, rounds: sliders; `rounds` are the updates of G for each picture.
        image: `widgets.Image` with the picture.
        box: the widget that holds them all.
    """

    def __init__(self, game: Game | str = "ring"):
        self.game = Game(game) if isinstance(game, str) else game
        self._make_controls()
        self._listen()
        first = widgets.HBox([self.data, self.loss, self.play, self.step, self.reset])
        second = widgets.HBox([self.g_rate, self.d_rate])
        third = widgets.HBox([self.d_steps, self.rounds])
        self.image = widgets.Image(format="jpeg", width=scene.WIDTH, height=scene.HEIGHT)
        self.box = widgets.VBox([first, second, third, self.image])
        self.draw()

    def _make_controls(self):
        game = self.game
        short = widgets.Layout(width="215px")
        self.data = _menu("data", points.SHAPES, game.data)
        self.loss = _menu("G's loss", LOSSES, game.loss)
        self.play = widgets.Play(min=0, max=1_000_000, interval=40, show_repeat=False)
        self.step = widgets.Button(description="step", layout=widgets.Layout(width="70px"))
        self.reset = widgets.Button(description="reset", layout=widgets.Layout(width="70px"))
        self.g_rate = _rate("lr of G", game.g_rate)
        self.d_rate = _rate("lr of D", game.d_rate)
        self.d_steps = _count("D steps", game.d_steps, 10)
        self.rounds = _count("speed", 10, 50)
        for menu in (self.data, self.loss):
            menu.layout = short

    def _listen(self):
        self.play.observe(self._on_play, "value")
        self.step.on_click(lambda _: self.advance())
        self.reset.on_click(lambda _: self.restart())
        self.data.observe(self._on_data, "value")
        self.loss.observe(self._on_loss, "value")
        for name in ("g_rate", "d_rate", "d_steps"):
            slider = getattr(self, name)
            slider.observe(lambda change, name=name: setattr(self.game, name, change.new), "value")

    def _on_play(self, change):
        if change.new == self.play.min:  # the stop button
            self.restart()
        else:
            self.advance()

    def _on_data(self, change):
        self.game.choose(change.new)
        self.draw()

    def _on_loss(self, change):
        self.game.loss = change.new
        self.draw()

    def advance(self, pictures: int = 1) -> None:
        """Train and draw, so many times: what play does at each tick."""
        for _ in range(pictures):
            self.game.train(self.rounds.value)
            self.draw()

    def restart(self) -> None:
        """The untrained networks again; data, loss and sliders stay."""
        self.game.reset()
        self.draw()

    def draw(self) -> None:
        """Bring the picture up to date."""
        self.scene = self.game.scene()
        self.image.value = scene.encoded(scene.render(self.scene))

    def _ipython_display_(self):
        """Widgets where a page can run them; a still picture where it cannot, as on GitHub."""
        png = scene.encoded(scene.render(self.scene), "png")
        stills.show(self.box, png, self.scene.alt())


def _menu(label, options, value):
    return widgets.Dropdown(description=label, options=list(options), value=value)


def _rate(label, value):
    layout = widgets.Layout(width="440px")
    return widgets.FloatLogSlider(
        value, description=label, min=-5, max=-1, step=0.1, readout_format=".1e", layout=layout
    )


def _count(label, value, largest):
    layout = widgets.Layout(width="440px")
    return widgets.IntSlider(value, 1, largest, description=label, layout=layout)
