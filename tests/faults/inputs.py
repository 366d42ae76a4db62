"""Damaged and hostile files: dogs come out, or one line that says what the file is not."""

import contextlib
import io
import json
import os
import pickle
import shutil
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import h5py
from PIL import Image

from dogan_lib import cli
from dogan_lib.metrics import sources
from dogan_lib.models import dcgan
from tests.faults.trials import Row, chance, run

MEMORY = 1500 * 2**20  # of address space, on top of what Python and its libraries have
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "bmp": "BMP", "tif": "TIFF"}

# Pictures and archives ----------------------------------------------------------------------------


def fuzzing(count: int, place: Path) -> Row:
    """`dogan data` and the reader of `dogan score` on archives, folders, pictures and XML."""
    row = Row("fuzzed archives, folders, pictures, XML")
    kinds, few = list(MAKERS), min(count // 5, len(BOMBS))
    for number in range(count):
        room = place / str(number)
        (room / "in").mkdir(parents=True)
        kind = kinds[number % len(kinds)] if number >= few else "bomb"
        make = MAKERS[kind] if number >= few else list(BOMBS.values())[number]
        source = make(room / "in", chance("fuzz", number), number // len(kinds))
        before = _names(room)

        def job(source=source):
            with contextlib.suppress(ValueError, RuntimeError, OSError):  # refused, in a sentence
                sources.pictures(source, 8)
            return cli.main(["data", "--source", str(source), "--size", "16"])

        ended = run(job, limit=200, memory=MEMORY, DOGAN_CACHE=room / "cache")
        outside = _names(room) != before
        row.note(1, ended.polite, ended.said, lost=outside, name=f"{number} {kind}")
        shutil.rmtree(room)
    return row


def _names(room: Path) -> set:
    """All that lies there, but for the cache."""
    return {str(path) for path in room.rglob("*") if "cache" not in path.relative_to(room).parts}


def damaged(data: bytes, random) -> bytes:
    """The bytes with a few of them changed, lost, doubled, or too many."""
    data = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8))):
        at = random.randrange(max(len(data), 1))
        match random.randrange(6):
            case 0:
                data[at : at + 1] = bytes([random.randrange(256)])
            case 1:
                data = data[:at]
            case 2:
                data[at : at + 4] = b"\xff" * 4
            case 3:
                data[at:at] = data[at : at + random.randrange(1, 600)]
            case 4:
                data[at : at + random.randrange(1, 600)] = b""
            case 5:
                data[at : at + 64] = random.randbytes(64)
    return bytes(data)


def picture(random, suffix="jpg") -> bytes:
    size = random.randint(1, 90), random.randint(1, 90)
    mode = random.choice(("RGB", "L", "P") if suffix != "jpg" else ("RGB", "L", "CMYK"))
    image = Image.frombytes("L", size, random.randbytes(size[0] * size[1])).convert(mode)
    stream = io.BytesIO()
    (image.convert("RGB") if suffix == "webp" else image).save(stream, FORMATS[suffix])
    return stream.getvalue()


def _files(random) -> dict[str, bytes]:
    suffixes = random.choices(list(FORMATS), k=5)
    return {f"dogs{i % 2}/{i}.{s}": picture(random, s) for i, s in enumerate(suffixes)}


def _zip(files: dict, path: Path, packed=zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packed) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return path


def _tar(files: dict, path: Path, mode="w") -> Path:
    with tarfile.open(path, mode) as file:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    return path


def an_archive(folder, random, number) -> Path:
    kind = random.choice(("zip", "tar", "tar.gz", "tar.xz", "tar.bz2"))
    path = folder / f"dogs.{kind}"
    files = _files(random)
    _zip(files, path) if kind == "zip" else _tar(files, path, f"w:{kind[4:]}")
    path.write_bytes(damaged(path.read_bytes(), random))
    return path


def pictures_in_a_zip(folder, random, number) -> Path:
    files = {name: damaged(data, random) for name, data in _files(random).items()}
    return _zip(files, folder / "dogs.zip")


NAMES = (
    "-rf.jpg",
    "a\nb.jpg",
    "ㄱ.jpg",
    "x" * 200 + ".jpg",
    ".hidden.jpg",
    "a.JPG",
    "no",
    "a\\b.jpg",
)


