"""Writing guides and news: the list, one article with its versions, the page where two writers' versions meet."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock
from app.guides import articles, rules, writing
from app.guides.articles import Desk
from app.guides.forms import KIND_NAMES, ActionForm, ArticleForm, PublishForm
from app.guides.models import ArticleVersion
from app.refusal import Refusal
from app.staff import queries as staff

pages = Blueprint("guides_admin", __name__)
KINDS = {"huong-dan": "guide", "tin": "news"}


@pages.get("/")
@access.staff_only()
def index() -> ResponseReturnValue:
    now = clock.now()
    rows = [(word, kind, articles.desks(kind, now)) for word, kind in KINDS.items()]
    return render_template("guides/admin/index.html", rows=rows, kinds=KIND_NAMES, may_write=_may_write())


@pages.get("/moi/<any('huong-dan', 'tin'):word>")
@access.staff_only("secretary")
def new(word: str) -> ResponseReturnValue:
    return _new_page(word, ArticleForm(formdata=None))


@pages.post("/moi/<any('huong-dan', 'tin'):word>")
@access.staff_only("secretary")
def begin(word: str) -> ResponseReturnValue:
    form, made = ArticleForm(), []
    key = form.request_key.data or ""
    refused = form.attempt(lambda: made.append(writing.begin(KINDS[word], form.words(), current_user.id, key)))
    return _back(made[0].id) if refused is None else _new_page(word, form, refused)


def _new_page(word: str, form: ArticleForm, status: int = 200) -> ResponseReturnValue:
    return render_template("guides/admin/new.html", form=form, word=word, kind=KINDS[word]), status


@pages.get("/<int:article_id>")
@access.staff_only()
def show(article_id: int) -> ResponseReturnValue:
    """The newest version as everybody would see it, and what to do with it."""
    return _show_page(_desk(article_id))


@pages.get("/<int:article_id>/ban/<int:number>")
@access.staff_only()
def version(article_id: int, number: int) -> ResponseReturnValue:
    desk = _desk(article_id)
    return _show_page(desk, articles.version(article_id, number) or abort(404))


@pages.get("/<int:article_id>/sua")
@access.staff_only("secretary")
def edit(article_id: int) -> ResponseReturnValue:
    desk = _desk(article_id)
    return _edit_page(desk, ArticleForm.of(desk.version))


@pages.post("/<int:article_id>/sua")
@access.staff_only("secretary")
def save(article_id: int) -> ResponseReturnValue:
    desk, form = _desk(article_id), ArticleForm()
    seen, key = form.seen.number, form.request_key.data or ""
    try:
        refused = None if form.validate_on_submit() else 422
        if refused is None:
            writing.save(article_id, form.words(), seen, current_user.id, key)
    except rules.Overtaken as overtaken:
        return _conflict_page(_desk(article_id), form, overtaken)
    except Refusal as refusal:
        form.refuse(refusal)
        refused = refusal.status
    return _back(article_id) if refused is None else _edit_page(desk, form, refused)


def _edit_page(desk: Desk, form: ArticleForm, status: int = 200) -> ResponseReturnValue:
    return render_template("guides/admin/edit.html", form=form, desk=desk), status


def _conflict_page(desk: Desk, mine: ArticleForm, why: Refusal) -> ResponseReturnValue:
    """Theirs and mine side by side, and below them one form that holds both."""
    both = mine.with_theirs(desk.version, articles.version(desk.article.id, mine.seen.number))
    both.refuse(why)
    editor = staff.by_id(desk.version.officer_id or 0)
    return render_template("guides/admin/conflict.html", form=both, mine=mine, desk=desk, editor=editor), 409


@pages.post("/<int:article_id>/cong-bo")
@access.staff_only("secretary")
def publish(article_id: int) -> ResponseReturnValue:
    form = PublishForm()
    number = form.number.number
    return _acted(article_id, form, lambda: writing.publish(article_id, number, form.day.data, current_user.id), number)


@pages.post("/<int:article_id>/rut")
@access.staff_only("secretary")
def withdraw(article_id: int) -> ResponseReturnValue:
    return _acted(article_id, ActionForm(), lambda: writing.withdraw(article_id, current_user.id))


@pages.post("/<int:article_id>/ban/<int:number>/khoi-phuc")
@access.staff_only("secretary")
def restore(article_id: int, number: int) -> ResponseReturnValue:
    return _acted(article_id, ActionForm(), lambda: writing.restore(article_id, number, current_user.id), number)


def _acted(article_id: int, form: ActionForm | PublishForm, act: Callable[[], object], number: int = 0) -> ResponseReturnValue:
    """`number`: of the version whose page comes back when the act is refused."""
    _desk(article_id)
    if (refused := form.attempt(act)) is None:
        return _back(article_id)
    return _show_page(_desk(article_id), articles.version(article_id, number), form, refused)


def _show_page(
    desk: Desk, shown: ArticleVersion | None = None, form: ActionForm | PublishForm | None = None, status: int = 200
) -> ResponseReturnValue:
    shown = shown or desk.version
    publishing = form if isinstance(form, PublishForm) else PublishForm(formdata=None, data={"number": str(shown.number)})
    versions = articles.versions(desk.article.id)
    page = render_template(
        "guides/admin/show.html",
        desk=desk,
        version=shown,
        versions=versions,
        form=form or ActionForm(formdata=None),
        publishing=publishing,
        plain=ActionForm(formdata=None),
        writers=staff.names(one.officer_id for one in versions),
        may_write=_may_write(),
    )
    return page, status


def _desk(article_id: int) -> Desk:
    return articles.desk(article_id, clock.now()) or abort(404)


def _back(article_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", article_id=article_id), 303)


def _may_write() -> bool:
    return current_user.role in {"secretary", "admin"}
