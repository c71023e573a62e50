"""A training step told completely: what every layer takes and gives, and how weights change.

solver = blobnet.get_solver("solver.prototxt")
for step in trace_steps(solver, 3):
    print(trace_text(step))
"""

from blobnet.viz.trace.page import trace_page as trace_page
from blobnet.viz.trace.page import write_trace_page as write_trace_page
from blobnet.viz.trace.parts import LayerTrace as LayerTrace
from blobnet.viz.trace.parts import PassTrace as PassTrace
from blobnet.viz.trace.parts import StepTrace as StepTrace
from blobnet.viz.trace.parts import UpdateTrace as UpdateTrace
from blobnet.viz.trace.text import trace_text as trace_text
from blobnet.viz.trace.tracer import StepTracer as StepTracer
from blobnet.viz.trace.tracer import trace_steps as trace_steps