def a_folder(folder, random, number) -> Path:
    for name, data in _files(random).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data if random.random() < 0.5 else damaged(data, random))
    for name in random.sample(NAMES, 3):
        (folder / name).write_bytes(picture(random))
    odd = folder / "odd"
    odd.mkdir()
    (odd / "folder.jpg").mkdir()
    os.mkfifo(odd / "pipe.jpg")
    for name, target in (("zero.jpg", "/dev/zero"), ("circle", odd), ("dead.jpg", "nowhere")):
        (odd / name).symlink_to(target)
    with open(os.fsencode(odd) + b"/\xff\xfe.jpg", "wb") as file:
        file.write(picture(random))
    return folder


def an_annotation(folder, random, number) -> Path:
    files = {f"Images/n1-A/{i}.jpg": picture(random) for i in range(4)}
    _tar(files, folder / "images.tar")
    notes = {}
    for i in range(4):
        boxes = [[random.choice(NUMBERS) for _ in range(4)] for _ in range(random.randint(0, 3))]
        xml = b"<annotation>" + b"".join(map(_object, boxes)) + b"</annotation>"
        xml = xml if random.random() < 0.3 else damaged(xml, random)
        notes[f"Annotation/n1-A/{i}"] = random.choice((xml, XML[(number + i) % len(XML)]))
    path = _tar(notes, folder / "annotation.tar")
    if random.random() < 0.2:
        path.write_bytes(damaged(path.read_bytes(), random))
    return folder


NUMBERS = ("0", "5", "40", "-9", "1e9", "nan", "inf", "", "x", "9" * 400, "1.5", "0x10")


def _object(box) -> bytes:
    sides = zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    inside = "".join(f"<{side}>{value}</{side}>" for side, value in sides)
    return f"<object><bndbox>{inside}</bndbox></object>".encode()


_LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
XML = (
    b"<annotation>" + _object(("1", "1", "9", "9")) * 9000 + b"</annotation>",
    f'<!DOCTYPE a [<!ENTITY l0 "ha">{_LAUGHS}]><annotation>&l9;</annotation>'.encode(),
    b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>',
    b"<a>" * 100_000,
    "<annotation/>".encode("utf-16"),
    b'<?xml version="1.0" encoding="utf-7"?><annotation/>',
    b"<annotation>" + b"x" * 3_000_000 + b"</annotation>",
    b"",
    b"<annotation><object><bndbox/></object></annotation>",
)


