"""The two groupings of a sweep by what one would use instead. Runs in the peers' own virtual environment.

`peers.py TOOL GLOB [--answers DIR]` reads the files, groups them and prints the counts as JSON; with `--answers` it
also writes every row, so that answers can be compared. Without a glob it starts the tool and ends.

Each tool reads the nine fields once, with the types that keep their values (seeds are unsigned 64-bit integers), into
a table of its own, and groups that twice: the fastest way of those tried (reading twice, grouping sets, groups of
groups).
"""

import argparse
import glob
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

INTEGERS = {"ts_unix_ms": "signed", "seed": "unsigned"}
FIELDS = [
    "ts_unix_ms",
    "suite_id",
    "scenario_id",
    "packet_id",
    "mode",
    "seed",
    "env_fingerprint",
    "outcome",
    "reason_code",
]
SCENARIO = ["packet_id", "suite_id", "scenario_id", "mode"]
INCIDENT = [*SCENARIO, "reason_code"]
HISTORY = [*SCENARIO, "env_fingerprint", "seed"]

Rows = list[tuple[object, ...]]


class Answer(NamedTuple):
    """Counts, and every row where asked for."""

    counts: dict[str, int]
    incidents: Rows
    histories: Rows


def _sql(runs: str) -> tuple[str, str, str]:
    """The two groupings of a table `r`, and the totals of the second, which is a table `h`; `runs` counts runs."""
    incident, history = ", ".join(INCIDENT), ", ".join(HISTORY)
    return (
        f"select {incident}, count(*), min(ts_unix_ms), max(ts_unix_ms), {runs} from r "
        f"where outcome <> 'pass' group by {incident}",
        f"select {history}, count(*) as n, sum(case when outcome <> 'pass' then 1 else 0 end) as f from r "
        f"group by {history}",
        "select count(*), sum(n), sum(f) from h",
    )


def _columns(words: dict[str, str]) -> dict[str, str]:
    return {field: words[INTEGERS.get(field, "text")] for field in FIELDS}


def duckdb(pattern: str | None, wants_rows: bool) -> Answer | None:
    """DuckDB."""
    import duckdb

    if pattern is None:
        return None
    connection = duckdb.connect()
    columns = _columns({"signed": "BIGINT", "unsigned": "UBIGINT", "text": "VARCHAR"})
    connection.execute(
        "create temp table r as select * from "
        f"read_json('{pattern}', format='newline_delimited', columns={columns}, filename=true)"
    )
    incidents, histories, totals = _sql("count(distinct filename)")
    connection.execute(f"create temp table h as {histories}")
    rows = connection.execute(incidents).fetchall()
    keys, records, failures = connection.execute(totals).fetchone() or (0, 0, 0)
    counts = {"records": int(records), "failures": int(failures), "keys": keys, "incidents": len(rows)}
    return Answer(counts, rows, connection.execute("select * from h").fetchall() if wants_rows else [])


def chdb(pattern: str | None, wants_rows: bool) -> Answer | None:
    """ClickHouse in process."""
    from chdb.session import Session

    session = Session()
    if pattern is None:
        return None

    def rows(query: str) -> Rows:
        return [tuple(json.loads(line)) for line in str(session.query(query, "JSONCompactEachRow")).splitlines()]

    columns = _columns({"signed": "Int64", "unsigned": "UInt64", "text": "String"})
    structure = ", ".join(f"{field} {kind}" for field, kind in columns.items())
    session.query("set input_format_skip_unknown_fields = 1, output_format_json_quote_64bit_integers = 0")
    session.query(
        "create table r engine = Memory as select *, _file as run "
        f"from file('{pattern}', 'JSONEachRow', '{structure}') settings input_format_skip_unknown_fields = 1"
    )
    incidents, histories, totals = _sql("uniqExact(run)")
    session.query(f"create table h engine = Memory as {histories}")
    found = rows(incidents)
    keys, records, failures = (int(str(value)) for value in rows(totals)[0])
    counts = {"records": records, "failures": failures, "keys": keys, "incidents": len(found)}
    return Answer(counts, found, rows("select * from h") if wants_rows else [])


def polars(pattern: str | None, wants_rows: bool) -> Answer | None:
    """polars, its streaming engine."""
    import polars

    if pattern is None:
        return None
    schema = _columns({"signed": "Int64", "unsigned": "UInt64", "text": "String"})
    types = {field: getattr(polars, kind) for field, kind in schema.items()}
    paths = sorted(glob.glob(pattern))
    read = polars.scan_ndjson(paths, schema=types, include_file_paths="run").collect(engine="streaming").lazy()
    fails = polars.col("outcome") != "pass"
    time_ms = polars.col("ts_unix_ms")
    of_incident = [polars.len(), time_ms.min().alias("a"), time_ms.max().alias("b"), polars.col("run").n_unique()]
    incidents, histories = polars.collect_all(
        [
            read.filter(fails).group_by(INCIDENT).agg(of_incident),
            read.group_by(HISTORY).agg(polars.len().alias("n"), fails.sum().alias("f")),
        ],
        engine="streaming",
    )
    counts = {
        "records": histories["n"].sum(),
        "failures": histories["f"].sum(),
        "keys": histories.height,
        "incidents": incidents.height,
    }
    return Answer(counts, incidents.rows(), histories.rows() if wants_rows else [])


TOOLS = {"duckdb": duckdb, "chdb": chdb, "polars": polars}


def _write(path: Path, rows: Iterable[tuple[object, ...]]) -> None:
    lines = sorted("\t".join(map(str, row)) for row in rows)
    path.write_text("".join(line + "\n" for line in lines))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("pattern", nargs="?")
    parser.add_argument("--answers", type=Path)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    answer = TOOLS[arguments.tool](arguments.pattern, arguments.answers is not None)
    if answer is None:
        return
    print(json.dumps(answer.counts | {"inside_s": time.perf_counter() - begun}))
    if arguments.answers is not None:
        _write(arguments.answers / "incidents.tsv", answer.incidents)
        _write(arguments.answers / "histories.tsv", answer.histories)


if __name__ == "__main__":
    main()
