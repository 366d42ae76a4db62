"""Exercises of chapter 12."""

from dogan_lib.classroom.kinds import number, words

number(
    "12-scales",
    10,
    """
    10: shrunk it is 250 x 188 (187.5), and log(25 / 188) / log(0.75) = 7.01, rounded up 8. Plus 1
    is N = 9, the last index; with index 0 that makes 10 networks.
    """,
    hints={
        9: "N is the last index. The first one is 0.",
        11: "That is a short side of 250. Shrink first: the long side becomes 250.",
    },
    otherwise="N = ceil(log(25 / short side) / log(0.75)) + 1, and there are N + 1 networks.",
)
number(
    "12-field",
    15,
    "15: each 3x3 convolution adds a pixel on both sides, 1 + 7 * 2.",
    hints={21: "They overlap: a convolution adds one pixel on both sides to what is seen."},
    otherwise="Five convolutions see 11 pixels: 1 + 5 * 2.",
)
words(
    "12-start",
    ("raise", "raised", "raising", "higher", "up"),
    """
    Raise it. Scales below the start show the photograph itself, so layout stays; only what is
    finer than the start scale is drawn anew.
    """,
    wrong=dict.fromkeys(
        ("lower", "low", "down"), "The low scales decide on the layout. Do you want them to draw?"
    ),
    filler=("start", "scale"),
)
