"""The `nianbao` command: one module per group of commands, imported only when asked for.

stdout is the result, stderr progress and log. Exit codes: design of the errors in `archive.errors`; 130 interrupted.
"""

import importlib
import sys
from collections.abc import Sequence

import click

from archive.errors import NianbaoError

COMMANDS = {
    "demo": ("archive.cli.demo", "demo", "Crawl the demo portals, read their reports, show what was found."),
    "init": (
        "archive.cli.setup",
        "init",
        "Write a commented nianbao.toml and make the archive's folders and database.",
    ),
    "doctor": ("archive.cli.setup", "doctor", "Check everything the archive needs on this machine."),
    "serve": ("archive.cli.serve", "serve", "Serve the archive's pages on this machine."),
    "portals": ("archive.cli.portals", "portals", "Propose, list, check, pause portals."),
    "agencies": ("archive.cli.agencies", "agencies", "Which division an agency is; what a person must settle."),
    "nightly": ("archive.cli.nightly", "nightly", "Crawl what is due, read what is new, tell of the night once."),
    "worker": ("archive.cli.worker", "worker", "Crawl what a night spreads over several machines."),
    "alerts": ("archive.cli.nightly", "alerts", "Make sure that a night's alerts arrive."),
    "crawl": ("archive.cli.crawl", "crawl", "Crawl portals, read what is new, say what changed."),
    "import": ("archive.cli.imports", "import_", "Take in files and what other crawlers captured (WARC, WACZ)."),
    "retry": ("archive.cli.crawl", "retry", "Ask again for what failed in the last crawl."),
    "runs": ("archive.cli.crawl", "runs", "Past crawls and what they did."),
    "verify": ("archive.cli.verify", "verify", "Re-hash the stored bytes and compare them with the index."),
    "rebuild": ("archive.cli.rebuild", "rebuild", "Make the database anew from the WARC files."),
    "upload": ("archive.cli.verify", "upload", "Bring WARC files that wait into the object store."),
    "read": ("archive.cli.read", "read", "Read files; touches no database and no network."),
    "reread": ("archive.cli.revisions", "reread", "Read everything stored again under the code's revision."),
    "revisions": (
        "archive.cli.revisions",
        "revisions",
        "What another revision reads; make it current, take that back.",
    ),
    "override": ("archive.cli.override", "override", "Correct a figure, with a note; readings never touch it."),
    "find": ("archive.cli.find", "find", "Find reports by agency, year, words in the text."),
    "show": ("archive.cli.research", "show", "Show one report with its figures and where they come from."),
    "history": ("archive.cli.research", "history", "When a report was seen in which version; restatements."),
    "diff": ("archive.cli.research", "diff", "What two versions of a report say differently."),
    "coverage": ("archive.cli.coverage", "coverage", "Which reports are held of those that there should be; gaps."),
    "checks": ("archive.cli.checks", "checks", "How often the accounting identities hold, and where they fail."),
    "compare": ("archive.cli.compare", "compare", "Indicators of a few agencies or divisions over the years."),
    "export": ("archive.cli.exports", "export", "Write figures as files."),
    "codebook": ("archive.cli.codebook", "codebook", "What each indicator measures, and why it is missing."),
    "release": ("archive.cli.release", "release", "Freeze the data in a folder; prove it, compare it with another."),
    "cite": ("archive.cli.cite", "cite", "The reference to a report or a release."),
    "wacz": ("archive.cli.packages", "wacz", "Write a part of the archive as a WACZ package, for replay elsewhere."),
    "cdxj": ("archive.cli.packages", "cdxj", "Write a CDXJ index of the WARC files."),
    "db": ("archive.cli.db", "db", "Start, stop, upgrade and check the database."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is run, so that help is quick."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Gives the commands in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Gives a command, loaded."""
        if name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nianbao", prog_name="nianbao")
@click.pass_context
def nianbao(context: click.Context) -> None:
    """Nianbao (年报): an archive of annual reports on government-information disclosure.

    \b
    Examples:
      nianbao demo                       crawl the demo portals and look around
      nianbao show 青石镇 2023           one report, its figures and their provenance
    """
    if context.invoked_subcommand and not any(flag in sys.argv for flag in context.help_option_names):
        from archive.config import load

        context.obj = load()


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command and exits with its code; errors of ours are a line on stderr, never a traceback."""
    try:
        code = nianbao.main(arguments, prog_name="nianbao", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except NianbaoError as error:
        click.echo(f"nianbao: {error}", err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("nianbao: interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001  the outermost edge: a defect of ours, told in a line
        click.echo(f"nianbao: unexpected {type(error).__name__}; please report it with {report_of(error)}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def report_of(error: Exception) -> str:
    """Gives the file into which the details of an unexpected error were written."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="nianbao-", suffix=".txt", delete=False, encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return file.name
