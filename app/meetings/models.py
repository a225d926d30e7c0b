"""Tables: the series, its meetings, sign-ups, questions, agenda items."""

from datetime import date, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, Items, Key, Line, Text, Word
from app.meetings.agenda_models import AgendaItem as AgendaItem
from app.meetings.agenda_models import AgendaItemUnit as AgendaItemUnit
from app.meetings.redaction import redacted

STATES = ("proposed", "open", "cancelled")
SEAT_STATES = ("reserved", "seated", "waiting", "standing", "given_up")
FIRMS = ("company", "household", "trader", "cooperative", "association", "other")
HELD = "state <> 'given_up' AND phone <> ''"
PARTS = ("business", "office", "break")
TAKING = ("reserved", "seated")  # whose seats are taken
WISHES = ("come", "write", "call")  # what an asker wants: to speak there, a written answer, a call
OPENNESS = ("named", "hidden", "private")  # who may see a question and its asker: see meetings.openness
OUTCOMES = ("spot", "writing", "beyond", "noted")  # what became of it: answered there, in writing, passed on, noted


class Series(Base):
    """What repeats: the n-th weekday of every month, the hours, the place, and the defaults of each meeting."""

    __tablename__ = "meeting_series"
    __table_args__ = (
        CheckConstraint("nth IN (-1, 1, 2, 3, 4)", name="nth"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="hours"),
        CheckConstraint("capacity > 0 AND most_seats > 0", name="seats"),
        CheckConstraint("opens_days >= 0 AND closes_hours >= 0 AND questions_days >= 0", name="window"),
    )
    id: Mapped[Key]
    name: Mapped[Line] = mapped_column(unique=True)
    name_en: Mapped[Line] = mapped_column(default="")
    nth: Mapped[int] = mapped_column(default=1)  # -1 = the last of the month
    weekday: Mapped[int] = mapped_column(default=5)  # 0 = Monday
    opens: Mapped[time]
    closes: Mapped[time]
    place: Mapped[Line]
    place_en: Mapped[Line] = mapped_column(default="")
    chair: Mapped[Line] = mapped_column(default="")
    chair_en: Mapped[Line] = mapped_column(default="")
    capacity: Mapped[int]
    most_seats: Mapped[int] = mapped_column(default=3)  # for one business
    opens_days: Mapped[int] = mapped_column(default=45)  # sign-up opens so many days before
    closes_hours: Mapped[int] = mapped_column(default=12)  # and closes so many hours before: the list is printed then
    questions_days: Mapped[int] = mapped_column(default=5)  # working days the units need to prepare an answer
    active: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=0)  # grows with every change by an officer: who saves must have seen it

    @property
    def about(self) -> str:
        return f"series:{self.id}"

    @property
    def any_day(self) -> date:
        """Some day on which its weekday falls, for the weekday's name."""
        return date(2024, 1, 1 + self.weekday)  # that year began on a Monday


