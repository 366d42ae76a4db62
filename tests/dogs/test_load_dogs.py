"""`load_dogs` from end to end, on archives made here and on real dogs where there are any."""

import os
import subprocess
import sys
import tracemalloc
import zipfile

import numpy as np
import pytest
from PIL import Image

from dogan_lib.classroom.originals import originals
from dogan_lib.dogs import (
    ArchiveError,
    DownloadError,
    collection,
    load_dogs,
    prepared,
    stanford,
)


def test_stanford_layout(stanford_folder, capsys):
    dogs = load_dogs(16, stanford_folder)
    assert dogs.images.shape == (6, 16, 16, 3) and dogs.images.dtype == np.uint8
    assert dogs.labels.dtype == np.int32 and sorted(dogs.labels) == [0, 0, 0, 1, 1, 1]
    assert dogs.breeds == ["Toy terrier", "Pug"] and dogs.source == "stanford"
    assert dogs.boxes.shape == (6, 4) and dogs.captions is None and dogs.attributes is None
    assert len(dogs) == 6 and "\n" not in repr(dogs) and "6 of 2 breeds" in repr(dogs)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1 and "6 dogs of 2 breeds from 5 pictures" in printed
    assert "1 with several dogs: n2_0.jpg" in printed


@pytest.mark.parametrize("crop, dogs", [("square", 6), ("box", 6), ("none", 5)])
def test_crops(stanford_folder, crop, dogs):
    assert len(load_dogs(8, stanford_folder, crop=crop)) == dogs


def test_the_crops_are_those_of_the_boxes(stanford_folder):
    from dogan_lib.dogs.cropping import square

    dogs = load_dogs(40, stanford_folder)
    for image, box, original in zip(dogs.images, dogs.boxes, originals(dogs, 6), strict=True):
        assert box.tolist() in original.boxes.tolist()
        left, top, right, bottom = square(tuple(box), 60, 40)
        if right - left == 40:  # cut without resizing
            np.testing.assert_array_equal(image, original.image[top:bottom, left:right])


def test_originals_belong_to_the_dogs_in_their_order(stanford_folder):
    dogs = load_dogs(8, stanford_folder).subset([4, 0, 2])
    found = originals(dogs, 2)
    assert [o.name for o in found] == dogs.names[:2]
    assert [o.breed for o in found] == [dogs.breeds[i] for i in dogs.labels[:2]]
    assert found[0].image.shape == (40, 60, 3)
    assert len(originals(dogs, 99)) == 3


def test_second_load_reads_no_archive(stanford_folder, monkeypatch, capsys):
    first = load_dogs(8, stanford_folder)
    monkeypatch.setattr(collection.Collection, "index", None)
    second = load_dogs(8, stanford_folder)
    np.testing.assert_array_equal(first.images, second.images)
    assert first.names == second.names and first.problems == second.problems
    assert "from the cache" in capsys.readouterr().out


def test_another_archive_size_or_crop_is_another_file(stanford_folder, empty_cache, build):
    load_dogs(8, stanford_folder)
    load_dogs(9, stanford_folder)
    load_dogs(8, stanford_folder, crop="box")
    build.write_stanford(stanford_folder, {"n00000003-Husky/x": (build.picture(), None)})
    assert load_dogs(8, stanford_folder).breeds == ["Husky"]
    assert len(list(empty_cache.iterdir())) == 4


@pytest.mark.parametrize("damage", ["cut", "flip", "gone", "longer", "zeros"])
@pytest.mark.parametrize("part", [0.01, 0.5, 0.99])
@pytest.mark.parametrize("source", ["stanford", "doodle"])
def test_a_damaged_cache_is_made_anew(stanford_folder, empty_cache, part, damage, source):
    arguments = (16, "doodle", None, 4) if source == "doodle" else (16, stanford_folder)
    before = load_dogs(*arguments)
    (file,) = empty_cache.iterdir()
    data, place = bytearray(file.read_bytes()), int(part * file.stat().st_size)
    match damage:
        case "cut":
            data = data[:place]
        case "flip":
            data[place] ^= 4
        case "longer":
            data += b"0" * place
        case "zeros":
            data[place : place + 512] = bytes(len(data[place : place + 512]))
    file.unlink() if damage == "gone" else file.write_bytes(data)
    again = load_dogs(*arguments)
    np.testing.assert_array_equal(again.images, before.images)
    np.testing.assert_array_equal(again.labels, before.labels)
    assert again.names == before.names and again.captions == before.captions


