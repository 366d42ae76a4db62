"""`dogan score` and `dogan submit`, on pictures of 16 pixels."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image
from small_pictures import Sampler, pictures

from dogan_lib import cli
from dogan_lib.classroom import submission
from dogan_lib.dogs import Dogs
from dogan_lib.generator import Generator, latents
from dogan_lib.metrics import features, report
from dogan_lib.models import dcgan


def dogs_of(n=120, size=16):
    names = [f"breed/dog_{i}.jpg" for i in range(n)]
    return Dogs(pictures(n, size), np.arange(n, dtype="int32") % 4, list("abcd"), "test", names)


def test_the_table_has_the_floor_and_two_references(tiny):
    found = report.score(Sampler(), dogs_of(), tiny, n=50)
    assert [row.pictures for row in found.rows] == [
        "sampler",
        "real dogs, other ones",
        "the same, blurred",
        "noise",
    ]
    assert all(row.n == 50 for row in found.rows)
    text = str(found)
    for word in ("tiny against 70 real dogs", "FID", "KID", "MiFID", "precision", "threshold 0.01"):
        assert word in text
    assert max(len(line) for line in text.splitlines()[:7]) < 120


def test_a_source_may_be_called_as_a_reference(tiny, tmp_path):
    """Its scores once went to the row of the noise."""
    with zipfile.ZipFile(tmp_path / "noise.zip", "w") as archive:
        for i, image in enumerate(pictures(50)):
            buffer = io.BytesIO()
            Image.fromarray(image).save(buffer, "PNG")
            archive.writestr(f"{i}.png", buffer.getvalue())
    mine, *_, noise = report.score(tmp_path / "noise.zip", dogs_of(), tiny, n=50).rows
    assert mine.pictures == noise.pictures == "noise"
    assert mine.scores["KID"] < noise.scores["KID"]


def test_noise_is_worse_than_dogs(tiny):
    rows = {row.pictures: row.scores for row in report.score(Sampler(), dogs_of(), tiny, n=50).rows}
    for name in ("FID", "KID"):
        assert rows["noise"][name] > rows["real dogs, other ones"][name]


def test_the_report_as_json(tiny):
    found = json.loads(json.dumps(report.score(pictures(40, seed=1), dogs_of(), tiny).as_dict()))
    assert found["network"] == "tiny" and len(found["rows"]) == 4
    assert found["rows"][0]["n"] == 40
    assert found["rows"][0]["scores"]["MiFID"]["details"]["threshold"] == 0.01


def test_dogs_that_the_network_never_saw_are_the_floor(tiny):
    dogs = dogs_of(300)
    seen = features.FeatureNetwork(
        "seen", tiny.run, 16, 0.01, {"held_out": [f"dog_{i}" for i in range(100, 220)]}
    )
    found = report.score(Sampler(), dogs, seen)
    assert found.rows[1].pictures == "real dogs, never seen" and found.rows[0].n == 120
    assert "180 real dogs" in found.reference
    assert report.score(Sampler(), dogs, seen, n=130).rows[1].pictures == "real dogs, other ones"


def test_too_few_for_fid_leaves_kid(tiny):
    wide = features.FeatureNetwork("wide", lambda x: np.tile(tiny.run(x), 8), 16, 0.01)
    text = str(report.score(Sampler(), dogs_of(), wide, n=50))
    assert "FID and MiFID need more" in text and "–" in text


def test_a_submission(tmp_path):
    path = submission.submit(Sampler(), tmp_path / "images.zip", n=25, size=16)
    submission.check_submission(path, 25, 16)
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 25 and archive.testzip() is None


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        (Sampler(size=8), "8x8, Kaggle wanted 16x16"),
        (pictures(24), "the zip holds 24 pictures, not 25"),
        (np.zeros((25, 16, 16, 3), "uint8"), "collapsed"),
        (np.full((25, 16, 16, 3), np.nan), "NaN"),
    ],
)
def test_a_faulty_submission_is_never_written(tmp_path, generator, message):
    with pytest.raises(ValueError, match=message):
        submission.submit(generator, tmp_path / "images.zip", n=25, size=16)
    assert list(tmp_path.iterdir()) == []


def test_enlarging(tmp_path):
    path = submission.submit(Sampler(size=8), tmp_path / "a.zip", n=5, size=16, enlarge=True)
    submission.check_submission(path, 5, 16)


def test_a_submission_is_a_zip(tmp_path):
    with pytest.raises(ValueError, match="a submission is a"):
        submission.submit(Sampler(), tmp_path / "images.tar", n=5, size=16)


def spoiled(path, how):
    """A sound submission with one fault."""
    submission.submit(Sampler(), path, n=5, size=16)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    first, second = list(files)[:2]
    other = io.BytesIO()
    if how == "cut":
        files[first] = files[first][: len(files[first]) // 2]
    elif how == "twice":
        files[second] = files[first]
    elif how == "folder":
        files[f"dogs/{first}"] = files.pop(first)
    elif how == "grey":
        Image.new("L", (16, 16)).save(other, "PNG")
    elif how == "jpeg":
        Image.new("RGB", (16, 16)).save(other, "JPEG")
    elif how == "size":
        Image.new("RGB", (32, 32)).save(other, "PNG")
    if other.tell():
        files[first] = other.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("cut", "dog_00000.png is no picture"),
        ("twice", "are the same picture"),
        ("folder", "in no folder"),
        ("grey", "'L'"),
        ("jpeg", "'JPEG'"),
        ("size", r"\(32, 32\)"),
    ],
)
def test_one_broken_picture_is_enough(tmp_path, how, message):
    spoiled(tmp_path / "a.zip", how)
    with pytest.raises(ValueError, match=message):
        submission.check_submission(tmp_path / "a.zip", 5, 16)


def test_no_zip_at_all(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK nothing")
    with pytest.raises(ValueError, match="no zip that can be read"):
        submission.check_submission(tmp_path / "a.zip", 5)


class Truncated(Sampler):
    """Remembers the threshold that it was asked for."""

    def sample(self, n, seed=0, truncation=None, labels=None, captions=None):
        self.truncation = truncation
        return super().sample(n, seed, truncation, labels)


class Bright:
    """A judge that likes light pictures."""

    def predict(self, images, batch_size, verbose):
        return images.mean(axis=(1, 2, 3))[:, None]


def test_truncation_and_the_judges_favourites():
    plain, best = Truncated(classes=3), Truncated(classes=3)
    ordinary = submission.Chosen(plain, truncation=0.7).sample(40, labels=np.arange(40) % 3)
    assert plain.truncation == 0.7 and ordinary.shape == (40, 16, 16, 3)
    favourites = submission.Chosen(best, judge=Bright(), best_of=4)
    lighter = favourites.sample(40, labels=np.arange(40) % 3)
    assert lighter.mean() > ordinary.mean() and favourites.classes == 3
    steps = lighter.mean(axis=(1, 2, 3)).reshape(-1)[:39].reshape(-1, 3)
    assert (np.diff(steps, axis=1) > 0).all(), "each has the label that was asked for"


def test_a_truncated_generator_has_the_statistics_of_its_own_latents():
    plain = Generator(dcgan.generator_32(width=8))
    found = submission.chosen(plain, 0.5, judge="")
    z = latents(64, 100, 3, 0.5)
    own, training = found.generator.decode(z), plain.decode(z)
    # Untrained, it believes in variances of 1, and every layer makes its tiny signal tinier.
    assert np.abs(own).mean() > 100 * np.abs(training).mean() and found.truncation == 0.5


def test_a_judge_that_is_not_there():
    with pytest.raises(FileNotFoundError, match=r"no discriminator .*nobody\.keras"):
        submission.chosen(Sampler(), None, "nobody", best_of=2)


def test_what_is_no_submission(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.png", b"nothing")
    with pytest.raises(ValueError, match=r"a\.png is no picture"):
        submission.check_submission(tmp_path / "a.zip", 1)


def test_the_commands(tmp_path, tiny, monkeypatch, capsys):
    monkeypatch.setattr(report, "network", lambda name: tiny)
    fakes = submission.submit(Sampler(), tmp_path / "fakes.zip", n=40, size=16)
    dogs = submission.submit(pictures(120, seed=5), tmp_path / "dogs.zip", n=120, size=16)
    table = tmp_path / "score.json"
    assert cli.main(["score", str(fakes), "--real", str(dogs), "--json", str(table)]) == 0
    assert "fakes" in capsys.readouterr().out
    assert json.loads(table.read_text())["rows"][0]["pictures"] == "fakes"
    out = tmp_path / "images.zip"
    assert cli.main(["submit", str(fakes), "-o", str(out), "-n", "40"]) == 1
    assert "16x16, Kaggle wanted 64x64" in capsys.readouterr().err
    assert cli.main(["submit", str(fakes), "-o", str(out), "-n", "40", "--enlarge"]) == 0
    submission.check_submission(out, 40, 64)