class Meeting(Base):
    """One meeting. `rule_day` is the day the series' rule gave when it was made, `day` the one it is held on."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("series_id", "rule_day"),  # each month is made once, whoever makes it
        CheckConstraint("state IN ('proposed', 'open', 'cancelled')", name="state"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="taken"),
        CheckConstraint("starts_at < ends_at", name="hours"),
    )
    id: Mapped[Key]
    series_id: Mapped[int] = mapped_column(ForeignKey("meeting_series.id"))
    rule_day: Mapped[date]
    day: Mapped[date] = mapped_column(unique=True)  # its public address
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    place: Mapped[Line]
    place_en: Mapped[Line] = mapped_column(default="")
    chair: Mapped[Line] = mapped_column(default="")
    chair_en: Mapped[Line] = mapped_column(default="")
    theme: Mapped[Line] = mapped_column(default="")
    theme_en: Mapped[Line] = mapped_column(default="")
    fields: Mapped[Items] = mapped_column(default=list)  # of staff.models.FIELDS: what it is about; empty = everything
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    most_seats: Mapped[int] = mapped_column(default=3)
    last_line: Mapped[int] = mapped_column(default=0)  # the youngest number of the waiting line
    state: Mapped[Word] = mapped_column(default="open")
    sequence: Mapped[int] = mapped_column(default=0)  # of the calendar event: grows with every change people must see
    revision: Mapped[int] = mapped_column(default=0)  # grows with every change by an officer: who saves must have seen it
    moved_from: Mapped[Instant | None]  # when it was to begin before it was last moved
    insisted: Mapped[Line] = mapped_column(default="")  # why it is held on a day that collides
    sign_up_from: Mapped[Instant]
    sign_up_until: Mapped[Instant]
    questions_until: Mapped[Instant]
    # Set by hand; else these three follow from the day by the series' rule, wherever the meeting is moved.
    opening_fixed: Mapped[bool] = mapped_column(default=False)
    closing_fixed: Mapped[bool] = mapped_column(default=False)
    questions_fixed: Mapped[bool] = mapped_column(default=False)
    collision: Mapped[Word] = mapped_column(default="")  # why `rule_day` could not be: see days.Collision
    collision_name: Mapped[Line] = mapped_column(default="")
    cancelled_at: Mapped[Instant | None]
    cancel_reason: Mapped[Line] = mapped_column(default="")
    agenda_published_at: Mapped[Instant | None]
    attendance_closed_at: Mapped[Instant | None]  # an officer said the list of who came is whole: now others are absent
    concluded_at: Mapped[Instant | None]  # when its minutes were first made final
    sample: Mapped[bool] = mapped_column(default=False)
    series: Mapped[Series] = relationship(lazy="joined", innerjoin=True)

    @property
    def about(self) -> str:
        return f"meeting:{self.id}"

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @property
    def length(self) -> int:
        """Minutes."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


class FormerDay(Base):
    """A day that a meeting was announced for and left: what was printed still leads to it.

    One day, one meeting: the last to leave it. While another meeting is held on that day, the address is that one's.
    """

    __tablename__ = "meeting_former_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    left_at: Mapped[Instant]


class SignUp(Base):
    """One business at one meeting (kept: nothing is deleted).

    reserved: a seat kept for an invited business until `reserved_until`; seated; waiting in line; standing: came without a
    seat and was let in; given_up. Seats of the reserved and the seated make up `meeting.taken`. Whoever waits and has arrived
    waits at the door; one that had not come when its seat was handed on waits again (`handed_on_at`).
    """

    __tablename__ = "sign_up"
    __table_args__ = (
        UniqueConstraint("meeting_id", "line"),
        CheckConstraint("state IN ('reserved', 'seated', 'waiting', 'standing', 'given_up')", name="state"),
        CheckConstraint("state <> 'reserved' OR reserved_until IS NOT NULL", name="reserved"),
        CheckConstraint("(arrived_at IS NULL) = (arrival_recorded_at IS NULL)", name="arrival"),
        CheckConstraint("(arrived_at IS NULL) = (came = 0)", name="came"),
        CheckConstraint("arrived_at IS NULL OR state IN ('seated', 'waiting', 'standing')", name="present"),
        CheckConstraint("state <> 'standing' OR arrived_at IS NOT NULL", name="standing"),
        CheckConstraint("state <> 'waiting' OR line IS NOT NULL", name="line"),
        CheckConstraint("seats > 0", name="seats"),
        # One phone, one row per meeting; who gave up may come back. Numbers past their time are taken out, and
        # an invited business may have left only an e-mail address.
        Index(
            "uq_sign_up_phone", "meeting_id", "phone", unique=True,
            sqlite_where=text(HELD), postgresql_where=text(HELD),
        ),
    )  # fmt: skip
    id: Mapped[Key]
    code: Mapped[Word] = mapped_column(unique=True)  # "TB-482-716-305"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    name: Mapped[Line]  # of the business
    search_key: Mapped[Text]
    kind: Mapped[Word] = mapped_column(default="")
    contact: Mapped[Line]  # who comes
    phone: Mapped[Word]  # E.164
    email: Mapped[Line] = mapped_column(default="")
    tax_code: Mapped[Word] = mapped_column(default="")
    tax_code_doubtful: Mapped[bool] = mapped_column(default=False)  # its check digit is wrong: warned, not refused
    seats: Mapped[int]
    state: Mapped[Word]
    line: Mapped[int | None]  # place in the order of arrival, when it had to wait
    request_key: Mapped[Word] = mapped_column(default="")  # of the form it came from: a second click finds its first
    locale: Mapped[Word] = mapped_column(default="vi")
    sequence: Mapped[int] = mapped_column(default=0)
    signed_at: Mapped[Instant]
    seated_at: Mapped[Instant | None]
    coming_at: Mapped[Instant | None]  # "I will come"
    given_up_at: Mapped[Instant | None]
    reserved_until: Mapped[Instant | None]
    channel: Mapped[Word] = mapped_column(default="")  # slug of the invitation link it came by
    arrived_at: Mapped[Instant | None]  # what the door or the signed list says
    arrival_recorded_at: Mapped[Instant | None]  # when that was entered
    came: Mapped[int] = mapped_column(default=0)  # people who came
    handed_on_at: Mapped[Instant | None]  # its seat went to somebody present, because nobody of it had come
    sample: Mapped[bool] = mapped_column(default=False)
    meeting: Mapped[Meeting] = relationship(innerjoin=True)

    @property
    def about(self) -> str:
        return f"seat:{self.id}"

    @property
    def version(self) -> int:
        """Of what the person was last told; also the SEQUENCE of the seat's calendar event."""
        return self.sequence + self.meeting.sequence


