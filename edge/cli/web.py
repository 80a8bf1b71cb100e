"""classroom-edge web: run the web process, or set passwords and the certificate of the pages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from edge.cli.sub_actions import add_action
from edge.config.load import load
from edge.config.model import Config
from edge.config.network_addresses import board_addresses, page_addresses
from edge.config.toml_files import find_config_file
from edge.i18n import Language, reader_language, translate
from edge.service import exit_codes, logs
from edge.service.service_runner import serve
from edge.web import process, tls
from edge.web.access import first_use
from edge.web.access.accounts import AccountFile, UnusableName, UnusablePassword
from edge.web.access.roles import STAFF, Role

NAME = "web"
HELP = translate("web.help", reader_language())
_ROLES = [role.value for role in Role if role in STAFF]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions, each with its own help, and examples."""
    language = reader_language()
    parser.epilog = translate("web.examples", language)
    actions = parser.add_subparsers(dest="action", metavar="|".join(_ACTIONS), help=translate("web.actions", language))
    password = add_action(actions, NAME, "password", language)
    password.add_argument("name", metavar="NAME", help=translate("web.password-name", language))
    password.add_argument("--role", choices=_ROLES, help=translate("web.password-role", language))
    add_action(actions, NAME, "accounts", language)
    remove = add_action(actions, NAME, "remove", language)
    remove.add_argument("name", metavar="NAME", help=translate("web.password-name", language))
    add_action(actions, NAME, "code", language)
    add_action(actions, NAME, "addresses", language)
    certificate = add_action(actions, NAME, "certificate", language)
    what = certificate.add_mutually_exclusive_group()
    what.add_argument("--request", action="store_true", help=translate("web.certificate-request", language))
    what.add_argument("--install", metavar="FILE", type=Path, help=translate("web.certificate-install", language))


def run(args: argparse.Namespace) -> int:
    """Serve the pages until SIGTERM, or carry out an action: good, bad (it was not there) or wrong."""
    config = load(find_config_file(args.config), frozenset())
    if args.action is None:
        logs.configure(NAME)
        return serve(NAME, process.run(config))
    language = reader_language(config.room.language)
    try:
        return _ACTIONS[args.action](args, config, language)
    except OSError as error:
        return _fail("no-folder", language, exit_codes.WRONG, folder=error.filename or config.web.state, reason=error)


def _set_password(args: argparse.Namespace, config: Config, language: Language) -> int:
    name = args.name
    role = args.role or (name if name in _ROLES else None)
    if role is None:
        return _fail("no-role", language, exit_codes.WRONG, name=name)
    try:
        password = _typed(name, language)
        if password is None:
            return _fail("password-differs", language, exit_codes.WRONG)
        AccountFile(config.web.state).set_password(name, Role(role), password)
    except UnusableName:
        return _fail("wrong-name", language, exit_codes.WRONG)
    except UnusablePassword:
        return _fail("wrong-password", language, exit_codes.WRONG)
    print(translate("web.password-set", language, name=name, role=translate(f"pages.role-{role}", language)))
    return exit_codes.GOOD


def _typed(name: str, language: Language) -> str | None:
    """The password: twice the same on a terminal, else a line of standard input; None where the two differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass(translate("web.password-prompt", language, name=name))
    return password if getpass(translate("web.password-again", language)) == password else None


def _list_accounts(_args: argparse.Namespace, config: Config, language: Language) -> int:
    accounts = AccountFile(config.web.state).all()
    for account in accounts.values():
        print(f"{account.name}\t{translate(f'pages.role-{account.role}', language)}")
    if not accounts:
        print(translate("web.accounts-none", language))
    return exit_codes.GOOD


def _remove(args: argparse.Namespace, config: Config, language: Language) -> int:
    if not AccountFile(config.web.state).remove(args.name):
        return _fail("no-account", language, exit_codes.BAD, name=args.name)
    print(translate("web.removed", language, name=args.name))
    return exit_codes.GOOD


def _show_code(_args: argparse.Namespace, config: Config, language: Language) -> int:
    try:
        code = (config.web.state / first_use.NAME).read_text()
    except FileNotFoundError:
        return _fail("code-none", language, exit_codes.BAD)
    print(translate("web.code-shown", language, code=code))
    return exit_codes.GOOD


def _show_addresses(_args: argparse.Namespace, config: Config, language: Language) -> int:
    for key, addresses in (("pages", page_addresses(config)), ("board", board_addresses(config))):
        print(translate(f"web.addresses-{key}", language), *addresses, sep="\n  ")
    return exit_codes.GOOD


def _certificate(args: argparse.Namespace, config: Config, language: Language) -> int:
    folder = config.web.state / tls.FOLDER
    if args.request:
        print(tls.certificate_request(folder, tls.names(config)).decode(), end="")
        return exit_codes.GOOD
    if args.install is not None:
        try:
            tls.install_certificate(folder, args.install.read_bytes())
        except tls.WrongCertificate as wrong:
            return _fail(f"certificate-{wrong.why}", language, exit_codes.BAD, file=args.install)
        print(translate("web.certificate-installed", language))
        return exit_codes.GOOD
    try:
        certificate = tls.installed_certificate(folder)
    except FileNotFoundError:
        return _fail("certificate-none", language, exit_codes.BAD)
    except ValueError as error:
        return _fail("certificate-damaged", language, exit_codes.BAD, reason=error)
    facts = {
        "names": ", ".join(tls.certified_names(certificate)),
        "issuer": certificate.issuer.rfc4514_string(),
        "until": certificate.not_valid_after_utc.date(),
        "fingerprint": tls.fingerprint(certificate),
    }
    print(translate("web.certificate-shown", language, **facts))
    return exit_codes.GOOD


def _fail(key: str, language: Language, code: int, **values: object) -> int:
    print(translate(f"web.{key}", language, **values), file=sys.stderr)
    return code


_ACTIONS: dict[str, Callable[[argparse.Namespace, Config, Language], int]] = {
    "password": _set_password,
    "accounts": _list_accounts,
    "remove": _remove,
    "code": _show_code,
    "addresses": _show_addresses,
    "certificate": _certificate,
}
