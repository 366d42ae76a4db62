"""The game of the paper on a line, exactly: densities on a grid, V(D, G), the best D, the JSD.

Everything is a numpy array over the points of `LINE`; logarithms are natural, integrals are sums
of trapezoids.
Reference: Goodfellow et al. 2014, section 4, https://arxiv.org/abs/1406.2661
"""

import numpy as np

LINE = np.linspace(-40, 40, 8001)
#: Below this a probability counts as this: its logarithm stays finite, and no integral notices.
TINY = 1e-300


def normal(mean: float, width: float, x=LINE) -> np.ndarray:
    """Density of a Gaussian at x."""
    return np.exp(-0.5 * ((x - mean) / width) ** 2) / (width * np.sqrt(2 * np.pi))


def safe_log(probability) -> np.ndarray:
    """Logarithm whose value at 0 is large and finite."""
    return np.log(np.maximum(probability, TINY))


def value(p, q, d, x=LINE) -> float:
    """V(D, G) = E_p[log D(x)] + E_q[log(1 - D(x))], where q is the density of G(z)."""
    return float(np.trapezoid(p * safe_log(d) + q * safe_log(1 - d), x))


def best_discriminator(p, q) -> np.ndarray:
    """D*(x) = p / (p + q), and 1/2 where neither puts anything (proposition 1)."""
    total = p + q
    return np.where(total > TINY, p / np.maximum(total, TINY), 0.5)


def divergence(p, q, x=LINE) -> float:
    """KL(p || q): what it costs to take q for p. At least 0, and 0 only where p = q."""
    return float(np.trapezoid(p * (safe_log(p) - safe_log(q)), x))


def jensen_shannon(p, q, x=LINE) -> float:
    """JSD: mean divergence of p and of q from their average; in [0, log 2], symmetric."""
    middle = (p + q) / 2
    return (divergence(p, middle, x) + divergence(q, middle, x)) / 2
