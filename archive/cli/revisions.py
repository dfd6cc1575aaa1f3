"""`nianbao reread` and `nianbao revisions`: the maintainer's way from a better parser to what researchers see."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import json_option, print_json, print_table, printable, progress, say
from archive.config import Config
from archive.errors import StorageFailedError, UsageError

if TYPE_CHECKING:
    from archive.operate.revisions import Step  # imported where they are used, for a quick --help
    from archive.reading import Summary

GROUPS = ("indicator", "form", "portal", "media-type")
SHOWN = 5  # cells of each group, where nobody says how many


@click.command()
@click.option(
    "--pending/--all", "pending", default=True, help="What has no reading yet (default), or that and the rest."
)
@click.option("--revision-below", "below", type=click.IntRange(1), help="Only what was last read under a lower one.")
@click.option("--form", help="Only what was read as of this form: 2019, 2021.")
@click.option("--media-type", help="Only what was read as of this type: application/pdf.")
@click.option("--portal", help="Only what this portal showed.")
@click.option("--ids", type=click.Path(path_type=Path), help="Only these payloads: a file with a SHA-256 a line.")
@click.option("--workers", type=click.IntRange(1), help="Reading processes; default from the settings.")
@click.option("--spread", is_flag=True, help="Have `nianbao worker` read, on every machine where one runs.")
@json_option
@click.pass_obj
def reread(
    config: Config,
    pending: bool,
    below: int | None,
    form: str | None,
    media_type: str | None,
    portal: str | None,
    ids: Path | None,
    workers: int | None,
    spread: bool,
    as_json: bool,
) -> int:
    """Read stored payloads under the code's revision, beside the old readings; `revisions promote` makes it current.

    Interrupted, it goes on where it stopped. --all compares what the revision has read already with what it reads now.

    \b
    Examples:
      nianbao reread && nianbao revisions diff
      nianbao reread --media-type application/pdf --portal 360982-zhangshu
      nianbao reread --spread          several machines, each with a `nianbao worker`
    """
    from archive import reading
    from archive.operate import rereading
    from archive.records.session import open_engine
    from archive.records.waiting import Wanted

    wanted = Wanted(below, form, media_type, portal, None if ids is None else digests(ids))
    if spread and not pending:
        raise UsageError("--spread hands out what is not read yet; run --all on each machine that has WARC files")
    if spread:
        config.require_shared()
    with open_engine(config.home, config.database_url) as engine, progress("reading") as tell:
        here = (engine, config.storage, workers or config.workers, tell, wanted)
        done = rereading.spread(*here, say) if spread else reading.reread(*here, every=not pending)
    return told(done, as_json)


def digests(path: Path) -> frozenset[str]:
    """Gives the digests in a file, one a line; what follows # is a remark. Raises UsageError naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from error
    found = set()
    for number, line in enumerate(lines, 1):
        said = line.partition("#")[0].strip().lower()
        if said and not re.fullmatch(r"[0-9a-f]{64}", said):
            raise UsageError(f"{path}, line {number}: {said!r} is no SHA-256 of 64 hexadecimal digits")
        found |= {said} - {""}
    return frozenset(found)


def told(done: Summary, as_json: bool) -> int:
    """Prints what reading again did; gives the exit code."""
    if as_json:
        numbers = {"revision": done.revision, "read": done.read, "failed": done.failed, "same": done.same}
        print_json(numbers | {"unlike": list(done.unlike), "elsewhere": list(done.elsewhere), "current": done.current})
    else:
        click.echo(f"revision {done.revision}: {done.read} read, {done.failed} unreadable")
        if done.same:
            click.echo(f"{done.same} read again, as before")
    if done.current != done.revision:
        say(f"researchers see revision {done.current}: `nianbao revisions diff`, then `nianbao revisions promote`")
    for digest in done.unlike:
        say(f"{digest} reads otherwise now, and revision {done.revision} answers already: raise REVISION")
    if done.elsewhere:
        say(
            f"{len(done.elsewhere)} WARC files are not here, for instance {done.elsewhere[0]}; run this on the machines"
            " that have them"
        )
    return 3 if done.elsewhere or done.unlike else 0


