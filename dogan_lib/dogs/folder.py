"""Your own pictures: a directory, a tar or a zip, with sub-folders as classes if there are any."""

import dataclasses
from pathlib import Path, PurePosixPath

from dogan_lib.dogs import archives
from dogan_lib.dogs.cropping import OTHER_FILE
from dogan_lib.dogs.prepared import Index, Picture
from dogan_lib.dogs.stanford import breed_name


@dataclasses.dataclass(frozen=True)
class Folder:
    """A pile of pictures without boxes; the folder that a picture lies in is its class."""

    path: Path
    kind = "folder"
    upright = True  # photos from phones lie on their side and say so in their EXIF
    annotated = False

    def __str__(self):
        return f"folder:{self.path}"

    def identity(self) -> str:
        return archives.identity(self.path)

    def open(self) -> archives.Archive:
        return archives.open_archive(self.path)

    def index(self) -> Index:
        with self.open() as archive:
            names = [n for n in archive.names if archives.is_picture(n)]
            others = [n for n in archive.names if not archives.is_picture(n)]
        classes = sorted({self._class(n) for n in names})
        number = {folder: i for i, folder in enumerate(classes)}
        pictures = [Picture(n, number[self._class(n)]) for n in names]
        return Index(
            pictures, [breed_name(c) for c in classes], {OTHER_FILE: others} if others else {}
        )

    def boxes_of(self, names):
        return dict.fromkeys(names, ())

    def _class(self, name: str) -> str:
        """The folder that holds the picture; at the top, what the archive itself is called."""
        return PurePosixPath(name).parent.name or self.path.name.split(".")[0] or "dogs"


def find(path: str | Path) -> Folder:
    """Raises ArchiveError if there is nothing, or something else than pictures could be in."""
    path = Path(path).expanduser()
    if not path.exists():
        raise archives.ArchiveError(
            f"There is no {path}. source= takes a directory, a tar or a zip of pictures; "
            "a path is relative to the folder that the notebook runs in."
        )
    return Folder(path)
