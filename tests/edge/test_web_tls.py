"""The certificate of the pages: the box's own, and a CA's for the box's request; and the command that handles it."""

from __future__ import annotations

import datetime
import io
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge.cli.main import main
from edge.config.load import load
from edge.config.model import Config
from edge.web import tls

DAY = datetime.timedelta(days=1)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "config.toml"
    file.write_text('[room]\nschool = "hill"\nroom = "r1"\nlanguage = "en"\n[web]\nstate = "state"\n')
    (tmp_path / "state").mkdir()
    return load(file, frozenset())


class County:
    """A CA."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "county")])
        self.certificate = self.signed(self.name, self.key.public_key(), is_ca=True)

    def signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        *,
        is_ca: bool = False,
        until: datetime.datetime | None = None,
    ) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 10 * DAY)
            .not_valid_after(until or now + 10 * DAY)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )

    def answer(self, request: bytes, until: datetime.datetime | None = None) -> bytes:
        """The certificate for a request."""
        asked = x509.load_pem_x509_csr(request)
        assert asked.is_signature_valid
        key = asked.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        names = asked.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        built = self.signed(asked.subject, key, until=until).add_extension(names, critical=False)
        return built.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def root(self) -> str:
        return self.certificate.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """One handshake over a socket pair; ssl.SSLError where the client does not trust it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:

        def serve() -> None:
            try:
                server.wrap_socket(ours, server_side=True).close()
            except (ssl.SSLError, OSError):
                ours.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            client.wrap_socket(theirs, server_hostname=name).close()
        finally:
            theirs.close()
            thread.join()


def test_a_certificate_is_made_once_for_the_names_of_the_box(config: Config) -> None:
    context = tls.server_context(config)
    folder = config.web.state / tls.FOLDER
    made = (folder / tls.CERTIFICATE).read_bytes()
    trusting = ssl.create_default_context(cadata=made.decode())
    for name in ("hill-r1.local", "localhost"):
        shake_hands(context, trusting, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(context, trusting, "other.local")
    tls.server_context(config)
    assert (folder / tls.CERTIFICATE).read_bytes() == made
    told = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", folder / tls.CERTIFICATE],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.strip().endswith(tls.fingerprint(tls.installed_certificate(folder)))


def test_the_countys_certificate_takes_the_place_of_the_boxes_own(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")
    tls.server_context(config)
    assert main(["web", "certificate", "--request"]) == 0
    request = capsys.readouterr().out.encode()
    assert b"PRIVATE" not in request
    county, file = County(), tmp_path / "box.pem"
    file.write_bytes(county.answer(request))
    assert main(["web", "certificate", "--install", str(file)]) == 0
    shake_hands(tls.server_context(config), ssl.create_default_context(cadata=county.root()), "hill-r1.local")
    assert main(["web", "certificate"]) == 0
    assert "CN=county" in capsys.readouterr().out


def test_what_is_no_certificate_for_this_box_is_refused_and_the_old_one_stays(config: Config, tmp_path: Path) -> None:
    tls.server_context(config)
    folder, county = config.web.state / tls.FOLDER, County()
    before = (folder / tls.CERTIFICATE).read_bytes()
    request = tls.certificate_request(folder, tls.names(config))
    others = tls.certificate_request(tmp_path / "other", ["x.local"])
    for chain, why in (
        (b"nonsense", "not-pem"),
        (county.answer(others), "other-key"),
        (county.answer(request, until=datetime.datetime.now(datetime.UTC) - DAY), "expired"),
    ):
        with pytest.raises(tls.WrongCertificate) as refused:
            tls.install_certificate(folder, chain)
        assert refused.value.why == why
    assert (folder / tls.CERTIFICATE).read_bytes() == before


def test_the_command_sets_passwords_and_says_what_is_wrong(
    config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSROOM_EDGE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("CLASSROOM_EDGE_LANG", "en")

    def typed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    typed("long enough\n")
    assert main(["web", "password", "wangmin"]) == 2, "which role?"
    assert main(["web", "password", "wangmin", "--role", "teacher"]) == 0
    typed("short\n")
    assert main(["web", "password", "technician"]) == 2
    capsys.readouterr()
    assert main(["web", "accounts"]) == 0
    assert capsys.readouterr().out == "wangmin\tteacher\n"
    assert main(["web", "remove", "nobody"]) == 1
    assert main(["web", "remove", "wangmin"]) == 0
    assert main(["web", "code"]) == 1
    assert main(["web", "addresses"]) == 0
    assert "https://hill-r1.local\n" in capsys.readouterr().out
