"""MJPEG packets made complete JPEG files: missing Huffman tables and end marker added."""

from __future__ import annotations

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_DHT, _SOS = 0xC4, 0xDA

# The typical Huffman tables of ITU-T T.81 Annex K.3 as four DHT segments; AVI and some USB cameras leave them out.
HUFFMAN_TABLES = bytes.fromhex(
    "ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b510000201030302040305050404"
    "0000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a2526"
    "2728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586878889"
    "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4"
    "e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffc4001f0100030101010101010101010000000000000102030405060708090a0bff"
    "c400b51100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c1092333"
    "52f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768"
    "696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
    "c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
)


def complete_jpeg(packet: bytes) -> bytes | None:
    """Return ``packet`` with its Huffman tables and end marker; None if it is no JPEG."""
    if not packet.startswith(_SOI):
        return None
    offset, has_tables = len(_SOI), False
    while packet[offset : offset + 1] == b"\xff" and offset + 4 <= len(packet):
        marker = packet[offset + 1]
        if marker == 0xFF:
            offset += 1
            continue
        if marker == _SOS:
            tables = b"" if has_tables else HUFFMAN_TABLES
            end = b"" if packet.rstrip(b"\0").endswith(_EOI) else _EOI
            return packet if not tables + end else packet[:offset] + tables + packet[offset:] + end
        has_tables = has_tables or marker == _DHT
        offset += 2 + int.from_bytes(packet[offset + 2 : offset + 4], "big")
    return None
