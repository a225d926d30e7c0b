"""Files as people and enemies send them: pictures are drawn anew, papers that could act by themselves are refused."""

import contextlib
import io
import zipfile
import zlib

import pytest
from flask import Flask
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from app.forms import UPLOAD_BYTES
from app.promises import evidence
from app.promises.evidence import Evidence, checked
from app.refusal import Refusal
from tests.promises import make

SECRET = b"10.0452N 105.7469E Nguyen Van A"


def shown(kept: Evidence) -> Image.Image:
    image = Image.open(io.BytesIO(kept.content))
    image.load()
    return image


# -- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg")])
def test_pictures_are_kept(app: Flask, kind: str, media_type: str) -> None:
    kept = checked(make.picture(kind))
    assert (kept.media_type, shown(kept).size) == (media_type, (40, 30))


def test_where_and_whose_a_photo_is_does_not_stay_in_it(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (10.0, 2.0, 42.7)
    photo = make.picture(exif=exif, comment=SECRET, icc_profile=SECRET * 20)
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    scan = make.picture("PNG", pnginfo=text, icc_profile=SECRET * 20, exif=exif)
    for sent in (photo, scan, make.picture("WEBP", exif=exif, xmp=SECRET)):
        assert SECRET in sent or SECRET in zlib.compress(sent) or b"Exif" in sent or b"eXIf" in sent or b"EXIF" in sent
        kept = checked(sent)
        assert SECRET not in kept.content
        assert b"Exif" not in kept.content
        assert not {key for key in shown(kept).info if key not in {"jfif", "jfif_version", "jfif_unit", "jfif_density"}}
        assert not shown(kept).getexif()


def test_a_photo_taken_sideways_stands_upright(app: Flask) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert shown(checked(make.picture(exif=exif))).size == (30, 40)


def test_a_large_photo_becomes_a_page_large(app: Flask) -> None:
    kept = checked(make.picture(size=(6000, 4000)))
    assert max(shown(kept).size) <= evidence.LONGEST_SIDE
    assert len(kept.content) < 500_000


def test_see_through_becomes_white(app: Flask) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(file, "PNG")
    assert shown(checked(file.getvalue())).getpixel((0, 0)) == (255, 255, 255)


def bomb(side: int) -> bytes:
    """A PNG whose head promises many pixels."""
    content = bytearray(make.picture("PNG", size=(1, 1)))
    content[16:24] = side.to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


def white(side: int) -> bytes:
    """A whole picture of a few kilobytes."""
    file = io.BytesIO()
    Image.new("1", (side, side), 1).save(file, "PNG")
    return file.getvalue()


def zipped(name: str = "a.class") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, b"\xca\xfe\xba\xbe")
    return file.getvalue()


