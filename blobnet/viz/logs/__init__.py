"""Logs of trainings, blobnet's and Caffe's: as numbers and as a picture.

runs = read_log("train.log")
save_log_plot(runs, "curves.png", x="seconds")
"""

from blobnet.viz.logs.file import read_log as read_log
from blobnet.viz.logs.file import read_logs as read_logs
from blobnet.viz.logs.plot import save_log_plot as save_log_plot
from blobnet.viz.logs.run import LoggedRun as LoggedRun
from blobnet.viz.logs.run import Series as Series