def test_every_bad_input_is_counted_in_one_line(tmp_path, build, capsys):
    good, box = build.picture(), build.annotation((5, 5, 30, 30), name="x")
    dogs = {
        "n00000001-A/good": (good, box),
        "n00000001-A/truncated": (good[: len(good) // 2], box),
        "n00000001-A/empty_file": (b"", box),
        "n00000001-A/png": (build.encode(np.zeros((40, 60, 4), np.uint8), "PNG"), box),
        "n00000001-A/outside": (good, build.annotation((-9, 5, 90, 30), name="x")),
        "n00000001-A/empty_box": (good, build.annotation((5, 5, 5, 5), name="x")),
        "n00000001-A/percent": (good, build.annotation((5, 5, 30, 30))),
        "n00000001-A/no_annotation": (good, None),
        "n00000001-A/no_picture": (None, box),
        "n00000001-A/not_xml": (good, b"<annotation"),
        "n00000001-A/laughs": (good, b'<!DOCTYPE a [<!ENTITY b "c">]>' + box),
        "n00000001-A/words": (good, build.annotation(("a", 5, 30, 30))),
        "n00000001-A/infinite": (good, build.annotation(("inf", 5, 30, 30))),
        "n00000001-A/sideless": (good, box.replace(b"xmin", b"xmid")),
        "n00000001-A/boxless": (good, build.annotation(name="x")),
        "n00000001-A/two": (good, build.annotation((0, 0, 9, 9), (9, 9, 30, 30), name="x")),
    }
    loaded = load_dogs(8, build.write_stanford(tmp_path / "bad", dogs))
    short = {
        what.split(" (")[0]: {n.rsplit("/")[-1].split(".")[0] for n in names}
        for what, names in loaded.problems.items()
    }
    assert short == {
        "unreadable": {"truncated", "empty_file"},
        "not RGB": {"png"},
        "with a box leaving the picture": {"outside"},
        "with an empty box": {"empty_box"},
        "without a usable box": {"empty_box"},
        "annotated with the literal name %s": {"percent"},
        "without annotation": {"no_annotation"},
        "annotations without a picture": {"no_picture"},
        "with an unreadable annotation": {"not_xml", "laughs", "words", "infinite", "sideless"},
        "with an annotation without a box": {"boxless"},
        "with several dogs": {"two"},
    }
    assert len(loaded) == 15 - 2 + 1  # pictures, but the unreadable ones, and a second dog
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert all(what in printed for what in loaded.problems)


def test_nothing_readable_is_an_error_and_leaves_no_file(tmp_path, build, empty_cache):
    folder = build.write_stanford(tmp_path / "bad", {"n00000001-A/x": (b"no", None)})
    with pytest.raises(ArchiveError, match=r"No picture in .* 1 of its files"):
        load_dogs(8, folder)
    with pytest.raises(ArchiveError, match=r"No picture in .* 0 of its files"):
        load_dogs(8, build.write_tar(tmp_path / "texts.tar", {"a.txt": b"no"}))
    assert not list(empty_cache.iterdir())


def test_a_full_disk_leaves_the_cache_as_it_was(stanford_folder, monkeypatch, empty_cache):
    before = load_dogs(8, stanford_folder).names

    def fill_up(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(prepared.os, "fsync", fill_up)
    for source in (stanford_folder, "doodle"):
        with pytest.raises(ArchiveError, match=r"its disk is full .*DOGAN_CACHE"):
            load_dogs(16, source, limit=2)
    assert len(list(empty_cache.iterdir())) == 1
    assert load_dogs(8, stanford_folder).names == before


@pytest.mark.parametrize("source", ["doodle", "archive"])
def test_an_unusable_cache_says_how_to_set_another(tmp_path, stanford_folder, monkeypatch, source):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DOGAN_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ArchiveError, match=r"file/cache, .*cannot be written to.* DOGAN_CACHE"):
        load_dogs(16, "doodle" if source == "doodle" else stanford_folder, limit=2)
    monkeypatch.setenv("DOGAN_CACHE", "~nobody_of_this_name/cache")
    with pytest.raises(ArchiveError, match="DOGAN_CACHE"):
        load_dogs(16, "doodle", limit=2)


def test_an_interrupted_load_leaves_the_cache_as_it_was(stanford_folder, monkeypatch, empty_cache):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(prepared.cropping, "cut", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load_dogs(8, stanford_folder)
    assert not list(empty_cache.iterdir())


def test_what_a_killed_load_left_behind_is_swept(stanford_folder, empty_cache):
    load_dogs(8, stanford_folder)
    (file,) = empty_cache.iterdir()
    old, new = (empty_cache / f".{file.stem}.{kind}.tmp.npz" for kind in ("old", "new"))
    for left in (old, new):
        left.touch()
    os.utime(old, (0, 0))
    file.unlink()
    load_dogs(8, stanford_folder)
    assert set(empty_cache.iterdir()) == {file, new}


def test_names_of_a_megabyte_cost_no_more_than_that(tmp_path, build):
    """As an array of fixed width, a hundred names would take as much as the longest each."""
    files = {f"a/{i}.jpg": build.picture(8, 8) for i in range(100)}
    path = build.write_tar(tmp_path / "long.tar", files | {f"{'a/' * 500_000}x.jpg": b"no"})
    tracemalloc.start()
    dogs = load_dogs(8, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(dogs) == 100 and peak < 60e6


def test_limit_is_seeded_balanced_and_a_prefix(tmp_path, build):
    sizes = {"A": 6, "B": 3, "C": 9}
    files = {
        f"{breed}/{i}.jpg": build.picture(8, 8, seed=i)
        for breed, n in sizes.items()
        for i in range(n)
    }
    path = build.write_tar(tmp_path / "dogs.tar", files)
    nine = load_dogs(8, path, limit=9)
    assert np.bincount(nine.labels).tolist() == [3, 3, 3]
    assert np.bincount(load_dogs(8, path, limit=13).labels).tolist() == [5, 3, 5]
    everything = load_dogs(8, path)
    assert everything.names[:9] == nine.names == load_dogs(8, path, limit=9).names
    assert sorted(everything.names) == sorted(files)
    assert load_dogs(8, path, limit=9, seed=1).names != nine.names
    assert len(load_dogs(8, path, limit=2).breeds) == 3


def test_breeds_by_any_spelling(stanford_folder):
    pug = load_dogs(8, stanford_folder, breeds="pug")
    assert pug.breeds == ["Pug"] and set(pug.labels) == {0} and len(pug) == 3
    both = load_dogs(8, stanford_folder, breeds=["n00000002-Pug", "TOY_TERRIER"])
    assert both.breeds == ["Pug", "Toy terrier"]
    assert [both.breeds[i] for i in both.labels] == [o.breed for o in originals(both, 6)]
    with pytest.raises(ValueError, match="no breed 'toy terier' here; did you mean Toy terrier"):
        load_dogs(8, stanford_folder, breeds=["toy terier"])


@pytest.mark.parametrize(
    "arguments", [dict(size=0), dict(limit=0), dict(crop="round"), dict(breeds=[])]
)
def test_senseless_arguments(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        load_dogs(**{"source": "doodle", **arguments})


def test_a_missing_archive_says_which_and_where(tmp_path, monkeypatch, build):
    with pytest.raises(ArchiveError, match=r"no images\.tar and annotation\.tar"):
        load_dogs(8, f"stanford:{tmp_path}")
    build.write_tar(tmp_path / "images.tar", {})
    monkeypatch.setenv("DOGAN_STANFORD_DIR", str(tmp_path))
    for source in ("stanford", "auto"):
        with pytest.raises(ArchiveError, match=r"no annotation.tar in .*DOGAN_STANFORD_DIR"):
            load_dogs(8, source)
    with pytest.raises(ArchiveError, match="There is no"):
        load_dogs(8, "folder:/nowhere/at/all")


@pytest.mark.parametrize("source", ["cats", "", "folder:", "stanford:"])
def test_a_source_that_names_nothing(source):
    with pytest.raises(ValueError, match="choose auto, stanford, doodle"):
        load_dogs(8, source)


@pytest.mark.parametrize(
    "source",
    ["/dev/zero", "folder:/dev/zero", "folder:~nobody_of_this_name/x", "x/" * 2500, "a\0b.tar"],
)
def test_a_source_that_is_no_file(source):
    with pytest.raises(ArchiveError, match="There is no") as caught:
        load_dogs(8, source)
    assert len(str(caught.value)) < 500


def test_unpacked_archives_are_as_good(stanford_folder, tmp_path):
    import tarfile

    for name in ("images.tar", "annotation.tar"):
        with tarfile.open(stanford_folder / name) as tar:
            tar.extractall(tmp_path / "unpacked", filter="data")
    unpacked = load_dogs(8, f"stanford:{tmp_path / 'unpacked'}")
    packed = load_dogs(8, stanford_folder)
    assert sorted(unpacked.names)[0].startswith("n00000001")  # below Images/
    assert unpacked.images[unpacked.labels == 1].shape == packed.images[packed.labels == 1].shape


@pytest.fixture(params=["directory", "tar", "zip"])
def own_pictures(request, tmp_path, build):
    files = {
        "cats/felix.png": build.picture(30, 50, format="PNG"),
        "dogs/rex.jpg": build.picture(50, 30),
        "loose.jpg": build.picture(9, 9),
        "broken.jpg": b"broken",
        "notes.txt": b"sit, stay",
    }
    path = tmp_path / f"own.{request.param}"
    if request.param == "tar":
        return build.write_tar(path, files)
    if request.param == "zip":
        with zipfile.ZipFile(path, "w") as file:
            for name, data in files.items():
                file.writestr(name, data)
        return path
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def test_own_pictures(own_pictures, capsys):
    dogs = load_dogs(8, f"folder:{own_pictures}")
    assert dogs.breeds == ["cats", "dogs", "own"] and sorted(dogs.labels) == [0, 1, 2]
    assert dogs.boxes is None and dogs.source == f"folder:{own_pictures}"
    assert originals(dogs, 1)[0].boxes.shape == (0, 4)
    printed = capsys.readouterr().out
    assert "1 unreadable (skipped): broken.jpg" in printed
    assert "1 not pictures by their names (ignored): notes.txt" in printed
    assert load_dogs(8, own_pictures).names == dogs.names


def test_names_that_are_no_text_can_be_printed(tmp_path, build, capsys):
    folder = tmp_path / "dogs"
    folder.mkdir()
    try:
        with open(os.fsencode(folder) + b"/\xff.jpg", "wb") as file:
            file.write(b"broken")
    except OSError:
        pytest.skip("this file system takes only text for names")
    (folder / "rex.jpg").write_bytes(build.picture())
    for _ in range(2):  # written, then read back
        assert load_dogs(8, folder).problems["unreadable (skipped)"] == ["\udcff.jpg"]
    assert "unreadable (skipped): ?.jpg" in capsys.readouterr().out


# Which source "auto" takes.


def test_auto_is_doodles_where_there_is_nothing_else(capsys):
    dogs = load_dogs(16, limit=8)
    assert dogs.source == "doodle" and len(dogs) == 8
    first = capsys.readouterr().out.splitlines()[0]
    assert (
        first == "dogs: doodle, since Stanford Dogs are not on disk and preset cpu fetches nothing"
    )


def test_auto_takes_stanford_from_disk(stanford_folder, empty_cache, monkeypatch, capsys):
    monkeypatch.setenv("DOGAN_STANFORD_DIR", str(stanford_folder))
    assert load_dogs(8).source == "stanford"
    assert f"dogs: stanford, found in {stanford_folder}" in capsys.readouterr().out
    monkeypatch.delenv("DOGAN_STANFORD_DIR")
    empty_cache.mkdir(exist_ok=True)
    stanford_folder.rename(empty_cache / "stanford")
    assert load_dogs(8).source == "stanford"


def test_auto_fetches_for_preset_gpu_if_a_server_answers(monkeypatch, stanford_folder, capsys):
    monkeypatch.setenv("DOGAN_PRESET", "gpu")
    monkeypatch.setenv("DOGAN_STANFORD_MIRROR", "http://127.0.0.1:9/")
    assert load_dogs(16, limit=4).source == "doodle"
    assert "their server does not answer" in capsys.readouterr().out

    def breaks(*_, **__):
        raise DownloadError("broke\noff")

    monkeypatch.setattr(stanford, "can_fetch", lambda: True)
    monkeypatch.setattr(stanford, "fetch", breaks)
    assert load_dogs(16, limit=4).source == "doodle"
    assert "could not be fetched: broke off\n" in capsys.readouterr().out

    def arrives(*_, **__):
        monkeypatch.setenv("DOGAN_STANFORD_DIR", str(stanford_folder))

    monkeypatch.setattr(stanford, "fetch", arrives)
    assert load_dogs(8).source == "stanford"


def test_the_environment_overrides_auto_only(own_pictures, stanford_folder, monkeypatch, capsys):
    monkeypatch.setenv("DOGAN_SOURCE", str(own_pictures))
    assert load_dogs(8).source == f"folder:{own_pictures}"
    assert "as DOGAN_SOURCE says" in capsys.readouterr().out
    assert load_dogs(8, stanford_folder).source == "stanford"


# Doodles.


def test_doodles_come_with_everything_and_are_drawn_once(capsys):
    dogs = load_dogs(16, "doodle", limit=12, seed=3)
    assert dogs.images.shape == (12, 16, 16, 3) and dogs.boxes.shape == (12, 4)
    assert len(dogs.captions) == 12 and all(isinstance(c, str) for c in dogs.captions)
    assert all(len(values) == 12 for values in dogs.attributes.values())
    again = load_dogs(16, "doodle", limit=12, seed=3)
    np.testing.assert_array_equal(again.images, dogs.images)
    assert again.captions == dogs.captions
    assert "from the cache" in capsys.readouterr().out.splitlines()[1]
    assert (load_dogs(16, "doodle", limit=12, seed=4).images != dogs.images).any()


def test_a_doodles_original_is_the_same_doodle_large():
    from dogan_lib.doodles import painter as doodle

    dogs = load_dogs(64, "doodle", limit=6, breeds=doodle.BREEDS[2:4])
    assert dogs.breeds == list(doodle.BREEDS[2:4])
    for image, original in zip(dogs.images, originals(dogs.subset([0, 5]), 2)[:1], strict=False):
        small = original.image.reshape(64, 4, 64, 4, 3).mean((1, 3))
        assert np.abs(small - image).mean() < 12
        assert original.boxes.shape == (1, 4) and original.breed in dogs.breeds


# Parts of `Dogs`.


def test_subset_keeps_all_columns_together():
    dogs = load_dogs(16, "doodle", limit=10)
    for rows in ([3, 1], slice(2, 5), dogs.labels == dogs.labels[0]):
        part, index = dogs.subset(rows), np.arange(10)[rows]
        np.testing.assert_array_equal(part.images, dogs.images[index])
        np.testing.assert_array_equal(part.boxes, dogs.boxes[index])
        assert part.captions == [dogs.captions[i] for i in index]
        assert part.names == [dogs.names[i] for i in index]
        assert all((v == dogs.attributes[k][index]).all() for k, v in part.attributes.items())


def test_portraits_are_a_source_of_their_own(capsys):
    dogs = load_dogs(16, "portraits", limit=20)
    assert set(dogs.attributes["pose"]) == {"portrait"} and dogs.source == "portraits"
    assert set(dogs.attributes["background"]) == {"sky", "snow"}
    assert dogs.captions and (dogs.images != load_dogs(16, "doodle", limit=20).images).any()
    (large,) = originals(dogs, 1)
    small = np.asarray(Image.fromarray(large.image).resize((16, 16), Image.Resampling.BOX), float)
    assert np.abs(small - dogs.images[0]).mean() < 12
    load_dogs(16, "portraits", limit=20)
    assert "from the cache" in capsys.readouterr().out


def test_loading_imports_no_tensorflow(stanford_folder):
    code = f"""
import sys
from dogan_lib.dogs import load_dogs
load_dogs(8, {str(stanford_folder)!r})
load_dogs(16, "doodle", limit=2)
assert "tensorflow" not in sys.modules and "keras" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_sample_of_real_dogs(shared_data, capsys):
    dogs = load_dogs(32, shared_data / "stanford_dogs_sample")
    assert dogs.images.shape == (1018, 32, 32, 3) and len(dogs.breeds) == 40
    assert list(dogs.problems) == [collection.SEVERAL]
    assert "Shih-Tzu" in dogs.breeds and "toy terrier" in dogs.breeds
    assert "1,018 dogs of 40 breeds from 960 pictures" in capsys.readouterr().out
    assert not dogs.images.std((1, 2, 3)).min() < 5  # none is blank
    for original, box in zip(originals(dogs, 20), dogs.boxes[:20], strict=True):
        assert box.tolist() in original.boxes.tolist()


@pytest.mark.slow
def test_the_training_split_of_real_dogs(shared_data):
    dogs = load_dogs(32, shared_data / "stanford_dogs_64_train.tar", limit=240)
    assert len(dogs.breeds) == 120 and np.bincount(dogs.labels).tolist() == [2] * 120
