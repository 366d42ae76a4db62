"""The pictures that dogs were cut from, for chapter 03 to look at."""

import dataclasses
import io

import numpy as np
from PIL import Image, ImageOps

from dogan_lib.dogs import Dogs, cropping
from dogan_lib.dogs.archives import open_archive


@dataclasses.dataclass(frozen=True)
class Original:
    """A picture before cropping: image uint8 (H, W, 3), boxes int32 (k, 4) of all its dogs."""

    image: np.ndarray
    boxes: np.ndarray
    breed: str
    name: str


def originals(dogs: Dogs, n: int = 8) -> list[Original]:
    """The uncropped pictures behind the first `n` dogs, in their order.

    `originals(dogs, n)[i].boxes` holds the boxes of all dogs in the picture that `dogs.images[i]`
    comes from; `dogs.boxes[i]` is its own. A doodle's original is the same doodle at 256 pixels.

    Raises:
        ValueError: the dogs were made from arrays.
    """
    if dogs.origin is None:
        raise ValueError("these dogs were made from arrays and have no originals")
    dogs = dogs.subset(np.arange(min(n, len(dogs))))
    return (_drawn if isinstance(dogs.origin, int) else _photos)(dogs)


def read_rgb(data: bytes, upright: bool = False) -> np.ndarray:
    """The whole picture, uint8 (H, W, 3). Raises what Pillow raises on a bad one."""
    picture = Image.open(io.BytesIO(data))
    return np.asarray(cropping.to_rgb(ImageOps.exif_transpose(picture) if upright else picture))


def _photos(dogs: Dogs) -> list[Original]:
    """Each picture read once and in stored order."""
    boxes, _ = dogs.origin.boxes_of(dogs.names)
    with open_archive(dogs.origin.images) as archive:
        data = {name: archive.read(name) for name in archive.names if name in boxes}
    images = {name: read_rgb(d, upright=not boxes[name]) for name, d in data.items()}
    return [
        Original(images[name], _inside(boxes[name], images[name]), dogs.breeds[label], name)
        for name, label in zip(dogs.names, dogs.labels, strict=True)
    ]


def _inside(boxes, image: np.ndarray) -> np.ndarray:
    """The usable boxes as an array; none for a picture that has no annotation."""
    kept = cropping.usable_boxes(boxes, image.shape[1], image.shape[0])[0] if boxes else []
    return np.array(kept, np.int32).reshape(-1, 4)


def _drawn(dogs: Dogs) -> list[Original]:
    """The same doodles, large: a doodle is a picture of any size."""
    from dogan_lib.doodles import painter as doodle

    only = doodle.PORTRAITS if dogs.source == "portraits" else None
    found = []
    for name, label in zip(dogs.names, dogs.labels, strict=True):
        large = doodle.draw(int(name.split()[-1]), 256, dogs.origin, dogs.breeds[label], only)
        box = np.array([large.box], np.int32)
        found.append(Original(large.image, box, dogs.breeds[label], name))
    return found
