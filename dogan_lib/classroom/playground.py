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
        self.game = game = Game(game) if isinstance(game, str) else game
        menu, button, slider = (
            dict(layout=widgets.Layout(width=width)) for width in ("215px", "70px", "440px")
        )
        data = dict(options=list(points.SHAPES), value=game.data)
        loss = dict(options=list(LOSSES), value=game.loss)
        rate = dict(min=-5, max=-1, step=0.1, readout_format=".1e", **slider)
        self.data = widgets.Dropdown(description="data", **data, **menu)
        self.loss = widgets.Dropdown(description="G's loss", **loss, **menu)
        self.play = widgets.Play(min=0, max=1_000_000, interval=40, show_repeat=False)
        self.step = widgets.Button(description="step", **button)
        self.reset = widgets.Button(description="reset", **button)
        self.g_rate = widgets.FloatLogSlider(game.g_rate, description="lr of G", **rate)
        self.d_rate = widgets.FloatLogSlider(game.d_rate, description="lr of D", **rate)
        self.d_steps = widgets.IntSlider(game.d_steps, 1, 10, description="D steps", **slider)
        self.rounds = widgets.IntSlider(10, 1, 50, description="speed", **slider)
        self.image = widgets.Image(format="jpeg", width=scene.WIDTH, height=scene.HEIGHT)
        first = widgets.HBox([self.data, self.loss, self.play, self.step, self.reset])
        second = widgets.HBox([self.g_rate, self.d_rate])
        third = widgets.HBox([self.d_steps, self.rounds])
        self.box = widgets.VBox([first, second, third, self.image])
        self._listen()
        self.draw()

    def _listen(self):
        # The stop button sets the value to 0.
        self.play.observe(lambda now: self.advance() if now.new else self.restart(), "value")
        self.step.on_click(lambda _: self.advance())
        self.reset.on_click(lambda _: self.restart())
        self.data.observe(lambda now: self.game.choose(now.new), "value")
        for name in ("loss", "g_rate", "d_rate", "d_steps"):
            control = getattr(self, name)
            control.observe(lambda now, name=name: setattr(self.game, name, now.new), "value")
        for menu in (self.data, self.loss):
            menu.observe(lambda _: self.draw(), "value")

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