def _png(width, height, depth=16, rows=4) -> bytes:
    """A PNG that claims a size, and holds a few rows."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    line = bytes(1 + width * 3 * depth // 8)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(line * rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _large_jpeg(mode) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (8900, 8900)).save(stream, "JPEG", progressive=mode == "CMYK")
    return stream.getvalue()


def _claiming(path, field, value) -> Path:
    """A tar whose first header says something else."""
    _tar({"a/1.jpg": b"x" * 2000, "a/2.jpg": b"y" * 2000}, path)
    data = bytearray(path.read_bytes())
    data[field : field + len(value)] = value
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    path.write_bytes(data)
    return path


# name: what makes it in a folder
BOMBS = {
    "16 bits": lambda f, *_: _zip({f"{i}.png": _png(8900, 8900) for i in range(12)}, f / "a.zip"),
    "many": lambda f, *_: _zip(
        {f"{i}.png": _png(6000, 6000, 8, 6000) for i in range(2)}, f / "a.zip"
    ),
    "jpeg": lambda f, *_: _zip({f"{i}.jpg": _large_jpeg("L") for i in range(2)}, f / "a.zip"),
    "cmyk": lambda f, *_: _zip({f"{i}.jpg": _large_jpeg("CMYK") for i in range(1)}, f / "a.zip"),
    "billions": lambda f, *_: _zip({"a.png": _png(2**31 - 1, 2**31 - 1, 8, 0)}, f / "a.zip"),
    "zeros": lambda f, *_: _zip({"a.jpg": bytes(2**27 + 1), "b.jpg": bytes(10**7)}, f / "a.zip"),
    "names": lambda f, *_: _tar({f"{'a/' * 2**18}{i}.jpg": b"no" for i in range(40)}, f / "a.tar"),
    "out": lambda f, *_: _tar({"../../evil.jpg": b"no", "/evil.jpg": b"no"}, f / "a.tar"),
    "out of a zip": lambda f, *_: _zip({"../../evil.jpg": b"no", "/evil.jpg": b"no"}, f / "a.zip"),
    "many names": lambda f, *_: _zip({f"{i}.jpg": b"" for i in range(20_000)}, f / "a.zip"),
    "tar of 8 GB": lambda f, *_: _claiming(f / "a.tar", 124, b"77777777777\0"),
    "negative": lambda f, *_: _claiming(f / "a.tar", 124, b"\xff" * 12),
    "sparse": lambda f, *_: _claiming(f / "a.tar", 156, b"S"),
    "long name": lambda f, *_: _claiming(f / "a.tar", 156, b"L"),
    "pax": lambda f, *_: _claiming(f / "a.tar", 156, b"x"),
    "link": lambda f, *_: _claiming(f / "a.tar", 156, b"1"),
    "device": lambda f, *_: _claiming(f / "a.tar", 156, b"3"),
    "empty": lambda f, *_: _zip({}, f / "a.zip"),
    "a tar of nothing": lambda f, *_: _tar({}, f / "a.tar"),
    "an archive in itself": lambda f, *_: _tar(
        {"a.tar": _tar({}, f / "b.tar").read_bytes()}, f / "c.tar"
    ),
}


MAKERS = {
    "archive": an_archive,
    "folder": a_folder,
    "pictures": pictures_in_a_zip,
    "xml": an_annotation,
}

# Networks -----------------------------------------------------------------------------------------


def networks(count: int, place: Path) -> Row:
    """`dogan sample` of damaged and hostile `.keras` files: nothing in them runs."""
    row, whole, ran = Row("damaged and hostile .keras"), place / "whole.keras", place / "ran"
    made = run(lambda: dcgan.generator_32(8, width=16).save(whole))
    if made.code != 0:
        raise RuntimeError(made.said)
    for name, damage in list(HOSTILE.items())[:count]:
        path = place / f"{name.replace(' ', '_')}.keras"
        shutil.copy(whole, path)
        damage(path, ran)
        asked = ["sample", str(path), "-n", "2", "-o", str(place / "dogs.png")]
        ended = run(lambda asked=asked: cli.main(asked), limit=200, memory=2 * MEMORY)
        ok = ended.polite and not ran.exists()
        row.note(1, ok, ended.said, lost=ran.exists(), name=name)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return row


def _edited(change):
    """The file with the dict of its members changed."""

    def damage(path, ran):
        with zipfile.ZipFile(path) as file:
            members = {info.filename: file.read(info) for info in file.infolist()}
        change(members, ran)
        _zip(members, path, zipfile.ZIP_DEFLATED)

    return damage


def _configured(change):
    """The file with another `config.json`."""

    def edit(members, ran):
        config = json.loads(members["config.json"])
        members["config.json"] = json.dumps(change(config, ran)).encode()

    return _edited(edit)


def _weights(change):
    """The file with other weights, an HDF5 file."""

    def edit(members, ran):
        stream = io.BytesIO(members["model.weights.h5"])
        with h5py.File(stream, "r+") as file:
            names = []
            file.visititems(lambda n, x: names.append(n) if isinstance(x, h5py.Dataset) else None)
            change(file, names[0])
        members["model.weights.h5"] = stream.getvalue()

    return _edited(edit)


def _replaced(file, name, **options):
    del file[name]
    file.create_dataset(name, **options)


def _linked(file, name, target):
    del file[name]
    file[name] = h5py.ExternalLink(target, "/")


def _layer(kind, module="keras.layers", **config):
    """The file whose last layer is another one."""

    def change(whole, ran):
        layer = whole["config"]["layers"][-1]
        layer.update({"class_name": kind, "module": module, "registered_name": None})
        layer["config"] = {"name": layer["config"]["name"], **config}
        return whole

    return _configured(change)


def _lambda(whole, ran):
    layer = whole["config"]["layers"][-1]
    code = f"import pathlib; pathlib.Path({str(ran)!r}).touch()"
    value = {"class_name": "__lambda__", "config": {"value": code}}
    layer.update({"class_name": "Lambda", "module": "keras.layers", "registered_name": None})
    layer["config"] = {"name": layer["config"]["name"], "function": value}
    return whole


def _function(whole, ran):
    """A function of Python's own in place of an activation."""
    layer = whole["config"]["layers"][-1]
    layer["config"]["activation"] = {
        "module": "os",
        "class_name": "function",
        "config": "system",
        "registered_name": "function",
    }
    return whole


