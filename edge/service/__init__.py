"""What every process of ours needs around its work: start and stop, logs, supervision, hotplug, the panel."""
