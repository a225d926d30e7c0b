"""Telling people: guide pages and news that staff write in Markdown, the leaflet, a poster per procedure."""
