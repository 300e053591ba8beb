"""F26: what decoders are given never makes them open a file or a socket, and the kernel would not let them."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import StageFailed
from service.child import Child
from tests.ingest.audio_samples import encoded, tone, wav

DOUBLES = Path(__file__).parent / "doubles"
pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="the kernel's filter is Linux's")
HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.0,\n{}\n#EXT-X-ENDLIST\n"
HOSTILE = {
    "playlist": HLS,
    "concat": b"ffconcat version 1.0\nfile '{}'\n",
    "session": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
    "reference": b'<?xml version="1.0"?><MPD><BaseURL>{}</BaseURL></MPD>',
}
DECODE = """
import io, sys
from pathlib import Path
import av, numpy
from data.errors import ReasonanceError
from ingest import decoder, kinds
from ingest.audio import decode
from service.confine import without_files
folder = Path(sys.argv[1])
contents = [path.read_bytes() for path in sorted(folder.iterdir())]
decode(contents[0])
try:
    decode(b"no recording, so that what is loaded for an error is there")
except ReasonanceError:
    pass
assert without_files()
for content in contents:
    try:
        decode(content)
    except ReasonanceError:
        pass
    for reader in sorted(set(kinds.DEMUXERS.values())):
        try:
            with decoder._container(io.BytesIO(content), reader, None) as container:
                for packet in container.demux():
                    packet.decode()
        except (av.error.FFmpegError, OSError, ValueError, EOFError, IndexError):
            pass
sys.stdout.write("decoded\\n")
"""


def test_f26_whatever_it_is_given_the_decoder_opens_no_file_and_no_socket(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav(tone(1)))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "0.ogg").write_bytes(encoded(tone(1, rate=48_000), container="ogg", codec="libopus", rate=48_000))
    (folder / "1.wav").write_bytes(wav(tone(1)))
    for target in (str(secret), "http://127.0.0.1:9/x.wav", "concat:/etc/passwd"):
        for name, content in HOSTILE.items():
            place = folder / f"{name}-{abs(hash(target))}"
            place.write_bytes(content.replace(b"{}", target.encode()))
    ended = subprocess.run(
        [sys.executable, "-c", DECODE, str(folder)], capture_output=True, text=True, check=False, timeout=120
    )
    assert (ended.returncode, ended.stdout) == (0, "decoded\n"), ended.stderr[-2000:]


@pytest.mark.parametrize("deed", ["open('/etc/passwd')", "__import__('socket').socket()"])
def test_the_filter_ends_a_process_that_opens_something(deed: str) -> None:
    code = f"import socket\nfrom service.confine import without_files\nassert without_files()\n{deed}"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == -31


def test_the_child_reaches_no_other_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOUBLES))
    with Child() as child:
        assert list(child.run("child_work:count", 2, timeout_s=30)) == [0, 1]
        with pytest.raises(StageFailed, match="PermissionError"):
            list(child.run("child_work:call_out", timeout_s=30))