def as_kind(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("P", (4, 4)).save(file, kind)
    return file.getvalue()


NO_PICTURES = {
    "nothing": b"",
    "text": b"x" * 500,
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing that runs": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a program": b"MZ" + b"\0" * 200,
    "an archive": zipped(),
    "a spreadsheet": zipped("[Content_Types].xml"),
    "only the head of a photo": make.picture()[:60],
    "a photo cut short": make.picture(size=(900, 900))[:-700],
    "a head and nonsense": b"\xff\xd8\xff\xe0" + b"JFIF" * 300,
    "a moving picture": as_kind("GIF"),
    "a bitmap": as_kind("BMP"),
    "an icon": as_kind("ICO"),
    "a fax": as_kind("TIFF"),
    "seven thousand pixels square": white(7_000),
    "forty thousand pixels square": bomb(40_000),
    "two thousand million pixels wide": bomb(2_000_000_000),
    "too many bytes": make.picture() + b"\0" * UPLOAD_BYTES,
}


@pytest.mark.parametrize("what", NO_PICTURES)
def test_what_is_no_picture_is_refused(app: Flask, what: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked(NO_PICTURES[what])
    assert refused.value.field == "file"


@pytest.mark.parametrize("tail", [zipped(), b"<script>alert(1)</script>", b"%PDF-1.7 %%EOF", b"\xca\xfe\xba\xbe"])
def test_what_hides_behind_a_picture_is_gone(app: Flask, tail: bytes) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        kept = checked(make.picture(kind) + tail)
        assert tail not in kept.content
        assert not zipfile.is_zipfile(io.BytesIO(kept.content))


# -- papers -----------------------------------------------------------------------------------------------------------


def test_a_paper_is_kept_as_it_came(app: Flask) -> None:
    """A change of one byte would break the signature office documents carry."""
    content = make.pdf(3)
    assert checked(content) == Evidence("application/pdf", content)


def with_catalog(**entries: object) -> bytes:
    writer = make.blank()
    for key, value in entries.items():
        writer._root_object[NameObject(f"/{key}")] = value  # type: ignore[assignment]
    return make.written(writer)


def action(kind: str, **more: object) -> DictionaryObject:
    return DictionaryObject(
        {NameObject("/S"): NameObject(f"/{kind}")} | {NameObject(f"/{key}"): value for key, value in more.items()}
    )


def with_note(**entries: object) -> bytes:
    """A page with one annotation."""
    writer = make.blank()
    note = DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    return make.written(writer)


def scripted() -> bytes:
    names = ArrayObject([TextStringObject("x"), action("JavaScript", JS=TextStringObject("app.alert(1)"))])
    tree = DictionaryObject({NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): names})})
    return with_catalog(Names=tree)


def carrying() -> bytes:
    writer = make.blank()
    writer.add_attachment("virus.exe", b"MZ")
    return make.written(writer)


def locked() -> bytes:
    writer = make.blank()
    writer.encrypt("mật khẩu")
    return make.written(writer)


def unreachable() -> bytes:
    """The script stands in the file, but nothing points to it: another reader may find it all the same."""
    writer = make.blank()
    writer._add_object(action("JavaScript", JS=TextStringObject("app.alert(1)")))
    return make.written(writer)


def by_reference() -> bytes:
    """The kind of the action is a name that stands elsewhere."""
    writer = make.blank()
    kind = writer._add_object(NameObject("/GoToR"))
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): kind})
    return make.written(writer)


def in_object_stream() -> bytes:
    """Objects packed together and compressed: raw bytes show nothing."""
    packed = b"9 0 " + b"<< /S /Launch /F (cmd.exe) >>"
    stream = zlib.compress(packed)
    head = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction 9 0 R >>\nendobj\n"
    pages = b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    page = b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
    kept = b"4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n"
    parts, offsets = [head, pages, page, kept % (len(stream), stream)], []
    at = len(b"%PDF-1.5\n")
    for part in parts:
        offsets.append(at)
        at += len(part) - (len(b"%PDF-1.5\n") if part is head else 0)
    rows = [(0, 0, 65535)] + [(1, offset, 0) for offset in offsets] + [(0, 0, 0)] * 4 + [(2, 4, 0), (1, at, 0)]
    table = zlib.compress(b"".join(bytes([kind]) + one.to_bytes(4, "big") + two.to_bytes(2, "big") for kind, one, two in rows))
    cross = (
        b"10 0 obj\n<< /Type /XRef /Size 11 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\n"
    )
    return b"".join(parts) + cross % (len(table), table) + b"endobj\nstartxref\n%d\n%%%%EOF\n" % at


def with_end(*between: bytes) -> bytes:
    """A whole paper, something else, and the paper's end once more: its own readers see nothing of what lies between."""
    content = make.pdf()
    return content + b"".join(between) + b"\n" + content[content.rindex(b"startxref") :]


def endless_pages() -> bytes:
    writer = make.blank()
    writer._pages.get_object()[NameObject("/Kids")] = ArrayObject([writer._pages])  # type: ignore[union-attr,index]
    return make.written(writer)


def deep() -> bytes:
    return with_catalog(Deep=ArrayObject()).replace(b"/Deep [ ]", b"/Deep " + b"[" * 5_000 + b"]" * 5_000)


