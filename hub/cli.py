"""The `hub` command: arguments only; each command's work is where its name says."""

import argparse
import logging
import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub import __version__

_LANGUAGES = ("kk", "ru", "en")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code: 0 done, 1 failed, 2 wrong arguments or configuration."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        code: int = options.work(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has gone, as `head` does: nobody is left to be told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hub", description="Safety hub of one school")
    parser.add_argument("--version", action="version", version=f"hub {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, work: object, text: str, *, configured: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(work=work)
        if configured:
            sub.add_argument("-c", "--config", type=Path, default=Path("hub.yaml"), metavar="F", help="hub.yaml")
        return sub

    command("run", _run, "run the hub: core and page")
    page = command("page", _page, "run the page alone, on the store of a hub")
    page.add_argument("--core", type=int, default=0, metavar="PID", help="give way when another core than this runs")
    command("check", _check, "check the configuration: exit 0, or 2 with every error")
    _adopt_options(command("adopt", _adopt, "list devices that announce themselves, or give one of them a room"))
    datamap = command("datamap", _datamap, "what is measured where, kept how long and sent to whom, as Markdown")
    datamap.add_argument("--lang", choices=_LANGUAGES, help="language; the school's by default")
    pin = command("pin", _pin, "make the hash of a person's PIN for secrets.yaml", configured=False)
    pin.add_argument("--stdin", action="store_true", help="read the PIN from standard input, for scripts")
    password = command("password", _password, "make the hash of a password for secrets.yaml", configured=False)
    password.add_argument("--stdin", action="store_true", help="read the password from standard input, for scripts")
    totp = command("totp", _totp, "make the key of an authenticator for secrets.yaml", configured=False)
    totp.add_argument("name", metavar="NAME", help="whose it is: the authenticator shows it")
    backup = command("backup", _backup, "save store, configuration and secrets in one file, while the hub runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the backup to write, such as hub-2026-11-24.tar.gz")
    restore = command("restore", _restore, "put a backup back on a machine that has none of it yet")
    restore.add_argument("file", type=Path, metavar="FILE", help="a file that `hub backup` wrote")
    restore.add_argument("--store", type=Path, default=None, metavar="F", help="where the store goes")
    doctor = command("doctor", _doctor, "look at everything the hub depends on, and say in plain words what is wrong")
    doctor.add_argument("--offline", action="store_true", help="leave out what needs the network")
    install = command("install", _install, "set the hub up as a service of this machine, with its broker")
    install.add_argument(
        "--root", type=Path, default=None, metavar="DIR", help="write the files below DIR, start nothing"
    )
    _demo_options(command("demo", _demo, "a simulated school with page and headquarters console", configured=False))
    bench = command("bench", _bench, "measure the hub against the bare floor on this machine", configured=False)
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON as well")
    bench.add_argument("--quick", action="store_true", help="fewer rounds, rougher figures")
    _verify_options(command("verify", _verify, "verify a store's journal, or an inspection pack"))
    _report_options(command("report", _report, "make a signed inspection pack"))
    return parser


def _report_options(report: argparse.ArgumentParser) -> None:
    report.add_argument("--lang", choices=_LANGUAGES, help="language of the act; the school's by default")
    report.add_argument("--out", type=Path, metavar="FILE.zip", help="where to write it; by school and date by default")
    report.add_argument("--days", type=int, default=365, metavar="N", help="length of the period")
    report.add_argument("--by", default="", metavar="NAME", help="who inspects: kept in the journal")
    report.add_argument("--fingerprint", action="store_true", help="print the fingerprint of the hub's key, no pack")


def _adopt_options(adopt: argparse.ArgumentParser) -> None:
    adopt.add_argument("name", nargs="?", default="", metavar="NAME", help="the new device, as the list names it")
    adopt.add_argument("--zone", default="", metavar="Z", help="the zone it is in")
    adopt.add_argument("--kind", default="", choices=("panic", "door", "lighting", "restroom"), help="what it is")
    adopt.add_argument("--id", default="", metavar="ID", help="its id, if not the proposed one")
    adopt.add_argument("--label", default="", metavar="TEXT", help="what people read of it")


def _verify_options(verify: argparse.ArgumentParser) -> None:
    verify.add_argument("pack", nargs="?", type=Path, metavar="FILE.zip", help="an inspection pack")
    verify.add_argument("--store", type=Path, metavar="FILE", help="a store, where its hub.yaml is not at hand")
    verify.add_argument("--key", metavar="FINGERPRINT", help="the key that must have signed the pack")
    verify.add_argument(
        "--hq-secret", type=Path, metavar="FILE", help="headquarters' webhook secret, to check receipts"
    )
    verify.add_argument(
        "--hq-log", type=Path, metavar="FILE", help="heartbeats as headquarters logged them, JSON lines"
    )


def _demo_options(demo: argparse.ArgumentParser) -> None:
    demo.add_argument("--lang", choices=_LANGUAGES, default=_language(os.environ), help="language of the page")
    demo.add_argument("--speed", type=int, default=60, help="how much faster than life the school day passes")
    demo.add_argument("--port", type=int, default=8080, help="port of the page")
    demo.add_argument("--hq-port", type=int, default=8090, help="port of the headquarters console")
    demo.add_argument("--dir", type=Path, default=None, help="keep the demonstration's files and history here")


def _language(environ: Mapping[str, str]) -> str:
    """What the terminal speaks (POSIX, "Internationalization Variables"), where the hub speaks it too; else Kazakh."""
    speech = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
    return speech[:2] if speech[:2] in _LANGUAGES else "kk"


def _run(options: argparse.Namespace) -> int:
    from hub.app import run
    from hub.config.check import load_or_explain
    from hub.store.beat import AlreadyRunning

    config = load_or_explain(options.config)
    if config is None:
        return 2
    try:
        anew = run(config)
    except (AlreadyRunning, OSError) as error:
        print(f"hub: can't start: {error}", file=sys.stderr)
        return 1
    if anew:
        os.execv(sys.executable, [sys.executable, "-m", "hub.cli", "run", "-c", str(options.config)])
    return 0


def _page(options: argparse.Namespace) -> int:
    from hub.config.check import load_or_explain
    from hub.web.serve import serve

    config = load_or_explain(options.config)
    if config is None:
        return 2
    try:
        serve(config, options.core)
    except OSError as error:
        print(f"hub: the page can't listen on {config.web.host}:{config.web.port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _check(options: argparse.Namespace) -> int:
    from hub.config.check import check

    return check(options.config)


def _pin(options: argparse.Namespace) -> int:
    from hub.ops.credentials import make_pin

    return make_pin(from_stdin=options.stdin)


def _password(options: argparse.Namespace) -> int:
    from hub.ops.credentials import make_password

    return make_password(from_stdin=options.stdin)


def _totp(options: argparse.Namespace) -> int:
    from hub.ops.credentials import make_totp

    return make_totp(options.name)


def _datamap(options: argparse.Namespace) -> int:
    from hub.config.check import load_or_explain
    from hub.web.datamap import as_text, data_map

    config = load_or_explain(options.config)
    if config is None:
        return 2
    print(as_text(data_map(config, options.lang or config.site.language)))
    return 0


def _adopt(options: argparse.Namespace) -> int:
    from hub.adopt.command import run_adopt

    return run_adopt(options)


def _report(options: argparse.Namespace) -> int:
    from hub.report.command import run_report

    return run_report(options)


def _verify(options: argparse.Namespace) -> int:
    from hub.report.command import run_verify

    return run_verify(options)


def _backup(options: argparse.Namespace) -> int:
    from hub.config.check import load_or_explain
    from hub.ops.backup import back_up

    config = load_or_explain(options.config)
    if config is None:
        return 2
    try:
        left_out = back_up(config, options.file)
    except (OSError, sqlite3.Error) as error:
        print(f"hub: no backup was made: {error}", file=sys.stderr)
        return 1
    print(f"{options.file} holds everything, secrets too: keep it where only you can read it")
    for path in left_out:
        print(f"  but not {path}: it is outside of the folder of hub.yaml, keep it yourself")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from hub.config.model import Store
    from hub.ops.backup import NotRestored, restore
    from hub.store.beat import AlreadyRunning

    try:
        written = restore(options.file, options.store or Store().path, options.config)
    except (NotRestored, AlreadyRunning, OSError) as error:
        print(f"hub: nothing was restored: {error}", file=sys.stderr)
        return 1
    for path in written:
        print(path)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from hub.ops.doctor import examine

    return examine(options.config, offline=options.offline)


def _install(options: argparse.Namespace) -> int:
    from hub.config.check import load_or_explain
    from hub.ops.install import NotInstalled, install

    config = load_or_explain(options.config)
    if config is None:
        return 2
    try:
        install(config, options.root)
    except (NotInstalled, OSError) as error:
        print(f"hub: not installed: {error}", file=sys.stderr)
        return 1
    return 0


def _demo(options: argparse.Namespace) -> int:
    from hub.sim.demo import run_demo

    return run_demo(options)


def _bench(options: argparse.Namespace) -> int:
    from hub.ops.bench import run_bench

    return run_bench(options.json, quick=options.quick)


if __name__ == "__main__":
    sys.exit(main())