@click.group()
def revisions() -> None:
    """What another revision of the reading code reads; making it current, and taking that back."""


@revisions.command()
@json_option
@click.pass_obj
def status(config: Config, as_json: bool) -> int:
    """Show the revisions there are, how much each has read, and which one researchers see.

    \b
    Examples:
      nianbao revisions status
    """
    from archive.cli.research import archive_of
    from archive.plain import time_text
    from archive.read import REVISION
    from archive.records.revisions import known_revisions

    with archive_of(config) as connection:
        found = known_revisions(connection)
    for one in found if as_json else ():
        times = {"opened": time_text(one.opened_at), "promoted": time_text(one.promoted_at)}
        counts = {"readings": one.read, "failed": one.failed, "pending": one.pending}
        named = {"revision": one.number, "current": one.current, "code": one.number == REVISION}
        print_json({**named, **counts, **times, "replaced": one.replaced})
    if not as_json:
        rows = [
            (
                one.number,
                "current" if one.current else "",
                one.read,
                one.failed,
                one.pending,
                time_text(one.promoted_at),
            )
            for one in found
        ]
        columns = ("revision", "", "payloads read", "unreadable", "pending", "promoted")
        print_table(columns, rows, right=("payloads read", "unreadable", "pending"))
        click.echo(f"this code reads under revision {REVISION}")
    return 0


@revisions.command()
@click.option("--from", "old", type=click.IntRange(1), help="Revision; default the current one.")
@click.option("--to", "new", type=click.IntRange(1), help="Revision; default the code's.")
@click.option("--by", type=click.Choice(GROUPS), help="Count the cells by this.")
@click.option("--sample", type=click.IntRange(0), help="At most so many cells of each kind and group.")
@click.option("--html", type=click.Path(path_type=Path), help="Write a page to read.")
@json_option
@click.pass_obj
def diff(
    config: Config,
    old: int | None,
    new: int | None,
    by: str | None,
    sample: int | None,
    html: Path | None,
    as_json: bool,
) -> int:
    """Show what a revision reads otherwise: cells, identities, agencies and years, each with the place of its bytes.

    \b
    Examples:
      nianbao revisions diff --by form
      nianbao revisions diff --sample 20 --html effect.html
      nianbao revisions diff --json | jq '.lost[] | .indicator'
    """
    from archive.cli.research import archive_of
    from archive.operate.revisions import step_between
    from archive.records.revisions import known_revisions
    from archive.research.revision_report import effect_json, page
    from archive.research.revisions import effect

    with archive_of(config) as connection:
        step = step_between(connection, old, new)
        waiting = next(one.pending for one in known_revisions(connection) if one.number == step[1])
        found = effect(connection, *step)
    if waiting:
        say(f"{waiting} payloads are not read under revision {step[1]} yet; they are left out")
    if html:
        try:
            html.write_text(page(found, by or "indicator", SHOWN if sample is None else sample), encoding="utf-8")
        except OSError as error:
            raise StorageFailedError(f"cannot write {html}: {error.strerror or error}") from error
        say(f"written: {html}")
    if as_json:
        print_json(effect_json(found, by, sample))
    else:
        print_effect(effect_json(found, by or "indicator", SHOWN if sample is None else sample))
    return 0


