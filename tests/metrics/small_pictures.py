"""Pictures, features and a generator small enough to reason about."""

import numpy as np


def pictures(n, size=16, seed=0):
    """Coloured quarters with noise on them, uint8 (n, size, size, 3)."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (n, 4, 4, 3)).repeat(size // 4, 1).repeat(size // 4, 2)
    return np.clip(coarse + random.normal(0, 20, coarse.shape), 0, 255).astype("uint8")


def means(images):
    """Twelve features: the mean colour of each quarter."""
    n, size = images.shape[:2]
    half = size // 2
    return images.reshape(n, 2, half, 2, half, 3).mean(axis=(2, 4)).reshape(n, -1)


class Sampler:
    """What `load_generator` returns, without a network: the seed decides the pictures."""

    def __init__(self, size=16, classes=0):
        self.size, self.seeds, self.card = size, [], {"name": "sampler"}
        self.classes = classes or None
        if classes:
            self.card |= {"breeds": [f"breed {i}" for i in range(classes)]}

    def sample(self, n, seed=0, truncation=None, labels=None, captions=None):
        self.seeds.append(seed)
        images = pictures(n, self.size, seed).astype("float32") / 127.5 - 1
        if labels is not None:
            images = images * 0.1 + np.asarray(labels)[:, None, None, None] * 0.2
        return images
