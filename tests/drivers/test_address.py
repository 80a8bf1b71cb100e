"""Addresses as people type them: refused with what to write, handed on whole, and shown without secrets."""

from __future__ import annotations

import string

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.address import Address, InvalidAddress, check_host, mask_addresses
from drivers.camera.stream_camera import StreamCameraOptions, stream_address
from drivers.errors import InvalidOption
from drivers.ptz.visca_ip_head import ViscaIpOptions

SECRET = "Wq7hunter2"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (f"rtsp://admin:{SECRET}#1@192.0.2.7/ch1", "a # in a user's name or password is written %23"),
        (f"rtsp://admin:{SECRET}?1@192.0.2.7/ch1", "a ? in a user's name or password is written %3F"),
        (f"rtsp://admin:{SECRET}/1@192.0.2.7/ch1", "a / in a user's name or password is written %2F"),
        (f"rtsp://admin:{SECRET}%1@192.0.2.7/ch1", "a % in a user's name or password is written %25"),
        (f"rtsp://admin:{SECRET} 1@192.0.2.7/ch1", "%20"),
        (f"rtsp://admin:{SECRET}\n@192.0.2.7/ch1", "no spaces or line breaks"),
        (f"rtsp://admin:{SECRET}＃@192.0.2.7/ch1", "full-width ＃ in it: write #, in a password %23"),
        (f"rtsp：//admin:{SECRET}@192.0.2.7", "full-width ： in it: write :"),
        (f"rtsp://admin:{SECRET}＠192.0.2.7", "full-width ＠"),
        (f"rtsp://admin:{SECRET}密@192.0.2.7", "%E5%AF%86"),
        (f"rstp://admin:{SECRET}@192.0.2.7", "did you mean rtsp://?"),
        (f"admin:{SECRET}@192.0.2.7/ch1", "an address begins with one of rtsp://"),
        ("192.168.1.64:554/stream1", "an address begins with one of rtsp://"),
        ("rtsp://192.0.2.7:99554/ch1", "a port is a number from 1 to 65535"),
        ("rtsp://192.0.2.7:/ch1", "a port is a number from 1 to 65535"),
        ("rtsp://192.0.2.700/ch1", "four numbers from 0 to 255"),
        ("rtsp://192。168.1.64/ch1", "full-width 。 in it: write ."),
        ("rtsp:///ch1", "needs a host"),
        ("rtsp://fd00::1/ch1", "square brackets"),
        ("~/lesson.mp4", "write the full path"),
        ("", "an address begins with"),
    ],
)
def test_what_has_no_meaning_or_several_is_refused_with_what_to_write(typed: str, told: str) -> None:
    with pytest.raises(InvalidOption) as refused:
        StreamCameraOptions(url=typed)
    assert refused.value.key == "url"
    assert told in str(refused.value)
    assert SECRET not in str(refused.value)
    assert SECRET not in mask_addresses(typed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (f"rtsp://admin:[{SECRET}]@192.0.2.7:554/ch1", "rtsp://********@192.0.2.7:554/ch1"),
        (f"rtsp://{SECRET}@192.0.2.7", "rtsp://********@192.0.2.7"),
        (f"http://192.0.2.7/a?channel=1&pwd={SECRET}", "http://192.0.2.7/a?channel=1&pwd=********"),
        (f"http://192.0.2.7/a?{SECRET}x=1&b=12&sig=1", "http://192.0.2.7/a?Wq7hunter2x=1&b=********&sig=********"),
        (f"rtsp://192.0.2.7/user=admin_password={SECRET}_stream=0", "rtsp://192.0.2.7/user=********"),
        ("rtsp://[fd00::1]:554/ch1", "rtsp://[fd00::1]:554/ch1"),
        ("rtsp://192.0.2.7/ch@1", "rtsp://192.0.2.7/ch@1"),
        ("udp://@239.0.0.1:1234", "udp://239.0.0.1:1234"),
        ("/srv/第 1 课 #1（上）.mp4", "/srv/第 1 课 #1（上）.mp4"),
        ("file:///srv/a%20b.mp4", "/srv/a b.mp4"),
    ],
)
def test_what_has_one_meaning_is_shown_without_secrets(typed: str, shown: str) -> None:
    assert stream_address(typed).shown == shown
    assert SECRET not in repr(StreamCameraOptions(url=typed))


@given(
    st.text(alphabet=string.ascii_letters + string.digits + string.punctuation, min_size=1),
    st.text(alphabet=string.printable + "密＃", min_size=1),
)
def test_any_password_goes_through_percent_encoded(user: str, password: str) -> None:
    whole = Address("rtsp", "192.0.2.7", 554, "/ch1", user=user, password=password)
    again = Address.parse(whole.url, ("rtsp",))
    assert (again.user, again.password, again.host) == (user, password, "192.0.2.7")
    assert again.url == whole.url


@given(st.text(alphabet=string.printable + "：／＠＃？。密", max_size=60))
def test_an_address_that_is_accepted_shows_nothing_of_its_password(typed: str) -> None:
    text = f"rtsp://u:{SECRET}{typed}@192.0.2.7/x"
    assert SECRET not in mask_addresses(text)
    said, host = "", "192.0.2.7"
    try:
        address = Address.parse(text, ("rtsp",))
        said, host = address.shown + repr(address), address.host
    except InvalidAddress as refused:
        said = str(refused)
    assert SECRET not in said
    assert host == "192.0.2.7"


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https", "rtmp", "rtmps", "udp", "rtp", "tcp"])
def test_the_library_knows_every_scheme_that_is_accepted(scheme: str) -> None:
    stream_address(f"{scheme}://127.0.0.1:9/x")
    with pytest.raises((av.FFmpegError, OSError)) as failed:
        av.open(f"{scheme}://127.0.0.1:9/x", timeout=(0.1, 0.1))
    assert not isinstance(failed.value, av.ProtocolNotFoundError)


@pytest.mark.parametrize("host", ["192.168.1.300", "rtsp://192.0.2.7", "192.0.2.7:5678", "１９２.0.2.7", "head 1", ""])
def test_a_head_s_host_is_only_a_host(host: str) -> None:
    with pytest.raises(InvalidOption):
        ViscaIpOptions(host=host)
    assert check_host("fd00::1") == "fd00::1"
