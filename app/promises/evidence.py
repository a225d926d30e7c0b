"""A file that proves something, judged by its content alone and made harmless before it is kept.

Pictures are drawn anew: what a camera wrote beside them (the place, the hour, the owner) and whatever else hid in the file is
gone. A PDF is kept byte for byte, because office documents carry a digital signature that any change would break; so it is
refused instead when a reader would have to trust it: encrypted, with scripts, actions, launched programs, embedded files or
forms that run, or when it is something else as well (an archive, a page). It is looked at twice: object by object, and as
raw bytes, because what one reader overlooks another may find.
"""

import hashlib
import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from app.forms import UPLOAD_BYTES
from app.refusal import Refusal

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
MOST_PIXELS, LONGEST_SIDE = 40_000_000, 3_000
MOST_PAGES, MOST_OBJECTS = 100, 20_000
_PICTURES = ("JPEG", "PNG", "WEBP")

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # a broken file is told to who sent it, not to the log


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is kept of a file."""

    media_type: str  # of ENDINGS
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def ending(self) -> str:
        return ENDINGS[self.media_type]


def checked(content: bytes) -> Evidence:
    """The file, harmless. Raises Refusal with what to do instead."""
    if len(content) > UPLOAD_BYTES:
        raise _refused(_("Tệp lớn quá %(most)s MB. Chọn tệp nhỏ hơn hoặc chụp lại.", most=UPLOAD_BYTES // 1_000_000))
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    return _picture(content)


def _refused(sentence: str) -> Refusal:
    return Refusal(sentence, "file")


# -- pictures ---------------------------------------------------------------------------------------------------------


def _picture(content: bytes) -> Evidence:
    try:
        with Image.open(io.BytesIO(content), formats=_PICTURES) as opened:
            if opened.width * opened.height > MOST_PIXELS:  # known from the head, before a pixel is unpacked
                raise _refused(_("Ảnh lớn quá %(most)s triệu điểm. Chụp lại cỡ nhỏ hơn.", most=MOST_PIXELS // 1_000_000))
            as_png = opened.format == "PNG"
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large photo is unpacked small
            return _drawn_anew(opened, as_png)
    except Refusal:
        raise
    except Exception as error:  # a broken picture fails in as many ways as there are decoders
        raise _refused(_("Chỉ nhận tệp PDF hoặc ảnh JPEG, PNG, WebP còn nguyên vẹn.")) from error


def _drawn_anew(opened: Image.Image, as_png: bool) -> Evidence:
    """Only the pixels, upright; no larger than a page needs."""
    picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", picture.size, "white")
    shaped = picture.convert("RGBA")
    plain.paste(shaped, mask=shaped.getchannel("A"))
    file = io.BytesIO()
    if as_png:
        plain.save(file, "PNG", optimize=True)
    if not as_png or file.tell() > UPLOAD_BYTES:
        file, as_png = io.BytesIO(), False
        plain.save(file, "JPEG", quality=85)
    return Evidence("image/png" if as_png else "image/jpeg", file.getvalue())


# -- PDF --------------------------------------------------------------------------------------------------------------

# Keys that make a reader do something by itself, or that carry another file.
_ACTING = frozenset({"/AA", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMedia", "/Renditions"})
_ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound",
    "/RichMediaExecute",
})  # fmt: skip
_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
# Long enough that compressed data does not hold them by chance.
_RAW = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|SubmitForm|ImportData|RichMedia|GoToE)\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ANOTHER = re.compile(rb"<(?:!doctype|html|script|svg|\?php)", re.IGNORECASE)  # near the head, where browsers look
_TAIL = re.compile(rb"%%EOF[\r\n\0 \t]*\Z")


def _pdf(content: bytes) -> Evidence:
    if not _TAIL.search(content) or _ANOTHER.search(content[:1024]) or zipfile.is_zipfile(io.BytesIO(content)):
        raise _refused(_("Tệp PDF hỏng hoặc chứa thêm thứ khác. In lại ra PDF rồi gửi."))
    if _RAW.search(_ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), content)):
        raise _active()
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise _refused(_("Tệp PDF có mật khẩu. Gửi bản không khoá."))
        if not 1 <= len(reader.pages) <= MOST_PAGES:
            raise _refused(_("Tệp PDF cần từ 1 đến %(most)s trang.", most=MOST_PAGES))
        for one in _dictionaries(reader):
            _look_at(one)
    except Refusal:
        raise
    except Exception as error:  # as with pictures; endless nesting ends here too
        raise _refused(_("Tệp PDF hỏng hoặc chứa thêm thứ khác. In lại ra PDF rồi gửi.")) from error
    return Evidence("application/pdf", content)


def _active() -> Refusal:
    return _refused(_("Tệp PDF có lệnh tự chạy hoặc tệp đính kèm bên trong. In lại ra PDF thường rồi gửi."))


def _look_at(one: DictionaryObject) -> None:
    if _ACTING & one.keys() or _named(one, "/Type") == "/EmbeddedFile":
        raise _active()
    if _named(one, "/S") in _ACTIONS or _named(one, "/Subtype") in _ANNOTATIONS:
        raise _active()
    if "/OpenAction" in one:  # an array says "begin at page 1"; what acts is a dictionary
        opening = one["/OpenAction"]
        if isinstance(opening, DictionaryObject) and _named(opening, "/S") != "/GoTo":
            raise _active()


def _named(one: DictionaryObject, key: str) -> str:
    """The name under a key, through a reference too."""
    if key not in one:
        return ""
    value = one[key]  # unlike .get, this follows a reference
    return value if isinstance(value, NameObject) else ""


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file: all numbered objects, reachable or not, and what lies inside them."""
    numbered = [IndirectObject(number, generation, reader) for generation, ids in reader.xref.items() for number in ids]
    numbered += [IndirectObject(number, 0, reader) for number in reader.xref_objStm]
    if len(numbered) > MOST_OBJECTS:
        raise _refused(_("Tệp PDF hỏng hoặc chứa thêm thứ khác. In lại ra PDF rồi gửi."))
    yield reader.trailer
    for pointer in numbered:
        waiting: list[Any] = [pointer.get_object()]
        while waiting:
            one = waiting.pop()
            if isinstance(one, DictionaryObject | StreamObject):
                yield one
                waiting += [value for value in one.values() if not isinstance(value, IndirectObject | NameObject)]
            elif isinstance(one, ArrayObject):
                waiting += [value for value in one if not isinstance(value, IndirectObject | NameObject)]
