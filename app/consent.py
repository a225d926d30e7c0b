"""Consent to use somebody's address: the words shown, when, by which way; and its withdrawal. Evidence, never rewritten.

The law on personal data (91/2025/QH15, Decree 356/2025/NĐ-CP) asks that consent be given by a clear act, for one purpose, be
provable, and be as easy to take back. So each consent keeps the very words that were shown; the database refuses a second
live one about the same person and purpose, and triggers refuse to change what was given or to withdraw it twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, exists, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.db import Base, Instant, Key, Text, Word, db

CHANNELS = ("page", "counter", "phone", "import")


class Consent(Base):
    """One consent, from its giving to its withdrawal."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("channel IN ('page', 'counter', 'phone', 'import')", name="channel"),
        CheckConstraint("wording <> ''", name="wording"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_how = '')", name="withdrawn"),
        Index(
            "uq_consent_live", "about", "purpose", unique=True,
            sqlite_where=text("withdrawn_at IS NULL"), postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )  # fmt: skip
    id: Mapped[Key]
    about: Mapped[Word]  # "subscriber:5"
    purpose: Mapped[Word]
    wording_version: Mapped[int]
    wording: Mapped[Text]  # exactly as it was shown or read out
    language: Mapped[Word]
    channel: Mapped[Word]
    given_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]
    withdrawn_how: Mapped[Word] = mapped_column(default="")  # "page", "one-click", "counter", "phone"


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that people agree to. Whoever changes a letter of them adds a version: older consents keep theirs."""

    version: int
    vi: str
    en: str

    def said(self, language: str) -> str:
        return self.en if language == "en" else self.vi


# Purpose -> its wordings, oldest first. Not in the catalogue of translations: evidence must not change with it.
WORDINGS: Mapping[str, Sequence[Wording]] = {
    "invitations": (
        Wording(
            1,
            "Tôi đồng ý cho cơ quan tổ chức dùng tên, số điện thoại và địa chỉ thư tôi ghi ở đây để gửi thư mời dự các kỳ "
            "“Thứ Bảy gặp gỡ doanh nghiệp”, mỗi kỳ một thư. Không dùng vào việc khác, không đưa cho ai khác. Tôi thôi nhận lúc "
            "nào cũng được, bằng liên kết ở cuối mỗi thư.",
            "I agree that the organising office uses the name, phone number and e-mail address given here to send me invitations "
            "to the Saturday business meetings, one letter per meeting. They are used for nothing else and passed on to nobody. "
            "I can stop the letters at any time, with the link at the end of each.",
        ),
    ),
}


def wording(purpose: str) -> Wording:
    """The words in force."""
    return WORDINGS[purpose][-1]


def give(session: Session, about: str, purpose: str, channel: str, language: str) -> Consent:
    """Writes down that somebody agreed to the words in force; whoever has agreed already keeps that consent."""
    kept = session.scalar(select(Consent).where(Consent.about == about, _live(purpose)))
    if kept is not None:
        return kept
    words = wording(purpose)
    given = Consent(
        about=about, purpose=purpose, wording_version=words.version, wording=words.said(language), language=language,
        channel=channel, given_at=clock.now(),
    )  # fmt: skip
    session.add(given)
    session.flush()
    return given


def withdraw(session: Session, about: str, purpose: str, how: str) -> None:
    """From now on it does not hold; what was sent before was sent rightly. Twice is once."""
    kept = session.scalar(select(Consent).where(Consent.about == about, _live(purpose)))
    if kept is not None:
        kept.withdrawn_at, kept.withdrawn_how = clock.now(), how
        session.flush()


def holds(about: ColumnElement[str] | str, purpose: str) -> ColumnElement[bool]:
    """A condition: whoever `about` names (a value, or a column of the statement) has agreed and not taken it back."""
    return exists().where(Consent.about == about, _live(purpose))


def history(about: str) -> Sequence[Consent]:
    """All the evidence, youngest first."""
    return db.session.scalars(select(Consent).where(Consent.about == about).order_by(Consent.id.desc())).all()


def _live(purpose: str) -> ColumnElement[bool]:
    return and_(Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
