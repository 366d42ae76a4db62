"""Exercises of chapter 04."""

from dogan_lib.classroom.kinds import function, number, words

number(
    "04-parameters",
    819_456,
    """
    Each of the 256 filters has 5 x 5 x 128 weights and one bias:
    (5 * 5 * 128 + 1) * 256 = 819,456, the third convolution of the deck's discriminator.
    """,
    hints={819_200: "You left out the biases: one for each output channel."},
    otherwise="(k * k * channels in + 1) * channels out.",
    tolerance=1e-6,
)
number(
    "04-receptive-field",
    61,
    """
    A layer widens the field by (kernel - 1) times the distance between its neighbours, and the
    distance doubles with each stride of 2: 1 + 4 * 1 + 4 * 2 + 4 * 4 + 4 * 8 = 61.
    The stride of the *last* layer does not matter: it moves the window and does not widen it.
    """,
    hints={29: "That is three layers."},
    otherwise="Call receptive_fields with four times (5, 2), and look at the last number.",
)


@function(
    "04-even-prints",
    *((k, s) for k in range(1, 9) for s in (1, 2, 3) if k >= s),
    wrong=[(lambda kernel, stride: kernel % 2 == 0, "Try kernel 3 and stride 3 with `stamp`.")],
    otherwise="Count the prints with `stamp`, for kernel 3 and stride 2 and for kernel 4.",
)
def even(kernel, stride):
    """Each pixel gets kernel / stride prints along each axis where that is a whole number;
    otherwise some get one more than others. That is why 4x4 kernels with stride 2 became popular.
    """
    return kernel % stride == 0


words(
    "04-not-trainable",
    ("moving", "running", "statistics", "통계"),
    """
    The moving mean and the moving variance of each batch normalisation: two numbers for each of
    16384 + 128 + 64 + 32 = 16,608 channels, 33,216 in all. They are averaged, not learned.
    """,
    wrong=dict.fromkeys(
        ("gamma", "beta", "biases", "kernels"),
        "A gradient moves these. Look at `generator.non_trainable_weights`.",
    ),
    filler="batch normalisation normalization mean means variance variances averages 배치".split(),
)
