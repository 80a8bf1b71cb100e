"""A machine whose clock a time service has set, for whatever is started with this folder in its path."""

from pipelines import system_clocks

system_clocks.is_synchronised = lambda: True
