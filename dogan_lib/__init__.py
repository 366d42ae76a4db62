"""dogan: every GAN from Goodfellow's to SinGAN, in Keras 3, on dogs.

Import what you need from the modules; importing the package itself stays cheap.
"""

import os

# Keras reads its backend once, at import. The course trains with TensorFlow; chapter 02 runs one
# comparison with `KERAS_BACKEND=torch`, so a choice that is already made is left alone.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

__version__ = "0.1.0"