class Question(Base):
    """What a business is held up by, in its own words: the central record of the subject.

    It stands with or without a seat, and outlives the meeting: an answer, an outcome and promises are about it.
    """

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("wish IN ('come', 'write', 'call')", name="wish"),
        CheckConstraint("openness IN ('named', 'hidden', 'private')", name="openness"),
        CheckConstraint("openness <> 'private' OR shown_at IS NULL", name="private"),  # is never shown, whoever writes
        CheckConstraint("outcome IN ('', 'spot', 'writing', 'beyond', 'noted')", name="outcome"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged"),
        CheckConstraint("(answer = '') = (answered_at IS NULL)", name="answer"),
    )
    id: Mapped[Key]
    code: Mapped[Word] = mapped_column(unique=True)  # "CH-482-716-305"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    sign_up_id: Mapped[int | None] = mapped_column(ForeignKey("sign_up.id"), index=True)
    agenda_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True)
    text: Mapped[Text]
    public_text: Mapped[Text] = mapped_column(default="")  # an officer's wording without names and numbers
    search_key: Mapped[Text] = mapped_column(default="")  # folded text
    field: Mapped[Word] = mapped_column(default="")  # of staff.models.FIELDS
    wish: Mapped[Word] = mapped_column(default="come")
    openness: Mapped[Word] = mapped_column(default="hidden")
    # Who asks; kept apart from the seat, which may be given up or never have been.
    name: Mapped[Line]  # of the business
    contact: Mapped[Line]
    phone: Mapped[Word]  # E.164
    email: Mapped[Line] = mapped_column(default="")
    locale: Mapped[Word] = mapped_column(default="vi")
    channel: Mapped[Word] = mapped_column(default="")  # how it came: slug of an invitation link, or of questions.rules.CHANNELS
    request_key: Mapped[Word] = mapped_column(default="")  # of the form it came from: a second click finds its first
    sequence: Mapped[int] = mapped_column(default=0)  # grows with every change the asker is told of
    filed_at: Mapped[Instant]
    reviewed_at: Mapped[Instant | None]  # an officer has read it and decided whether it is shown; none: it is new
    shown_at: Mapped[Instant | None]  # an officer has read it and put it on the public page
    withdrawn_at: Mapped[Instant | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"), index=True)
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))  # the same, asked at an earlier meeting
    told_for: Mapped[Instant | None]  # the starting time of its item, as the asker was last told
    answer: Mapped[Text] = mapped_column(default="")  # as released to the asker
    answer_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    answered_at: Mapped[Instant | None]
    settled_at: Mapped[Instant | None]  # the asker is content with the answer: it leaves the agenda
    outcome: Mapped[Word] = mapped_column(default="")
    outcome_at: Mapped[Instant | None]
    sample: Mapped[bool] = mapped_column(default=False)
    sign_up: Mapped[SignUp | None] = relationship()

    @property
    def about(self) -> str:
        return f"question:{self.id}"

    @property
    def words(self) -> str:
        """As others may read it: an officer's wording, else the asker's own without what shows who they are."""
        return self.public_text or redacted(self.text, () if self.openness == "named" else (self.name, self.contact))

    @property
    def live(self) -> bool:
        """Still to be dealt with by itself: not withdrawn, and not part of another."""
        return self.withdrawn_at is None and self.merged_into_id is None
