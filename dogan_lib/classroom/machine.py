"""Chapter 00's table of what decides how fast the course runs on this machine."""

import platform

import keras
import numpy as np
import tensorflow as tf

from dogan_lib.presets import active
from dogan_lib.runtime import device


def report() -> dict[str, str]:
    """What decides how fast the course runs here: one line each, for people."""
    return {
        "device": device(),
        "precision": keras.config.dtype_policy().name,
        "preset": active(),
        "Python": platform.python_version(),
        "Keras": f"{keras.__version__} on {keras.backend.backend()}",
        "TensorFlow": tf.__version__,
        "NumPy": np.__version__,
    }
