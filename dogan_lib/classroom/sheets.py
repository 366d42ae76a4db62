"""Sheets of a live training: the same latents after 30 seconds, after a minute, after two."""

import time

from dogan_lib.callbacks import Film


class Sheets(Film):
    """A row of pictures of the same latents at each of some seconds, and one at the end.

    Args:
        seconds: since the training began; those that it does not reach have no row.
        samples: pictures a row.
    """

    def __init__(self, seconds=(30, 60, 120), samples: int = 12):
        super().__init__(samples)
        self.waiting = sorted(seconds)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        now = time.monotonic() - self._start
        if self.waiting and now >= self.waiting[0]:
            self.waiting = [later for later in self.waiting if later > now]
            self._do(self._epoch)

    def on_epoch_end(self, epoch, logs=None):
        """Nothing: the clock decides, not the epochs."""

    def on_train_end(self, logs=None):
        self._do(self._epoch)
