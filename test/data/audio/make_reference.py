"""Makes reference.json: features of one recording, computed by TensorFlow.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu && venv/bin/python make_reference.py

Made with TensorFlow 2.x as named in the file. test/data/audio.test.ts makes the same recording and compares.
"""

import json
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow.lite.experimental.microfrontend.python.ops import audio_microfrontend_op as frontend

RATE = 16000


def recording():
    """A second of noise with a square wave of 440 Hz in its middle, in whole numbers only."""
    samples = []
    state = 1
    for n in range(RATE):
        state = (state * 1664525 + 1013904223) % 2**32
        tone = 0 if n < 4000 or n >= 12000 else 6000 if (n * 880 // RATE) % 2 else -6000
        samples.append(tone + (state >> 16) % 4001 - 2000)
    return np.array(samples, np.int16)


def log_mel(samples, window, stride, fft, bins, lower, upper, power, offset):
    spectrum = tf.abs(tf.signal.stft(samples, window, stride, fft))
    if power:
        spectrum = spectrum**2
    weights = tf.signal.linear_to_mel_weight_matrix(bins, spectrum.shape[-1], RATE, lower, upper)
    return tf.math.log(tf.tensordot(spectrum, weights, 1) + offset)


def rounded(values, digits):
    return [[round(float(value), digits) for value in row] for row in values]


samples = recording()
real = tf.constant(samples / 32768, tf.float32)
kws = log_mel(real, 480, 320, 512, 40, 20.0, 4000.0, False, 1e-6)
other = log_mel(real, 400, 160, 1024, 26, 0.0, 8000.0, True, 1e-3)
micro = dict(sample_rate=RATE, window_size=30, window_step=20, num_channels=40)
reference = {
    "tensorflow": tf.__version__,
    "mfcc": rounded(tf.signal.mfccs_from_log_mel_spectrograms(kws)[:, :10], 4),
    "log-mel": rounded(kws[::8], 4),
    "log-mel of power, 25 ms by 10 ms, 26 filters to 8000 Hz": rounded(other[::20], 4),
    "micro-frontend": frontend.audio_microfrontend(tf.constant(samples), **micro).numpy().tolist(),
    "micro-frontend without gain control": frontend.audio_microfrontend(tf.constant(samples), enable_pcan=False, **micro)
    .numpy()[::8]
    .tolist(),
}
lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in reference.items())
pathlib.Path(__file__).with_name("reference.json").write_text("{\n" + lines + "\n}\n")
