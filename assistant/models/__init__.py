"""Chat models and embedders behind two small protocols; knows nothing of projects or pages."""

import os

# Read once, when torch is loaded. Waiting threads that spin starve the very threads they wait for as soon as
# something else wants the processor: measured on two cores, beside other work, 1.6 tokens/s against 24.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
