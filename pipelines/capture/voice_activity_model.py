"""The voice activity model: how likely it is that a window of sound is speech (Silero VAD 6, run by onnxruntime).

Source: Silero Team, "Silero VAD: pre-trained enterprise-grade Voice Activity Detector", MIT licence, the file
``silero_vad_16k_op15.onnx`` of its Python package 6.2.3, unchanged.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
WINDOW = 512
"""Samples of one window: 32 ms."""
_CONTEXT = 64
_FILE = Path(__file__).parent / "models" / "silero_vad_16k_op15.onnx"


class VoiceActivityModel:
    """Judges consecutive windows of one stream; what it remembers of them is in a few hundred numbers.

    Raises:
        ImportError: onnxruntime is not installed.
        OSError: The model's file cannot be read.
    """

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # One window is 0.1 ms of work: threads that wait for the next one would cost more than it does.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(_FILE.read_bytes(), options, providers=["CPUExecutionProvider"])
        self._rate = np.array(RATE_HZ, np.int64)
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def probability(self, window: NDArray[np.float32]) -> float:
        """Return how likely speech is in the next window, 0 to 1; shape (``WINDOW``,), full scale 1, ``RATE_HZ``."""
        samples = np.concatenate([self._context, window])[None]
        inputs = {"input": samples, "state": self._state, "sr": self._rate}
        output, self._state = self._session.run(None, inputs)
        self._context = window[-_CONTEXT:]
        return float(output[0, 0])
