"""Logs to read: lines as Caffe writes them."""

from __future__ import annotations


class Log:
    """Lines of a log, one second after the other."""

    def __init__(self, hour: int = 3) -> None:
        self.lines: list[str] = []
        self.seconds = hour * 3600

    def say(self, message: str, after: int = 1) -> Log:
        self.seconds += after
        minutes, second = divmod(self.seconds, 60)
        clock = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}.000000"
        self.lines.append(f"I1123 {clock} 10241 solver.cpp:239] {message}")
        return self

    def train(self, *iterations: int, factor: float = 1.0) -> Log:
        """Displays; the loss is the iteration times `factor`."""
        for iteration in iterations:
            self.say(f"Iteration {iteration} (9 iter/s, 1s/9 iters), loss = {factor * iteration}")
        return self

    def test(self, iteration: int, accuracy: float) -> Log:
        self.say(f"Iteration {iteration}, Testing net (#0)")
        return self.say(f"    Test net output #0: accuracy = {accuracy}")

    def write(self, path):
        path.write_text("\n".join(self.lines) + "\n")
        return path
