"""What kernels compute, written with plain loops: slow, and easy to believe."""

from __future__ import annotations

import itertools
import math

import numpy as np

from blobnet.ops.overflow import overflow_allowed

FLT_MAX = float(np.finfo(np.float32).max)


def places_of(size):
    """Every index of an array of this size."""
    return itertools.product(*map(range, size))


def looked_at(window, place, tap):
    """Which pixel a tap of the window looks at, when the window stands at a place."""
    return tuple(
        p * stride - pad + t * dilation
        for p, t, stride, pad, dilation in zip(
            place, tap, window.stride, window.pad, window.dilation, strict=True
        )
    )


def is_inside(pixel, size):
    return all(0 <= p < length for p, length in zip(pixel, size, strict=True))


def columns(x, window):
    """x (N, C, *size) as (N, C, *kernel, *places): what each tap sees at each place."""
    size = x.shape[2:]
    places = window.output_size(size)
    result = np.zeros((*x.shape[:2], *window.kernel, *places), x.dtype)
    for n, c in places_of(x.shape[:2]):
        for place in places_of(places):
            for tap in places_of(window.kernel):
                pixel = looked_at(window, place, tap)
                if is_inside(pixel, size):
                    result[(n, c, *tap, *place)] = x[(n, c, *pixel)]
    return result


def images(cols, window, size):
    """Columns added up at the pixels they were taken from."""
    dims = len(size)
    result = np.zeros((*cols.shape[:2], *size), cols.dtype)
    for n, c in places_of(cols.shape[:2]):
        for place in places_of(cols.shape[2 + dims :]):
            for tap in places_of(window.kernel):
                pixel = looked_at(window, place, tap)
                if is_inside(pixel, size):
                    result[(n, c, *pixel)] += cols[(n, c, *tap, *place)]
    return result


def convolution(x, weight, bias, window):
    """The convolution of x (N, C, *size) with weight (O, C / groups, *kernel)."""
    seen = columns(x, window)
    dims = len(window.kernel)
    channels = weight.shape[1]
    outputs_of_a_group = len(weight) * channels // x.shape[1]
    y = np.zeros((len(x), len(weight), *seen.shape[2 + dims :]), x.dtype)
    for n, o in places_of(y.shape[:2]):
        first = o // outputs_of_a_group * channels
        for place in places_of(y.shape[2:]):
            y[(n, o, *place)] = bias[o]
            for c in range(channels):
                for tap in places_of(window.kernel):
                    y[(n, o, *place)] += weight[(o, c, *tap)] * seen[(n, first + c, *tap, *place)]
    return y


def pooling(x, window, places, count_padding=True):
    """(maximum, its position or -1, average) of each window, Caffe's way."""
    height, width = x.shape[2:]
    maximum = np.full((*x.shape[:2], *places), -FLT_MAX, x.dtype)
    position = np.full(maximum.shape, -1)
    average = np.zeros_like(maximum)
    for n, c, row, column in places_of(maximum.shape):
        at = (n, c, row, column)
        top, left = (
            row * window.stride[0] - window.pad[0],
            column * window.stride[1] - window.pad[1],
        )
        bottom = min(top + window.extent[0], height + window.pad[0])
        right = min(left + window.extent[1], width + window.pad[1])
        down, across = (
            -((top - bottom) // window.dilation[0]),
            -((left - right) // window.dilation[1]),
        )
        divisor = down * across if count_padding else 0
        for y in range(top, bottom, window.dilation[0]):
            for z in range(left, right, window.dilation[1]):
                is_inside = 0 <= y < height and 0 <= z < width
                divisor += is_inside and not count_padding
                if not is_inside:
                    continue
                average[at] += x[n, c, y, z]
                if x[n, c, y, z] > maximum[at]:
                    maximum[at], position[at] = x[n, c, y, z], y * width + z
        with overflow_allowed():
            average[at] /= divisor
    return maximum, position, average


def windows(x, window, places):
    """The values of each window: a list for every (n, c, row, column)."""
    height, width = x.shape[2:]
    return {
        (n, c, row, column): [
            x[n, c, y, z]
            for y in range(row * window.stride[0], row * window.stride[0] + window.kernel[0])
            for z in range(column * window.stride[1], column * window.stride[1] + window.kernel[1])
            if y < height and z < width
        ]
        for n, c, row, column in places_of((*x.shape[:2], *places))
    }


def lrn_scale(x, size, alpha, k, within_channel):
    """The bracket of local response normalization."""
    scale = np.full_like(x, k)
    half = size // 2
    nearby = list(range(-half, half + 1))
    for n, c, row, column in places_of(x.shape):
        for d in nearby:
            if not within_channel and 0 <= c + d < x.shape[1]:
                scale[n, c, row, column] += alpha / size * x[n, c + d, row, column] ** 2
            for e in nearby if within_channel else []:
                y, z = row + d, column + e
                if is_inside((y, z), x.shape[2:]):
                    scale[n, c, row, column] += alpha / size**2 * x[n, c, y, z] ** 2
    return scale


def channels(x):
    """The values of each channel of a batch, as plain lists."""
    return [[float(value) for value in x[:, c].ravel()] for c in range(x.shape[1])]


def moments(x):
    """Each channel's mean, and its mean squared distance from it; every sum rounded once."""
    means = [math.fsum(values) / len(values) for values in channels(x)]
    variances = [
        math.fsum((value - mean) ** 2 for value in values) / len(values)
        for values, mean in zip(channels(x), means, strict=True)
    ]
    return means, variances
