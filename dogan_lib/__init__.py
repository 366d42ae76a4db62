"""dogan: GANs from Goodfellow's to Projected GAN, in Keras 3, on dogs.

Import what you need from the modules; importing the package itself stays cheap.
"""

import os
import sys

# Keras reads its backend once, at import. The course trains with TensorFlow; chapter 02 runs one
# comparison with `KERAS_BACKEND=torch`, so a choice that is already made is left alone.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

__version__ = "0.1.0"


def import_tensorflow_quietly():
    """Its start-up messages bypass Python and every log level, and fill a notebook's first cell."""
    sys.stderr.flush()
    stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        import tensorflow  # noqa: F401
    except ImportError:
        pass  # whoever needs it will say so
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)


if "ipykernel" in sys.modules and os.environ["KERAS_BACKEND"] == "tensorflow":
    import_tensorflow_quietly()
