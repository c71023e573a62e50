"""What is wrong with a net, its weights, its images or its training: in plain words, with evidence.

case = Case(Path("deploy.prototxt"), Path("net.caffemodel"))
for finding in examine(case): print(finding.what)
"""

from __future__ import annotations

from blobnet.doctor.case import Case
from blobnet.doctor.examination import examine
from blobnet.doctor.finding import Finding

__all__ = ["Case", "Finding", "examine"]
