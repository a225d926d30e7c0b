"""The product beside two floors on the same server: a bare Flask "hello", and a page of one query and one template."""

import sqlalchemy as sa
from flask import Flask, render_template
from jinja2 import DictLoader
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import create_app
from app.db import db
from app.offices.models import Procedure

PAGE = """<!doctype html><html lang="vi"><head><title>{{ rows|length }}</title></head><body><h1>Thủ tục</h1>
<table>{% for row in rows %}<tr><td>{{ row.code }}</td><td>{{ row.name }}</td><td>{{ row.field }}</td></tr>{% endfor %}</table>
</body></html>"""

hello, page, product = Flask("hello"), Flask("page"), create_app()
page.jinja_loader = DictLoader({"page.html": PAGE})  # type: ignore[assignment,misc]


@hello.get("/")
def say_hello() -> str:
    return "hello"


@page.get("/")
def one_query_one_template() -> str:
    with product.app_context():
        rows = db.session.execute(sa.select(Procedure.code, Procedure.name, Procedure.field).limit(20)).all()
    return render_template("page.html", rows=rows)


app = DispatcherMiddleware(product, {"/floor-hello": hello, "/floor-page": page})
