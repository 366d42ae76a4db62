"""One module for each paper; every builder is a plain function that returns a `keras.Model`."""
