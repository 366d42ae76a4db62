"""A loss as a landscape over the plane, and fakes that roll down on it while D stands still.

hills.animate({"log loss": (value, (w, b), paths), ...})    # side by side, as a moving picture
"""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dogan_lib.classroom.moving import play
from dogan_lib.plots import PALETTE

X, Y = (-2.5, 7.0), (-1.5, 3.0)  # the part of the plane that is drawn
HIGHEST = 8.0
#: A hill: the loss of one fake as a function of its logit, D as (w, b), and (steps, n, 2) paths.
Hill = tuple[Callable[[np.ndarray], np.ndarray], tuple[np.ndarray, float], np.ndarray]


@plt.rc_context({"font.size": 14})
def above(judges: Mapping[str, tuple], guesses: Mapping[str, float], **heaps: np.ndarray):
    """The plane from above: heaps of points by name, and the line where each D can only guess."""
    figure, ax = plt.subplots(figsize=(12, 4.8))
    for (name, points), marker in zip(heaps.items(), "o^D", strict=True):
        colour = PALETTE["real" if name == "real" else "fake"]
        ax.plot(*points.T, marker, color=colour, mec="white", ms=8)
        ax.text(points[:, 0].mean(), 1.3, name.replace("_", " "), color=colour, ha="center")
    styles = (PALETTE["neutral"], "-"), (PALETTE["accent"], "--")
    y = np.array(Y)
    for (name, (w, b)), (colour, line) in zip(judges.items(), styles, strict=False):
        label = f"{name}: D = {guesses[name]:g}"
        ax.plot((guesses[name] - b - w[1] * y) / w[0], y, line, color=colour, lw=3, label=label)
    ax.set(xlim=X, ylim=(-1.5, 1.7), xlabel="x1", ylabel="x2")
    ax.legend(frameon=False, loc="lower right")
    return figure


def frames(hills: Mapping[str, Hill], real: np.ndarray, width: int = 1100) -> np.ndarray:
    """uint8 (n, H, width, 3): the fakes on each hill, at every second step, and the `real`."""
    figure = Figure(figsize=(11, 4.4), dpi=width / 11)
    canvas, space = FigureCanvasAgg(figure), dict(projection="3d", computed_zorder=False)
    edges = dict(left=0, right=1, bottom=0.02, top=0.98, wspace=0)
    axes = figure.subplots(1, len(hills), squeeze=False, subplot_kw=space, gridspec_kw=edges)[0]
    for ax, (name, hill) in zip(axes, hills.items(), strict=True):
        _surface(ax, name, hill)
        ax.plot(*real.T, _height(hill, *real.T) + 0.1, ".", color=PALETTE["real"], ms=5)
        ax.plot([], [], [], "D", color=PALETTE["fake"], mec="white", ms=7)
    said = figure.text(0.5, 0.03, "", fontsize=16, ha="center")
    drawn = []
    for step in range(0, len(hill[2]), 2):
        said.set_text(f"step {step}")
        for ax, hill in zip(axes, hills.values(), strict=True):
            x, y = np.clip(hill[2][step], *zip(X, Y, strict=True)).T
            ax.lines[-1].set_data_3d(x, y, _height(hill, x, y) + 0.1)
        canvas.draw()
        drawn.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    return np.stack(drawn + 4 * drawn[-1:])


def animate(hills: Mapping[str, Hill], real, alt: str) -> None:
    """Display the fakes rolling, over and over."""
    play(frames(hills, real), alt, fps=6, zoom=1, colours=64)


def _height(hill: Hill, x, y):
    value, (w, b), _ = hill
    return value(x * w[0] + y * w[1] + b)


def _surface(ax, name, hill):
    x, y = np.meshgrid(np.linspace(*X, 40), np.linspace(*Y, 16))
    height = np.minimum(_height(hill, x, y), HIGHEST)
    pale = dict(cmap="Greys", vmin=0, vmax=2 * HIGHEST, alpha=0.75)
    ax.plot_surface(x, y, height, lw=0.2, edgecolor="#888888", **pale)
    ax.set(xlim=X, ylim=Y, zlim=(0, HIGHEST), xticks=[], yticks=[])
    ax.set_xlabel("x1", fontsize=15)
    ax.set_ylabel("x2", fontsize=15)
    ax.set_title(f"{name} of one fake", fontsize=18, y=0.95)
    ax.tick_params(labelsize=13)
    ax.view_init(elev=32, azim=-75)
    ax.set_box_aspect((2.2, 1.1, 0.9), zoom=1.25)
