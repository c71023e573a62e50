import os

import pytest

from blobnet import DataError
from blobnet.sources.random_access import RandomAccessFile


@pytest.fixture
def file(tmp_path):
    (tmp_path / "file").write_bytes(bytes(range(100)))
    file = RandomAccessFile(tmp_path / "file")
    yield file
    file.close()


def test_any_part_is_read(file):
    assert file.size == 100
    assert file.read(7, 3) == b"\7\x08\x09"
    assert file.read(0, 1) == b"\0"
    assert file.read(5, 0) == b""


@pytest.mark.parametrize(("start", "size", "got"), [(98, 5, 2), (100, 5, 0), (2**70, 2, 0)])
def test_what_is_behind_the_end_is_left_out(start, size, got, file):
    assert len(file.read(start, size)) == got


@pytest.mark.parametrize("name", ["nothing", ""])
def test_a_file_that_cannot_be_opened(name, tmp_path):
    with pytest.raises(DataError, match=r"cannot be read\n(.*\n)?  got: "):
        RandomAccessFile(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_a_place_of_its_own(file):
    file.read(0, 10)
    child = os.fork()
    if child == 0:
        same = all(file.read(i, 1)[0] == i for i in range(100))
        os._exit(0 if same else 1)
    assert all(file.read(i, 1)[0] == i for i in range(100))
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_does_not_keep_anybody_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="a pipe"):
        RandomAccessFile(tmp_path / "pipe")
