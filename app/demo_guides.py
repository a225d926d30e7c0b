"""Demo data of what people are told: guides, news, and the register of guided filing with the article's 33 people of 2020.

Everything is marked as a sample. Of 2020 the newspaper says how many were guided at Thới An (33), through which steps, with the
leaflet, and that the whole district had no dossier filed online; it says nothing of months, procedures or reasons, so neither
does this.
"""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app import audit, clock
from app.db import db, transaction
from app.guides import writing
from app.guides.models import Article, GuidedFiling, GuidedOutcome
from app.guides.rules import Outcome
from app.guides.writing import Words
from app.offices import queries as offices
from app.offices.catalogue import Office

TEXTS = Path(__file__).parent / "data" / "guides"
WARD, PEOPLE, HALF_YEAR = "thoi-an", 33, date(2020, 6, 30)
SOURCE = "Báo ngày 09/7/2020 không ghi vì sao."
# Of this month, invented: days ago, procedure, way, how far (of four steps), what came of it.
LATELY = (
    (1, "1.001193", "counter", 4, Outcome("H13.99.07-{day}-0101")),
    (1, "1.004873", "counter", 1, Outcome(reason="no_sim")),
    (2, "2.000635", "counter", 4, Outcome("H13.99.07-{day}-0102")),
    (3, "1.001193", "home", 2, Outcome(reason="scan")),
    (5, "1.004873", "phone", 0, Outcome(reason="no_account")),
    (6, "2.000635", "counter", 4, Outcome("H13.99.07-{day}-0103")),
    (8, "1.000656", "counter", 1, Outcome(reason="counter")),
    (9, "1.001193", "home", 3, Outcome(reason="other", sentence="Chờ giấy chứng sinh của bệnh viện")),
)


def fill() -> None:
    """Whatever is there already is left as it is."""
    _articles()
    office = offices.catalogue().by_slug.get(WARD)
    if office is not None and not db.session.scalar(select(exists().where(GuidedFiling.id.is_not(None)))):
        _register(office)


def _articles() -> None:
    """Each text is a file: kind, title and summary on its first lines in both languages, then the texts parted by `+++`."""
    if db.session.scalar(select(exists().where(Article.id.is_not(None)))):
        return
    for path in sorted(TEXTS.glob("*.md")):
        head, body, body_en = path.read_text().split("+++")
        kind, title, title_en, summary, summary_en = head.splitlines()
        words = Words(title, body.strip(), summary, title_en, summary_en, body_en.strip())
        article = writing.begin(kind, words, 0, sample=True)
        writing.publish(article.id, 1, None, 0)


def _register(office: Office) -> None:
    today = clock.today()
    known = offices.catalogue().by_code
    with transaction() as session:
        for number in range(PEOPLE):
            row = GuidedFiling(day=HALF_YEAR, office_id=office.id, leaflet=True, **_steps(4), **_sample(f"2020-{number}"))
            _add(session, row, Outcome(reason="other", sentence=SOURCE))
        for number, (back, code, channel, steps, outcome) in enumerate(LATELY):
            day, procedure = today - timedelta(days=back), known.get(code)
            row = GuidedFiling(
                day=day, office_id=office.id, procedure_id=procedure.id if procedure else None, channel=channel,
                leaflet=number % 3 != 1, **_steps(steps), **_sample(f"lately-{number}"),
            )  # fmt: skip
            _add(session, row, Outcome(outcome.code.format(day=f"{day:%y%m%d}"), outcome.reason, outcome.sentence))
        audit.record(session, "sample_register", "guided", None, {"people": PEOPLE + len(LATELY)})


def _steps(through: int) -> dict[str, bool]:
    return {name: at < through for at, name in enumerate(("account", "sign_in", "filing", "look_up"))}


def _sample(key: str) -> dict[str, object]:
    return {"recorded_at": clock.now(), "request_key": f"sample-{key}", "sample": True}


def _add(session: Session, row: GuidedFiling, outcome: Outcome) -> None:
    session.add(row)
    session.flush()
    facts = {"code": outcome.code, "reason": outcome.reason, "sentence": outcome.sentence}
    session.add(GuidedOutcome(guided_id=row.id, recorded_at=row.recorded_at, **facts))
