"""Guide pages, news, the leaflet, posters."""

from flask import Blueprint

pages = Blueprint("guides", __name__)
