"""The exercises of each chapter, one module a chapter: `chNN.py` holds those called "NN-…"."""
