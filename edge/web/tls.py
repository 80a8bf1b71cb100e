"""The certificate of the pages: made by the box for itself, or the county's for a request of the box's (X.509)."""

from __future__ import annotations

import asyncio.sslproto
import datetime
import ipaddress
import logging
import os
import socket
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from edge.config.model import Config
from edge.config.network_addresses import local_name
from pipelines.files.durable import write_atomically

log = logging.getLogger(__name__)

FOLDER = "tls"
KEY, CERTIFICATE = "key.pem", "certificate.pem"
_VALID_DAYS = 3650
# asyncio takes 256 kB a connection for reading; a request is a few.
_TLS_BUFFER = 16 << 10


class WrongCertificate(Exception):
    """It is no certificate for this box; ``why`` is not-pem, other-key or expired."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def server_context(config: Config) -> ssl.SSLContext:
    """The context of the TLS port; a certificate is made where there is none.

    Raises:
        OSError: The folder cannot be used.
    """
    asyncio.sslproto.SSLProtocol.max_size = _TLS_BUFFER
    folder = config.web.state / FOLDER
    make_certificate(folder, names(config))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
    return context


def names(config: Config) -> list[str]:
    """The names under which the box is found: that of mDNS first, and its own."""
    host = socket.gethostname().split(".")[0]
    return list(dict.fromkeys([local_name(config), host, f"{host}.local", "localhost"]))


def make_certificate(folder: Path, for_names: list[str]) -> None:
    """Make a key (P-256) and a certificate for it, where there is none."""
    if (folder / CERTIFICATE).exists() and (folder / KEY).exists():
        return
    key = _key(folder)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, for_names[0])])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(_alternatives(for_names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_atomically(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM))
    log.info("a certificate for %s was made; SHA-256 %s", for_names[0], fingerprint(certificate))


def certificate_request(folder: Path, for_names: list[str]) -> bytes:
    """A request (PKCS #10, PEM) for a certificate of the box's key, for the county's CA."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, for_names[0])]))
        .add_extension(_alternatives(for_names), critical=False)
        .sign(_key(folder), hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def install_certificate(folder: Path, chain: bytes) -> x509.Certificate:
    """Take the certificate that a CA has made for our key: PEM, with the CA's own after it where there are any.

    Raises:
        WrongCertificate: It is none for this box.
        OSError: The disk refuses.
    """
    try:
        certificate = x509.load_pem_x509_certificates(chain)[0]
    except ValueError:
        raise WrongCertificate("not-pem") from None
    if certificate.public_key() != _key(folder).public_key():
        raise WrongCertificate("other-key")
    if certificate.not_valid_after_utc < datetime.datetime.now(datetime.UTC):
        raise WrongCertificate("expired")
    write_atomically(folder / CERTIFICATE, chain)
    return certificate


def installed_certificate(folder: Path) -> x509.Certificate:
    """The certificate in use.

    Raises:
        OSError: There is none.
        ValueError: It is damaged.
    """
    return x509.load_pem_x509_certificates((folder / CERTIFICATE).read_bytes())[0]


def certified_names(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that a certificate is for."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    names = alternatives.get_values_for_type(x509.DNSName)
    return [*names, *(str(one) for one in alternatives.get_values_for_type(x509.IPAddress))]


def fingerprint(certificate: x509.Certificate) -> str:
    """What a browser shows of a certificate: SHA-256, in groups."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _key(folder: Path) -> ec.EllipticCurvePrivateKey:
    """The box's key, made where there is none; it never leaves the folder."""
    path = folder / KEY
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key
    for one in (folder.parent, folder):
        one.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        owner = folder.parent.stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_atomically(path, pem)
    return key


def _alternatives(for_names: list[str]) -> x509.SubjectAlternativeName:
    local = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.IPAddress(ipaddress.ip_address("::1"))]
    return x509.SubjectAlternativeName([*(x509.DNSName(name) for name in for_names), *local])