def print_effect(told: dict[str, Any]) -> None:
    """Prints an effect for people."""
    counts, checks = told["counts"], told["checks"]
    click.echo(
        f"revision {told['from']} → {told['to']}: {counts['lost']} cells lost, {counts['gained']} gained,"
        f" {counts['changed']} changed; identities: {len(checks['newly_failing'])} newly fail,"
        f" {len(checks['newly_holding'])} newly hold; {len(told['documents'])} reports of another agency or year"
    )
    if told["groups"]:
        rows = [tuple(group.values()) for group in told["groups"]]
        print_table((told["by"], "gained", "lost", "changed"), rows, right=("gained", "lost", "changed"))
    for change in ("lost", "gained", "changed"):
        rows = [(cell["indicator"], printed(cell["old"]), printed(cell["new"]), *whose(cell)) for cell in told[change]]
        if rows:
            print_table((change, "old", "new", "report", "sha256", "WARC file", "offset"), rows, right=("offset",))
    for kind in ("newly_failing", "newly_holding"):
        rows = [(one["identity"], *whose(one)) for one in checks[kind]]
        if rows:
            print_table((kind.replace("_", " "), "report", "sha256", "WARC file", "offset"), rows, right=("offset",))
    for one in told["documents"]:
        sides = (f"{one[side]['agency']} {one[side]['year']}" for side in ("old", "new"))
        click.echo(printable(f"{' → '.join(sides)}: {one['url']} {one['sha256']}"))
    print_stands(told["overrides"])


def whose(one: dict[str, Any]) -> tuple[str, str, str, int]:
    """Gives the report and the place of its bytes."""
    return f"{one['agency']} {one['year']}", one["sha256"], one["warc_file"], one["offset"]


def printed(side: dict[str, Any] | None) -> str:
    """Gives one side of a cell: the value, else the status."""
    return "" if side is None else str(side["value"] or f"({side['status']})")


def print_stands(stands: Sequence[dict[str, Any]]) -> None:
    """Prints the corrections that the new readings contradict, agree with, or leave without a report."""
    for one in stands:
        value, now = one["value"] or "no number", printed(one["new"]) or "nothing"
        words = {
            "contradicts": f"it reads {now}",
            "agrees": "it reads the same now",
            "silent": "it reads no cell there",
        }
        moved = "; its report is one of another agency or year now" if one["moved"] else ""
        say(
            printable(
                f"correction of {one['agency']} {one['year']}, {one['indicator']}: {one['author']} says {value};"
                f" {words[one['says']]}{moved}"
            )
        )


@revisions.command()
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--gate", type=click.Path(path_type=Path), help="A gate file: reasons, recorded cases.")
@json_option
@click.pass_obj
def promote(config: Config, number: int | None, gate: Path | None, as_json: bool) -> int:
    """Make revision NUMBER (default: the code's) the one that researchers see, all at once, if the gate lets it.

    \b
    Examples:
      nianbao revisions promote
      nianbao revisions promote --gate gate.toml
    """
    from archive.operate.gate import Gate, load
    from archive.operate.revisions import promote as run
    from archive.records.session import open_engine

    demanded = load(gate) if gate else Gate()
    with open_engine(config.home, config.database_url) as engine:
        done = run(engine, config, number, demanded)
    return print_step(done, as_json)


@revisions.command()
@json_option
@click.pass_obj
def rollback(config: Config, as_json: bool) -> int:
    """Make the revision current again that was before the last promotion, all at once.

    \b
    Examples:
      nianbao revisions rollback
    """
    from archive.operate.revisions import rollback as run
    from archive.records.session import open_engine

    with open_engine(config.home, config.database_url) as engine:
        done = run(engine, config)
    return print_step(done, as_json)


def print_step(done: Step, as_json: bool) -> int:
    """Prints what became of a promotion or a rollback; gives the exit code: 4 where the gate refused it."""
    from archive.research.revision_report import effect_json

    told = effect_json(done.effect, sample=0) if done.effect else None
    stands = told["overrides"] if told else []
    if as_json:
        named = {"from": done.old, "to": done.new, "promoted": done.promoted, "refused": list(done.refused)}
        print_json(named | ({"counts": told["counts"], "overrides": stands} if told else {}))
    elif done.promoted:
        click.echo(f"researchers see revision {done.new} now, in place of {done.old}")
    elif not done.refused:
        click.echo(f"revision {done.new} was current already")
    print_stands(stands)
    for line in done.refused:
        say(printable(f"refused: {line}"))
    if done.refused:
        say(f"revision {done.old} stays current")
    return 4 if done.refused else 0