def _called(whole, ran):
    return {"module": "os", "class_name": "system", "config": {"command": f"touch {ran}"}}


def _deep(whole, ran):
    inner = whole
    for _ in range(200):
        inner = {"class_name": "Sequential", "module": "keras", "config": {"layers": [inner]}}
    return inner


class _Evil:
    def __init__(self, ran):
        self.ran = ran

    def __reduce__(self):
        return os.system, (f"touch {self.ran}",)


def _written(content):
    return lambda path, ran: path.write_bytes(content(path.read_bytes()))


def _fuzzed(seed):
    return _written(lambda data: damaged(data, chance("keras", seed)))


def _instead(make):
    def damage(path, ran):
        path.unlink()
        make(path)

    return damage


def _of_dense(units):
    def change(whole, ran):
        layers = whole["config"]["layers"]
        next(x for x in layers if x["class_name"] == "Dense")["config"]["units"] = units
        return whole

    return _configured(change)


_WEIGHTS, _CONFIG = "model.weights.h5", "config.json"
HOSTILE = {
    "empty": _written(lambda data: b""),
    "half": _written(lambda data: data[: len(data) // 2]),
    "cut short": _written(lambda data: data[:-30]),
    "text": _written(lambda data: b"a dog"),
    "scratched": _written(lambda d: d[: len(d) // 3] + bytes(999) + d[len(d) // 3 + 999 :]),
    "pickle": lambda path, ran: path.write_bytes(pickle.dumps(_Evil(str(ran)))),
    "pickled weights": _edited(lambda m, ran: m.update({_WEIGHTS: pickle.dumps(_Evil(str(ran)))})),
    "lambda": _configured(_lambda),
    "function": _configured(_function),
    "called": _configured(_called),
    "file as vocabulary": _layer("StringLookup", vocabulary="/etc/passwd"),
    "unknown layer": _layer("Wolf", "wolves"),
    "no members": _edited(lambda m, ran: m.clear()),
    "no weights": _edited(lambda m, ran: m.pop(_WEIGHTS)),
    "no json": _edited(lambda m, ran: m.update({_CONFIG: b"{"})),
    "deep json": _edited(lambda m, ran: m.update({_CONFIG: b"[" * 200_000})),
    "deep config": _configured(_deep),
    "a list": _configured(lambda whole, ran: [1]),
    "no layers": _configured(lambda whole, ran: whole | {"config": {}}),
    "out": _edited(lambda m, ran: m.update({"../../evil": b"x", "assets/../../evil": b"x"})),
    "padded": _edited(lambda m, ran: m.update({_WEIGHTS: m[_WEIGHTS] + bytes(3 * 10**8)})),
    "huge layer": _of_dense(10**11),
    "large layer": _of_dense(10**8),
    "other shapes": _of_dense(7),
    "external link": _weights(lambda file, name: _linked(file, name, "/etc/passwd")),
    "external data": _weights(
        lambda file, name: _replaced(
            file, name, shape=(8, 64), dtype="f4", external=[("/etc/passwd", 0, 2048)]
        )
    ),
    "endless dataset": _weights(
        lambda file, name: _replaced(
            file, name, shape=(2**20, 2**20), dtype="f4", chunks=(1, 2**16)
        )
    ),
    "dataset of text": _weights(lambda file, name: _replaced(file, name, data=b"wolf")),
    "a folder": _instead(Path.mkdir),
    "a pipe": _instead(os.mkfifo),
    **{f"fuzzed {seed}": _fuzzed(seed) for seed in range(4)},
}
assert len(HOSTILE) >= 30
