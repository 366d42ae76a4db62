"""Portraits by coat and ears: their kinds, what the reader sees in them, and the table of all."""

import numpy as np

from dogan_lib.classroom import portraits
from dogan_lib.dogs import load_dogs


def test_every_portrait_is_read_as_its_kind():
    dogs = load_dogs(size=32, source="portraits", limit=48, progress=False)
    kinds = portraits.labels(dogs)
    coat, ears = portraits.KINDS[kinds[0]].split(", ")
    assert coat == dogs.attributes["colour"][0] and ears == f"{dogs.attributes['ears'][0]} ears"
    right = portraits.obeyed(dogs.images, kinds)
    assert right["both"].mean() > 0.9
    wrong = portraits.obeyed(dogs.images, (kinds + 4) % len(portraits.KINDS))  # another coat
    assert wrong["coat"].mean() < 0.1 and wrong["ears"].mean() > 0.9
    heads, *lines = portraits.shares(right=right, wrong=wrong).splitlines()
    assert heads.split() == ["chance", "right", "wrong"]
    assert [line.split()[:2] for line in lines] == [
        ["coat", "16.7%"],
        ["ears", "25.0%"],
        ["both", "4.2%"],
    ]


def test_the_table_has_a_place_for_each_kind():
    pictures = np.zeros((24, 8, 8, 3), "uint8")
    pictures[4] = 255  # the second coat with the first ears
    (ax,) = portraits.table(pictures, "kinds").axes
    shown = ax.images[0].get_array()
    assert shown[:8, 10:18].min() == 255 and shown[:8, :8].max() == 0
