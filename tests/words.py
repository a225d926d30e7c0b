"""The product's sentences and their English. `make words` collects them: new ones stand empty, those no longer said go."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "app" / "translations"
ENGLISH = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None}
# Written by hand: Babel's own would carry the date and change with every run.
HEADER = """\
# The product's words in English. The sentences themselves are Vietnamese and stand in the code and the pages.
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def said() -> Catalog:
    """Every sentence marked in the code and the pages."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog()
    for path, line, words, _comments, context in extract_from_dir(ROOT, methods, options, KEYWORDS):
        found.add(words, None, [(path, line)], context=context)
    return found


def catalogue(path: Path = ENGLISH) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, path.parent.parent.name)


def merged(known: Catalog, found: Catalog) -> bytes:
    """The catalogue's file: what is said now, with the words known for it."""
    known.update(found, no_fuzzy_matching=True)
    file = BytesIO()
    write_po(file, known, width=130, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return HEADER.encode() + file.getvalue()


def missing(catalog: Catalog) -> list[Message]:
    """Sentences without all their words."""
    return [one for one in catalog if one.id and (one.fuzzy or not all(strings(one)))]


def strings(message: Message) -> tuple[str, ...]:
    """Its words: one, or one for each number."""
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def collect() -> None:
    ENGLISH.write_bytes(merged(catalogue(), said()))
    wanted = missing(catalogue())
    for one in wanted:
        print(one.id if isinstance(one.id, str) else one.id[0])
    print(f"{len(wanted)} without English in {ENGLISH.relative_to(ROOT)}")


if __name__ == "__main__":
    collect()
