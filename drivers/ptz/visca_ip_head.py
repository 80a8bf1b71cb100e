"""The driver ``visca-ip``: a PTZ head in the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.address import InvalidAddress, check_host
from drivers.errors import InvalidOption
from drivers.ptz import sony_ip_transport, tcp_transport, udp_transport
from drivers.ptz.sony_ip_transport import SonyIpTransport
from drivers.ptz.tcp_transport import TcpTransport
from drivers.ptz.transport import HeadTransport
from drivers.ptz.udp_transport import UdpTransport
from drivers.ptz.visca_head import MIN_HOLD_S, ViscaHead

TransportName = Literal["sony", "udp", "tcp"]

_TRANSPORTS: dict[TransportName, tuple[type[SonyIpTransport] | type[UdpTransport] | type[TcpTransport], int]] = {
    "sony": (SonyIpTransport, sony_ip_transport.PORT),
    "udp": (UdpTransport, udp_transport.PORT),
    "tcp": (TcpTransport, tcp_transport.PORT),
}
_ADDRESS = 1


@dataclass(frozen=True, slots=True)
class ViscaIpOptions:
    """Address and transport of the head; ValueError for an invalid value."""

    host: str
    """IP address or host name."""
    transport: TransportName = "sony"
    """``sony``: UDP with Sony's header; ``udp`` and ``tcp``: plain VISCA."""
    ip_port: int = 0
    """0 for the usual one: 52381 for sony, 1259 for udp, 5678 for tcp."""
    hold_s: float = 2.0
    """A drive that is not renewed is stopped after this long."""
    arrive_s: float = 15.0
    """The longest movement to a preset takes no longer than this."""

    def __post_init__(self) -> None:
        try:
            check_host(self.host)
        except InvalidAddress as error:
            raise InvalidOption("host", str(error)) from None
        if not 0 <= self.ip_port <= 65535:
            raise ValueError("ip_port must be from 0 to 65535")
        if self.hold_s < MIN_HOLD_S or self.arrive_s <= 0:
            raise ValueError("hold_s must be 0.3 or more, and arrive_s more than 0")


class ViscaIpHead(ViscaHead):
    """See ``drivers.protocols.PtzDevice``."""

    Options = ViscaIpOptions

    def __init__(self, role: str, options: ViscaIpOptions) -> None:
        super().__init__(role, _make_transport(role, options), _ADDRESS, options.hold_s, options.arrive_s)


def _make_transport(role: str, options: ViscaIpOptions) -> HeadTransport:
    transport_class, default_port = _TRANSPORTS[options.transport]
    return transport_class(role, options.host, options.ip_port or default_port)
