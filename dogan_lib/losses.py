"""The adversarial losses of the course, one class each, on logits.

Every class has two methods, and both return a scalar to *minimise*:

    loss.discriminator(real, fake)         D's loss; both are D's logits, shape (batch, k)
    loss.generator(fake, real=None)        G's loss; `real` is needed by Relativistic alone

D(x) in a formula is sigmoid(logit) for the probabilistic losses and the logit itself for the
others. Written on `keras.ops`: they run on every backend.
"""

from keras import ops

from dogan_lib.saving import Configurable

__all__ = ["Hinge", "LeastSquares", "Minimax", "NonSaturating", "Relativistic", "Wasserstein"]


class AdversarialLoss(Configurable):
    """What all of them share."""

    needs_real = False  # whether `generator` compares with real logits


class Minimax(AdversarialLoss):
    """The game of the paper's equation 1, V(D, G) = E[log D(x)] + E[log(1 - D(G(z)))].

    D minimises -V. G minimises the one term of V that depends on it, log(1 - D(G(z))), whose
    gradient vanishes where D is sure of itself.

    Reference: Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661
    """

    def discriminator(self, real, fake):
        # -log sigmoid(x) = softplus(-x) and -log(1 - sigmoid(x)) = softplus(x), without overflow.
        return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))

    def generator(self, fake, real=None):
        return -ops.mean(ops.softplus(fake))


class NonSaturating(Minimax):
    """Minimax for D; G maximises log D(G(z)) instead, which does not saturate.

    Args:
        smoothing: D's target for real pictures is 1 - smoothing (one-sided label smoothing).

    Reference: Goodfellow et al. 2014, section 3; smoothing: Salimans et al. 2016.
    """

    def __init__(self, smoothing: float = 0.0):
        if not 0 <= smoothing < 1:
            raise ValueError(f"smoothing lies in [0, 1), not {smoothing}")
        self.smoothing = smoothing

    def discriminator(self, real, fake):
        # Cross-entropy against target t is softplus(x) - t x: linear in the target.
        return super().discriminator(real, fake) + self.smoothing * ops.mean(real)

    def generator(self, fake, real=None):
        return ops.mean(ops.softplus(-fake))


class LeastSquares(AdversarialLoss):
    """Distance to a target instead of a log: also right but far fakes are pulled.

    L_D = 1/2 E[(D(x) - b)^2] + 1/2 E[(D(G(z)) - a)^2],  L_G = 1/2 E[(D(G(z)) - c)^2].

    Args:
        a, b, c: the targets for fake, for real, and of G. (0, 1, 1) is the official code's; the
            paper's Pearson chi-square theorem needs b - c = 1 and b - a = 2, as in (-1, 1, 0).

    Reference: Mao et al. 2017, https://arxiv.org/abs/1611.04076
    """

    def __init__(self, a: float = 0.0, b: float = 1.0, c: float = 1.0):
        self.a, self.b, self.c = a, b, c

    def discriminator(self, real, fake):
        return (ops.mean(ops.square(real - self.b)) + ops.mean(ops.square(fake - self.a))) / 2

    def generator(self, fake, real=None):
        return ops.mean(ops.square(fake - self.c)) / 2


class Hinge(AdversarialLoss):
    """A margin: D stops pushing once real > 1 and fake < -1.

    Reference: Lim & Ye 2017; SAGAN, Zhang et al. 2018, https://arxiv.org/abs/1805.08318
    """

    def discriminator(self, real, fake):
        return ops.mean(ops.relu(1 - real)) + ops.mean(ops.relu(1 + fake))

    def generator(self, fake, real=None):
        return -ops.mean(fake)


class Wasserstein(AdversarialLoss):
    """The critic's mean gap. Needs a Lipschitz critic: use it with `penalties.GradientPenalty`.

    Args:
        drift: weight of E[D(x)^2], which keeps the critic's level from wandering (PGGAN: 0.001).

    Reference: Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875; drift: Karras et al. 2017.
    """

    def __init__(self, drift: float = 0.0):
        self.drift = drift

    def discriminator(self, real, fake):
        return ops.mean(fake) - ops.mean(real) + self.drift * ops.mean(ops.square(real))

    def generator(self, fake, real=None):
        return -ops.mean(fake)


class Relativistic(AdversarialLoss):
    """D ranks each real picture above the fake it is paired with; G wants the opposite order.

    L_D = E[softplus(-(D(x) - D(G(z))))], L_G = E[softplus(-(D(G(z)) - D(x)))]: pairs one to one.

    Reference: Jolicoeur-Martineau 2018; R3GAN, Huang et al. 2024.
    """

    needs_real = True

    def discriminator(self, real, fake):
        return ops.mean(ops.softplus(fake - real))

    def generator(self, fake, real=None):
        if real is None:
            raise ValueError("Relativistic.generator compares: pass D's logits of real pictures")
        return ops.mean(ops.softplus(real - fake))