def packed_bomb() -> bytes:
    """A stream that unpacks to a gigabyte stands in an object stream's place."""
    stream = zlib.compress(b"0" * 200_000_000, 9)
    writer = make.blank()
    huge = DecodedStreamObject()
    huge._data = stream
    huge.update({NameObject("/Type"): NameObject("/ObjStm"), NameObject("/Filter"): NameObject("/FlateDecode"),
                 NameObject("/N"): NumberObject(1), NameObject("/First"): NumberObject(4)})  # fmt: skip
    writer._add_object(huge)
    return make.written(writer)


HOSTILE = {
    "a script for the document": scripted(),
    "a script nobody points to": unreachable(),
    "a script written in other letters": scripted().replace(b"/JavaScript", b"/J#61vaScript"),
    "an attached file": carrying(),
    "a password": locked(),
    "a program launched at opening": with_catalog(OpenAction=action("Launch", F=TextStringObject("cmd.exe"))),
    "a script at opening": with_catalog(OpenAction=action("JavaScript", JS=TextStringObject("x"))),
    "another document at opening": with_catalog(OpenAction=action("URI", URI=TextStringObject("https://evil.example"))),
    "an action by reference": by_reference(),
    "a launch inside an object stream": in_object_stream(),
    "actions at closing": with_catalog(AA=DictionaryObject()),
    "a form that sends": with_note(Subtype=NameObject("/Widget"), A=action("SubmitForm")),
    "a form of its own language": with_catalog(AcroForm=DictionaryObject({NameObject("/XFA"): TextStringObject("x")})),
    "a file as a note": with_note(Subtype=NameObject("/FileAttachment")),
    "a film": with_note(Subtype=NameObject("/RichMedia")),
    "a link into another file": with_note(Subtype=NameObject("/Link"), A=action("GoToR", F=TextStringObject("x"))),
    "no page": make.pdf(0),
    "too many pages": make.pdf(evidence.MOST_PAGES + 1),
    "an archive behind it": make.pdf() + zipped(),
    "an archive inside it": with_end(zipped()),
    "a script that no table lists": with_end(b"99 0 obj\n<< /S /JavaScript /JS (app.alert) >>\nendobj"),
    "a page in its head": make.pdf().replace(b"%\xe2\xe3\xcf\xd3", b"%<script>alert(1)</script>", 1),
    "something after its end": make.pdf() + b"MZ",
    "only its name": b"%PDF-1.7\n%%EOF",
    "noise": b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF",
    "cut short": make.pdf()[:-40],
    "itself as its page": endless_pages(),
    "too many bytes": make.pdf() + b" " * UPLOAD_BYTES,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_paper_that_could_act_is_refused(app: Flask, what: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked(HOSTILE[what])
    assert refused.value.field == "file"


@pytest.mark.parametrize("made", [deep, packed_bomb])
def test_papers_made_to_exhaust_end_quickly(app: Flask, made: object) -> None:
    """Kept or refused, but without a fault and without a gigabyte."""
    with contextlib.suppress(Refusal):
        checked(made())  # type: ignore[operator]


def signed() -> PdfWriter:
    writer = make.blank()
    widget = DictionaryObject({NameObject("/Subtype"): NameObject("/Widget"), NameObject("/FT"): NameObject("/Sig")})
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([widget]), NameObject("/SigFlags"): NumberObject(3)})
    writer._root_object[NameObject("/AcroForm")] = form
    return writer


HARMLESS = {
    "its end told twice": with_end(b""),
    "a signature": make.written(signed()),
    "begin at page one": with_catalog(OpenAction=ArrayObject([NumberObject(0), NameObject("/Fit")])),
    "begin at page one, as an action": with_catalog(OpenAction=action("GoTo", D=ArrayObject([NumberObject(0)]))),
    "a link to a site": with_note(Subtype=NameObject("/Link"), A=action("URI", URI=TextStringObject("https://hen.example"))),
    "line ends after its end": make.pdf() + b"\r\n\r\n",
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_offices_really_send_is_kept(app: Flask, what: str) -> None:
    assert checked(HARMLESS[what]).content == HARMLESS[what]
