import hashlib
import subprocess
import sys

import numpy as np
import pytest

from dogan_lib.dogs import Dogs


def some_dogs(n=10, size=4, captions=False):
    """Pictures that tell who they are: the first pixel of each row is its number."""
    images = np.zeros((n, size, size, 3), np.uint8)
    images[:, :, 0] = np.arange(n, dtype=np.uint8)[:, None, None]
    images[:, :, 1:] = 255
    return Dogs(
        images=images,
        labels=np.arange(n, dtype=np.int32) % 3,
        breeds=["a", "b", "c"],
        source="test",
        names=[str(i) for i in range(n)],
        captions=[f"개 {i}" for i in range(n)] if captions else None,
    )


def as_numpy(dataset):
    return [tuple(part.numpy() for part in batch) for batch in dataset]


def numbers(images):
    """Which dogs these are, and which are mirrored."""
    values = np.rint((images[:, 0, :, 0] + 1) * 127.5).astype(int)
    return values.min(1).tolist(), (values[:, 0] == 255).tolist()


def test_shape_range_and_length():
    dataset = some_dogs().batches(4)
    assert len(dataset) == 2 and int(dataset.cardinality()) == 2
    batches = as_numpy(dataset)
    assert len(batches) == 2 and all(len(b) == 1 for b in batches)
    (images,) = batches[0]
    assert images.shape == (4, 4, 4, 3) and images.dtype == np.float32
    assert images.max() == 1.0 and images.min() >= -1.0
    assert tuple(dataset.element_spec[0].shape) == (4, 4, 4, 3)


def test_an_epoch_holds_each_dog_once_and_mirrors_half():
    dogs = some_dogs(200)
    ids, mirrored = numbers(np.concatenate([b[0] for b in as_numpy(dogs.batches(8))]))
    assert sorted(ids) == list(range(200)) and ids != sorted(ids)
    assert 70 < sum(mirrored) < 130
    ids, mirrored = numbers(as_numpy(dogs.batches(200, mirror=False, shuffle=False))[0][0])
    assert ids == list(range(200)) and not any(mirrored)


def test_mirroring_does_not_change_the_order_nor_the_dogs():
    dogs = some_dogs()
    before = dogs.images.copy()
    with_, without = (as_numpy(dogs.batches(10, mirror=m))[0][0] for m in (True, False))
    assert numbers(with_)[0] == numbers(without)[0]
    np.testing.assert_array_equal(dogs.images, before)


def test_the_kth_iteration_is_epoch_start_plus_k():
    dogs = some_dogs()
    dataset = dogs.batches(5, seed=7)
    epochs = [as_numpy(dataset) for _ in range(4)]
    for k in range(4):
        again = as_numpy(dogs.batches(5, seed=7, start_epoch=k))
        np.testing.assert_array_equal(again, epochs[k])
    assert (np.array(epochs[0]) != np.array(epochs[1])).any()
    assert (np.array(as_numpy(dogs.batches(5, seed=8))) != np.array(epochs[0])).any()


def test_another_process_sees_the_same_batches():
    code = """
import hashlib, numpy as np
from dogan_lib.dogs import Dogs
images = np.arange(40 * 48).astype(np.uint8).reshape(40, 4, 4, 3)
dogs = Dogs(images, np.zeros(40, np.int32), ["a"], "test", [""] * 40)
batches = [images.numpy() for images, in dogs.batches(8, seed=3, start_epoch=5)]
print(hashlib.sha256(np.array(batches).tobytes()).hexdigest())
"""
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    images = np.arange(40 * 48).astype(np.uint8).reshape(40, 4, 4, 3)
    dogs = Dogs(images, np.zeros(40, np.int32), ["a"], "test", [""] * 40)
    here = np.array([images for (images,) in as_numpy(dogs.batches(8, seed=3, start_epoch=5))])
    assert told.stdout.strip() == hashlib.sha256(here.tobytes()).hexdigest()


def test_keras_fit_sees_one_iteration_an_epoch():
    """A killed training starts again at `start_epoch`; so `fit` must not iterate in between."""
    import keras

    class Recorder(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)
            self.seen = []

        def train_step(self, data):
            self.seen.append(data[0].numpy())
            self.dense(data[0])
            return {"loss": keras.ops.zeros(())}

    dogs = some_dogs()
    model = Recorder()
    model.dense.build((None, 4, 4, 3))
    model.built = True
    model.compile(run_eagerly=True)
    model.fit(dogs.batches(5, seed=1, start_epoch=2), epochs=3, verbose=0, shuffle=False)
    expected = [b[0] for k in (2, 3, 4) for b in as_numpy(dogs.batches(5, seed=1, start_epoch=k))]
    np.testing.assert_array_equal(model.seen, expected)


def test_labels_captions_and_arrays_stay_with_their_dogs():
    dogs = some_dogs(captions=True)
    for images, labels in as_numpy(dogs.batches(5, "labels")):
        assert labels.dtype == np.int32
        assert labels.tolist() == [i % 3 for i in numbers(images)[0]]
    for images, captions in as_numpy(dogs.batches(5, "captions")):
        assert [c.decode() for c in captions] == [f"개 {i}" for i in numbers(images)[0]]
    codes = np.eye(10, dtype=np.float32)
    for images, code in as_numpy(dogs.batches(5, codes)):
        assert code.shape == (5, 10) and code.argmax(1).tolist() == numbers(images)[0]


def test_what_cannot_be_is_said():
    dogs = some_dogs()
    for size in (0, 11):
        with pytest.raises(ValueError, match="Choose 1 to 10"):
            dogs.batches(size)
    with pytest.raises(ValueError, match="no 'captions' for test dogs; there is 'labels'"):
        dogs.batches(5, "captions")
    with pytest.raises(ValueError, match="there is 'labels'"):
        dogs.batches(5, "colour")
    with pytest.raises(ValueError, match="3 rows for 10 dogs"):
        dogs.batches(5, np.zeros(3))
